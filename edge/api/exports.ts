// edge/api/exports.ts: exports of a site's events as things that are made, fetched and taken away; none keeps an event (ADR 0061).
import type { Context } from 'hono';
import { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { toHex } from '../../core/index.ts';
import type { EventExport, Site } from '../../store/index.ts';
import {
  addExport,
  appendAudit,
  countExport,
  EXPORT_EVENTS_MAX,
  EXPORT_MS,
  EXPORT_TEXTS,
  exportSlicesBeside,
  readExports,
  readSnapshot,
  removeExport,
  TEXT_FORMATS,
} from '../../store/index.ts';
import { answer, idempotencyParameter, refusal, siteRefusals } from '../http/describe.ts';
import { problem } from '../http/problem.ts';
import type { Port } from '../port.ts';
import { idempotent } from './idempotent.ts';
import { newestFirst, PAGE_PARAMETERS, pageOf, readJson, readPage } from './read-json.ts';
import { daysBetween, RANGE_HELP, utcDay } from './reports/range.ts';
import type { ApiEnv, RequireScope } from './require-scope.ts';
import { privateJson } from './require-scope.ts';

const ID_BYTES = 16;
/** Exports that are being fetched at once of one server: each keeps it busy some of the time. */
const FETCHES_MAX = 4;
/** A fetch that takes longer is nobody's any more. */
const FETCH_MS_MAX = 3_600_000;

const TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const;

const newSchema = v.strictObject({ format: v.picklist(TEXT_FORMATS), from: v.string(), to: v.string() });
const NEW_HELP = `Send {"format": ${TEXT_FORMATS.map((one) => `"${one}"`).join(' | ')}, "from": "YYYY-MM-DD", "to": "YYYY-MM-DD"}. ${RANGE_HELP}`;
const exportSchema = v.object({
  id: v.string(),
  by: v.string(),
  format: v.picklist(TEXT_FORMATS),
  from: v.string(),
  to: v.string(),
  events: v.pipe(
    v.number(),
    v.description('When it was made; what was erased, withdrawn or purged since is not in it'),
  ),
  createdAt: v.number(),
  expiresAt: v.pipe(v.number(), v.description('From then on it can be fetched no more')),
});
const exportsSchema = v.object({ site: v.string(), exports: v.array(exportSchema), next: v.nullable(v.string()) });

const describeNew = describeRoute({
  summary: 'Makes an export of the events of some UTC days, as they are committed now, to be fetched for a week',
  description: `At most ${EXPORT_EVENTS_MAX} events. It keeps none of them: what is erased, withdrawn or purged afterwards is not in what is fetched.`,
  security: [{ token: ['exports:write'] }, { session: ['exports:write'] }],
  parameters: [idempotencyParameter],
  requestBody: { required: true, content: { 'application/json': { schema: resolver(newSchema) as object } } },
  responses: {
    201: answer(exportSchema, 'The export'),
    409: refusal('export_too_large, or the Idempotency-Key was used for another request'),
    413: refusal('Too large'),
    ...siteRefusals('exports:write'),
  },
});
const describeList = describeRoute({
  summary: 'The exports that may be fetched, newest first',
  security: [{ token: ['exports:read'] }, { session: ['exports:read'] }],
  parameters: [...PAGE_PARAMETERS],
  responses: { 200: answer(exportsSchema, 'Newest first'), ...siteRefusals('exports:read') },
});
const describeOne = describeRoute({
  summary: 'One export',
  security: [{ token: ['exports:read'] }, { session: ['exports:read'] }],
  responses: { 200: answer(exportSchema, 'The export'), ...siteRefusals('exports:read') },
});
const text = { schema: { type: 'string' } } as const;
const describeContent = describeRoute({
  summary: 'The events of an export as a stream, in the order of arrival; each fetch is in the audit log',
  security: [{ token: ['exports:write'] }, { session: ['exports:write'] }],
  responses: {
    200: {
      description: 'NDJSON, or CSV whose cells no spreadsheet takes for formulas; columns as docs/export.md lists them',
      content: { 'application/x-ndjson': text, 'text/csv': text },
    },
    429: refusal('As many are being fetched as may be; come again after Retry-After'),
    ...siteRefusals('exports:write'),
  },
});
const describeRemoval = describeRoute({
  summary: 'Takes an export away',
  security: [{ token: ['exports:write'] }, { session: ['exports:write'] }],
  responses: { 204: { description: 'It is gone' }, ...siteRefusals('exports:write') },
});

const NONE_HELP = 'List the exports to see which there are.';

const shown = ({ from, to, snapshot: _snapshot, ...made }: EventExport) => ({
  ...made,
  from: utcDay(from),
  to: utcDay(to - 1),
});

async function make(context: Context<ApiEnv>, port: Port): Promise<Response> {
  const asked = await readJson(context, newSchema, NEW_HELP);
  if (!asked.ok) return asked.error;
  const days = daysBetween(asked.value.from, asked.value.to);
  if (!days.ok) return problem(days.error, NEW_HELP);
  const site = context.get('site');
  const snapshot = await readSnapshot(port.db);
  const { range } = days.value;
  const events = await countExport(port.ground, site.row, range, snapshot);
  if (events > EXPORT_EVENTS_MAX) {
    return problem(
      'export_too_large',
      `One export has at most ${EXPORT_EVENTS_MAX} events: name fewer days, or run \`hushtag export\`.`,
    );
  }
  const createdAt = port.now();
  const made: EventExport = {
    id: toHex(port.randomBytes(ID_BYTES)),
    by: context.get('token'),
    format: asked.value.format,
    from: range.from,
    to: range.to,
    snapshot,
    events,
    createdAt,
    expiresAt: createdAt + EXPORT_MS,
  };
  await addExport(port.ground, site, made);
  context.header('location', `/v1/sites/${site.id}/exports/${made.id}`);
  return privateJson(context, shown(made), 201);
}

/** Events as a stream that is read as fast as it is taken. @param onEnd told once, however it ends. */
function streamOf(port: Port, site: Site, made: EventExport, onEnd: () => void): ReadableStream<Uint8Array> {
  const { head, text: written } = EXPORT_TEXTS[made.format];
  const slices = exportSlicesBeside(port.db, site.row, made, made.snapshot);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (head !== '') controller.enqueue(encoder.encode(head));
      },
      pull: async (controller) => {
        try {
          const { done, value } = await slices.next();
          if (done !== true) return controller.enqueue(encoder.encode(written(value.lines)));
          onEnd();
          controller.close();
        } catch (fault) {
          // The answer breaks off: whoever fetches must not take a part of it for all.
          onEnd();
          controller.error(fault);
        }
      },
      cancel: onEnd,
    },
    { highWaterMark: 1 },
  );
}

