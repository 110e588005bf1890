// edge/api/imports.ts: imports as things of a site: one is sent as a stream, and what each came to can be asked for later.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import type { Result } from '../../contract/index.ts';
import { toHex } from '../../core/index.ts';
import type { ImportRun, Site } from '../../store/index.ts';
import { importBegins, importEnds, readImports } from '../../store/index.ts';
import { answer, refusal, siteRefusals } from '../http/describe.ts';
import type { ProblemName } from '../http/problem.ts';
import { problem } from '../http/problem.ts';
import type { Port } from '../port.ts';
import { PAGE_PARAMETERS, pageOf, readPage, sortable } from './read-json.ts';
import type { ApiEnv, RequireScope } from './require-scope.ts';
import { privateJson } from './require-scope.ts';

/** What an import comes to; the collector's to know. */
interface Report {
  readonly lines: number;
  readonly nextLine: number;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly stopped?: ProblemName;
}
/** Reads query and body of an import, and runs it; the collector's. */
export type PrepareImport = (
  site: Site,
  request: Request,
  query: Readonly<Record<string, string>>,
) => Result<
  {
    readonly format: string;
    readonly dryRun: boolean;
    readonly line: number;
    readonly run: () => Promise<Report>;
  },
  { readonly problem: ProblemName; readonly detail: string }
>;

const ID_BYTES = 16;
/** The last instant there is: instants turned round by it sort newest first. */
const FAR = 8_640_000_000_000_000;
const importSchema = v.object({
  id: v.string(),
  by: v.string(),
  format: v.picklist(['ndjson', 'csv']),
  dryRun: v.boolean(),
  status: v.pipe(
    v.picklist(['running', 'done', 'stopped']),
    v.description('One whose server was killed says running for ever: send it again, nothing counts twice'),
  ),
  stopped: v.pipe(v.nullable(v.string()), v.description('The problem that stopped it')),
  startedAt: v.number(),
  endedAt: v.nullable(v.number()),
  lines: v.number(),
  accepted: v.number(),
  nextLine: v.number(),
  refused: v.record(v.string(), v.number()),
});
const importsSchema = v.object({
  site: v.string(),
  imports: v.array(importSchema),
  next: v.nullable(v.string()),
});

const parameter = (name: string, description: string, schema: object = { type: 'string' }) =>
  ({ name, in: 'query', description, schema }) as const;
/** What the query of an import says, here and at POST /v1/import. */
const describeNew = describeRoute({
  summary:
    'Takes history as a stream, one event a line (NDJSON) or row (CSV by a mapping), and remembers what it came to',
  description:
    'Every line counts once, by its id or its text, so sending it again is harmless. Bad lines become dead letters with their number. CSV is read by servers on Node alone.',
  security: [{ token: ['imports:write'] }, { session: ['imports:write'] }],
  parameters: [
    parameter('line', 'Number of the first line to take; of a CSV, whose columns are line 1, send the whole file', {
      type: 'integer',
      minimum: 1,
      default: 1,
    }),
    parameter('consent', 'For lines that state none: unasked, refused, or purposes with commas between them'),
    parameter('source', 'For lines that name none'),
    parameter('dryRun', 'true: says what would become of the lines, and keeps none', { type: 'boolean' }),
    parameter('mapping', 'The body is a CSV, and this JSON says which column is which field'),
  ],
  requestBody: {
    content: {
      'application/x-ndjson': { schema: { type: 'string' } },
      'text/csv': { schema: { type: 'string' } },
    },
  },
  responses: {
    201: answer(importSchema, 'What became of the lines'),
    413: refusal('More than one request takes; those before Hushtag-Next-Line are kept'),
    415: refusal('Packed in a way that is not taken'),
    501: refusal('This platform reads no CSV'),
    503: refusal('Lines before Hushtag-Next-Line are kept; send the others after Retry-After'),
    ...siteRefusals('imports:write'),
  },
});
const describeList = describeRoute({
  summary: 'The newest 200 imports of the site that came over the API, newest first',
  security: [{ token: ['imports:read'] }, { session: ['imports:read'] }],
  parameters: [...PAGE_PARAMETERS],
  responses: { 200: answer(importsSchema, 'Newest first'), ...siteRefusals('imports:read') },
});
const describeOne = describeRoute({
  summary: 'What an import came to',
  security: [{ token: ['imports:read'] }, { session: ['imports:read'] }],
  responses: { 200: answer(importSchema, 'The import'), ...siteRefusals('imports:read') },
});

const shown = ({ endedAt, stopped, ...run }: ImportRun): object => ({
  ...run,
  status: stopped === undefined ? (endedAt === undefined ? 'running' : 'done') : 'stopped',
  stopped: stopped ?? null,
  endedAt: endedAt ?? null,
});

/** Notes that it begins, runs it, and notes what it came to. */
async function take(context: Context<ApiEnv>, port: Port, prepare: PrepareImport): Promise<Response> {
  const site = context.get('site');
  const ready = prepare(site, context.req.raw, context.req.query());
  if (!ready.ok) return problem(ready.error.problem, ready.error.detail);
  const { format, dryRun, line, run } = ready.value;
  const id = toHex(port.randomBytes(ID_BYTES));
  const begun = { id, by: context.get('token'), format, dryRun, startedAt: port.now(), nextLine: line };
  await port.transact(importBegins(site.row, begun));
  const { stopped, ...counts } = await run();
  const end = { ...counts, stopped, endedAt: port.now() };
  await port.transact([importEnds(id, end)]);
  if (stopped !== undefined)
    return problem(
      stopped,
      dryRun
        ? 'Nothing was kept: it was a dry run.'
        : `Lines before ${end.nextLine} are kept; send the others with ?line=${end.nextLine}.`,
      { 'hushtag-next-line': String(end.nextLine) },
      { import: id },
    );
  context.header('location', `/v1/sites/${site.id}/imports/${id}`);
  return privateJson(context, shown({ ...begun, ...end }), 201);
}

/** Makes the routes. */
export function createImports(port: Port, requireScope: RequireScope, prepare: PrepareImport): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const base = '/v1/sites/:site/imports';
  const reading = requireScope('imports:read');
  app.post(base, describeNew, requireScope('imports:write'), (context) => take(context, port, prepare));
  app.get(base, describeList, reading, async (context) => {
    const asked = readPage(context);
    if (!asked.ok) return asked.error;
    const site = context.get('site');
    const runs = await readImports(port.db, site.row);
    const { page, next } = pageOf(runs, asked.value, ({ startedAt, id }) => `${sortable(FAR - startedAt)}.${id}`);
    return privateJson(context, { site: site.id, imports: page.map(shown), next });
  });
  app.get(`${base}/:id`, describeOne, reading, async (context) => {
    const runs = await readImports(port.db, context.get('site').row);
    const found = runs.find(({ id }) => id === context.req.param('id'));
    return found === undefined
      ? problem('not_found', 'List the imports to see which there are.')
      : privateJson(context, shown(found));
  });
  return app;
}
