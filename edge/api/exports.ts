// edge/api/exports.ts: exports of a site's events as things that are made, fetched and taken away; none keeps an event (ADR 0061).
import type { Context } from 'hono';
import { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { toHex } from '../../core/index.ts';
import type { EventExport, Site } from '../../store/index.ts';
import {
  addExport,
  appendAudit,
  EXPORT_EVENTS_MAX,
  EXPORT_FORMATS,
  EXPORT_MS,
  exportSlicesBeside,
  planExport,
  readExports,
  readSnapshot,
  removeExport,
} from '../../store/index.ts';
import { answer, idempotencyParameter, refusal, siteRefusals } from '../http/describe.ts';
import { problem } from '../http/problem.ts';
import type { Port } from '../port.ts';
import { parquetContent, slicesOfParts, streamOf, textContent } from './export-content.ts';
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

const TYPES = {
  parquet: 'application/vnd.apache.parquet',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
} as const;

const newSchema = v.strictObject({ format: v.picklist(EXPORT_FORMATS), from: v.string(), to: v.string() });
const NEW_HELP = `Send {"format": ${EXPORT_FORMATS.map((one) => `"${one}"`).join(' | ')}, "from": "YYYY-MM-DD", "to": "YYYY-MM-DD"}. ${RANGE_HELP}`;
const exportSchema = v.object({
  id: v.string(),
  by: v.string(),
  format: v.picklist(EXPORT_FORMATS),
  from: v.string(),
  to: v.string(),
  events: v.pipe(
    v.number(),
    v.description('When it was made; what was erased, withdrawn or purged since is not in it'),
  ),
  parts: v.pipe(v.number(), v.description('It can be fetched in so many: ?part=1 and so on')),
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
  description:
    'Whole, or a part of it, so that who is interrupted goes on with the part that broke off. Parts of NDJSON and CSV one after the other are the whole; each part of Parquet is a file of its own, and of more than one part each is asked for.',
  security: [{ token: ['exports:write'] }, { session: ['exports:write'] }],
  parameters: [
    {
      name: 'part',
      in: 'query',
      description: 'From 1 to the number of its parts; all of them where absent',
      schema: { type: 'integer', minimum: 1 },
    },
  ],
  responses: {
    200: {
      description:
        'NDJSON, CSV whose cells no spreadsheet takes for formulas, or Parquet; columns as docs/export.md lists them',
      content: {
        'application/x-ndjson': text,
        'text/csv': text,
        'application/vnd.apache.parquet': { schema: { type: 'string', format: 'binary' } },
      },
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

const shown = ({ from, to, snapshot: _snapshot, parts, ...made }: EventExport) => ({
  ...made,
  parts: parts.length,
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
  const parts = await planExport(port.ground, site.row, range, snapshot);
  const events = parts.reduce((sum, part) => sum + part.events, 0);
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
    parts,
    createdAt,
    expiresAt: createdAt + EXPORT_MS,
  };
  await addExport(port.ground, site, made);
  context.header('location', `/v1/sites/${site.id}/exports/${made.id}`);
  return privateJson(context, shown(made), 201);
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

const contentHeaders = (site: Site, { format, from, to, parts }: EventExport, part: number | undefined) => {
  const nth = part === undefined || parts.length === 1 ? '' : `-part-${part}`;
  return {
    'content-type': TYPES[format],
    'content-disposition': `attachment; filename="${site.id}-${utcDay(from)}-${utcDay(to - 1)}${nth}.${format}"`,
    'cache-control': 'private, no-store',
  };
};

const PART_HELP =
  'part is a number from 1 to the parts of the export; a Parquet export of more than one is fetched by them.';

/** Which part is asked for; undefined for all of them. */
function readPart({ format, parts }: EventExport, asked: string | undefined): Result<number | undefined, Response> {
  if (asked === undefined) {
    return format === 'parquet' && parts.length > 1 ? err(problem('malformed_request', PART_HELP)) : ok(undefined);
  }
  const part = /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 0;
  return parts[part - 1] === undefined ? err(problem('malformed_request', PART_HELP)) : ok(part);
}

/** Answers with what was asked for of an export. */
function give(
  context: Context<ApiEnv>,
  port: Port,
  made: EventExport,
  { part, onEnd }: { readonly part: number | undefined; readonly onEnd: () => void },
): Response {
  const site = context.get('site');
  const { format } = made;
  const parts = part === undefined ? made.parts : made.parts.slice(part - 1, part);
  const slices = slicesOfParts(parts, (one) => exportSlicesBeside(port.db, site.row, made, one));
  const bytes = format === 'parquet' ? parquetContent(slices) : textContent(format, slices, (part ?? 1) === 1);
  return context.body(streamOf(bytes, onEnd), 200, contentHeaders(site, made, part));
}

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
    const part = readPart(found, context.req.query('part'));
    if (!part.ok) return part.error;
    const end = begin();
    if (end === undefined)
      return problem('rate_limited', `${FETCHES_MAX} exports are being fetched: wait for one.`, {
        'retry-after': '10',
      });
    const { format, from, to, id } = found;
    const nth = part.value === undefined ? {} : { part: part.value };
    const by = { by: context.get('token'), export: id, ...nth, at: port.now() };
    const entry = { site: context.get('site').id, format, from, to, ...by };
    // Before anything is read: a fetch that could not be recorded must not happen.
    try {
      await appendAudit(port.ground, { kind: 'events_exported', ...entry });
    } catch (fault) {
      end();
      throw fault;
    }
    return give(context, port, found, { part: part.value, onEnd: end });
  });
  app.delete(`${base}/:id`, describeRemoval, writing, async (context) => {
    const by = { by: context.get('token'), at: port.now() };
    const isGone = await removeExport(port.ground, context.get('site'), context.req.param('id'), by);
    return isGone ? context.body(null, 204) : problem('not_found', NONE_HELP);
  });
  return app;
}