/** Counts what is being fetched. @returns what to call at its end, or undefined where as many are as may be. */
function createFetches(now: () => number): () => (() => void) | undefined {
  const fetches = new Map<symbol, number>();
  return () => {
    for (const [one, began] of fetches) if (began + FETCH_MS_MAX <= now()) fetches.delete(one);
    if (fetches.size >= FETCHES_MAX) return undefined;
    const mine = Symbol('fetch');
    fetches.set(mine, now());
    return () => void fetches.delete(mine);
  };
}

const contentHeaders = (site: Site, { format, from, to }: EventExport) => ({
  'content-type': TYPES[format],
  'content-disposition': `attachment; filename="${site.id}-${utcDay(from)}-${utcDay(to - 1)}.${format}"`,
  'cache-control': 'private, no-store',
});

/** Makes the routes. */
export function createExports(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const base = '/v1/sites/:site/exports';
  const [reading, writing] = [requireScope('exports:read'), requireScope('exports:write')];
  const begin = createFetches(port.now);
  const find = async (context: Context<ApiEnv>): Promise<EventExport | undefined> => {
    const all = await readExports(port.db, context.get('site').row, port.now());
    return all.find(({ id }) => id === context.req.param('id'));
  };
  app.post(base, describeNew, writing, idempotent(port), (context) => make(context, port));
  app.get(base, describeList, reading, async (context) => {
    const asked = readPage(context);
    if (!asked.ok) return asked.error;
    const site = context.get('site');
    const all = await readExports(port.db, site.row, port.now());
    const { page, next } = pageOf(all, asked.value, ({ createdAt, id }) => `${newestFirst(createdAt)}.${id}`);
    return privateJson(context, { site: site.id, exports: page.map(shown), next });
  });
  app.get(`${base}/:id`, describeOne, reading, async (context) => {
    const found = await find(context);
    return found === undefined ? problem('not_found', NONE_HELP) : privateJson(context, shown(found));
  });
  app.get(`${base}/:id/content`, describeContent, writing, async (context) => {
    const found = await find(context);
    if (found === undefined) return problem('not_found', NONE_HELP);
    const end = begin();
    if (end === undefined)
      return problem('rate_limited', `${FETCHES_MAX} exports are being fetched: wait for one.`, {
        'retry-after': '10',
      });
    const site = context.get('site');
    const { format, from, to, id } = found;
    const entry = { site: site.id, format, from, to, by: context.get('token'), export: id, at: port.now() };
    // Before anything is read: a fetch that could not be recorded must not happen.
    try {
      await appendAudit(port.ground, { kind: 'events_exported', ...entry });
    } catch (fault) {
      end();
      throw fault;
    }
    return context.body(streamOf(port, site, found, end), 200, contentHeaders(site, found));
  });
  app.delete(`${base}/:id`, describeRemoval, writing, async (context) => {
    const by = { by: context.get('token'), at: port.now() };
    const isGone = await removeExport(port.ground, context.get('site'), context.req.param('id'), by);
    return isGone ? context.body(null, 204) : problem('not_found', NONE_HELP);
  });
  return app;
}
