// edge/api/imports.ts: imports as things of a site: one is sent as a stream, and what each came to can be asked for later.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import type { Result } from '../../contract/index.ts';
import { toHex } from '../../core/index.ts';
import type { ImportRun, Site } from '../../store/index.ts';
import { importBegins, importEnds, importGoesOn, INTERRUPTED, readImports } from '../../store/index.ts';
import { answer, siteRefusals } from '../http/describe.ts';
import { IMPORT_BODY, IMPORT_PARAMETERS, IMPORT_REFUSALS, stoppedAnswer } from '../http/import-parts.ts';
import type { ProblemName } from '../http/problem.ts';
import { problem } from '../http/problem.ts';
import type { Port } from '../port.ts';
import { newestFirst, PAGE_PARAMETERS, pageOf, readPage } from './read-json.ts';
import type { ApiEnv, RequireScope } from './require-scope.ts';
import { privateJson } from './require-scope.ts';

/** How far an import is; the collector's to know. */
type Progress = Pick<ImportRun, 'lines' | 'nextLine' | 'accepted' | 'refused'>;
/** What it comes to. */
type Report = Progress & { readonly stopped?: ProblemName };
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
    readonly run: (onChunk: (progress: Progress) => Promise<void>) => Promise<Report>;
  },
  { readonly problem: ProblemName; readonly detail: string }
>;

const ID_BYTES = 16;
/** Chunks of lines after which it is noted how far an import is: a write more among twenty. */
const NOTED_CHUNKS = 20;
const importSchema = v.object({
  id: v.string(),
  by: v.string(),
  format: v.picklist(['ndjson', 'csv']),
  dryRun: v.boolean(),
  status: v.pipe(
    v.picklist(['running', 'done', 'stopped', 'interrupted']),
    v.description('interrupted: its server ended before it did'),
  ),
  stopped: v.pipe(v.nullable(v.string()), v.description('The problem that stopped it')),
  todo: v.pipe(v.nullable(v.string()), v.description('How to go on, where it did not come to its end')),
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

const describeNew = describeRoute({
  summary:
    'Takes history as a stream, one event a line (NDJSON) or row (CSV by a mapping), and remembers what it came to',
  description:
    'Every line counts once, by its id or its text, so sending it again is harmless. Bad lines become dead letters with their number. CSV is read by servers on Node alone.',
  security: [{ token: ['imports:write'] }, { session: ['imports:write'] }],
  parameters: IMPORT_PARAMETERS,
  requestBody: IMPORT_BODY,
  responses: {
    201: answer(importSchema, 'What became of the lines'),
    ...IMPORT_REFUSALS,
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

function statusOf({ endedAt, stopped }: Pick<ImportRun, 'endedAt' | 'stopped'>): string {
  if (stopped === INTERRUPTED) return 'interrupted';
  if (stopped !== undefined) return 'stopped';
  return endedAt === undefined ? 'running' : 'done';
}

const todoOf = ({ stopped, dryRun, nextLine, format }: ImportRun): string | null => {
  if (stopped === undefined) return null;
  if (dryRun) return 'Nothing was kept: try it again.';
  // Of a CSV the first row names the columns, so all of it is sent again (docs/ingest.md).
  const what = format === 'csv' ? 'the same file again' : `it from line ${nextLine} on`;
  return `Lines before ${nextLine} are kept. Send ${what} with ?line=${nextLine}; a line that is kept already counts once.`;
};

const shown = (run: ImportRun): object => {
  const { endedAt, stopped, ...others } = run;
  return {
    ...others,
    status: statusOf(run),
    stopped: stopped === undefined || stopped === INTERRUPTED ? null : stopped,
    todo: todoOf(run),
    endedAt: endedAt ?? null,
  };
};

/** Notes now and then how far one is, so that its end is near what is known of it if its server is killed. */
function notingProgress(port: Port, id: string): (progress: Progress) => Promise<void> {
  let chunks = 0;
  return async (progress) => {
    chunks += 1;
    if (chunks % NOTED_CHUNKS === 0) await port.transact([importGoesOn(id, progress)]);
  };
}

/** Notes that it begins, runs it, and notes what it came to. */
async function take(context: Context<ApiEnv>, port: Port, prepare: PrepareImport): Promise<Response> {
  const site = context.get('site');
  const ready = prepare(site, context.req.raw, context.req.query());
  if (!ready.ok) return problem(ready.error.problem, ready.error.detail);
  const { format, dryRun, line, run } = ready.value;
  const id = toHex(port.randomBytes(ID_BYTES));
  const begun = { id, by: context.get('token'), format, dryRun, startedAt: port.now(), nextLine: line };
  await port.transact(importBegins(site.row, begun));
  const { stopped, ...counts } = await run(notingProgress(port, id));
  const end = { ...counts, stopped, endedAt: port.now() };
  await port.transact([importEnds(id, end)]);
  if (stopped !== undefined) return stoppedAnswer(stopped, { nextLine: end.nextLine, dryRun }, { import: id });
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
    const { page, next } = pageOf(runs, asked.value, ({ startedAt, id }) => `${newestFirst(startedAt)}.${id}`);
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
