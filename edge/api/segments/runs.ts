// edge/api/segments/runs.ts: the runs of the segmenter: when, what came of each, how long its stages took.
import { Hono } from 'hono';
import * as v from 'valibot';
import type { KeptRun } from '../../../store/index.ts';
import { readRuns, RUN_OUTCOMES } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { parameter, reading } from '../reports/openapi.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 200;

const runsSchema = v.object({
  site: v.string(),
  runs: v.array(
    v.object({
      run: v.number(),
      startedAt: v.number(),
      endedAt: v.nullable(v.number()),
      outcome: v.picklist(RUN_OUTCOMES),
      version: v.pipe(v.nullable(v.number()), v.description('The version that was released, or stood')),
      seconds: v.nullable(v.number()),
      stages: v.array(
        v.object({
          stage: v.string(),
          seconds: v.number(),
          rows: v.pipe(
            v.nullable(v.number()),
            v.description('Events of the fold, segments of publishing; profiles are not told'),
          ),
        }),
      ),
    }),
  ),
  next: v.nullable(v.string()),
});

const querySchema = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(PAGE_MAX)),
    String(PAGE_DEFAULT),
  ),
  // Opaque to clients; in truth the number of the last run of the page before.
  cursor: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/), v.transform(Number))),
});

const describeRuns = reading('segments:read', 'Runs of the segmenter, newest first', runsSchema, [
  parameter('limit', '1 to 200; 50 where left out'),
  parameter('cursor', 'The "next" of the page before'),
]);

/** Stages that go through what anybody may know; the others go through profiles, whose number has noise where it is told (P3). */
const OPEN_STAGES: ReadonlySet<string> = new Set(['fold', 'publish']);

const shown = ({ run, startedAt, endedAt, outcome, version, stages }: KeptRun): object => ({
  run,
  startedAt,
  endedAt: endedAt ?? null,
  outcome,
  version: version ?? null,
  seconds: endedAt === undefined ? null : (endedAt - startedAt) / 1_000,
  stages: stages.map(({ stage, ms, rows }) => ({
    stage,
    seconds: ms / 1_000,
    rows: OPEN_STAGES.has(stage) ? rows : null,
  })),
});

/** Makes the route. */
export function createRuns(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/v1/sites/:site/runs', describeRuns, requireScope('segments:read'), async (context) => {
    const query = v.safeParse(querySchema, context.req.query());
    if (!query.success) {
      return problem('malformed_request', `limit is 1 to ${PAGE_MAX}; cursor is the "next" of the page before.`);
    }
    const { limit, cursor = Number.MAX_SAFE_INTEGER } = query.output;
    const site = context.get('site');
    const runs = await readRuns(port.db, site.row, cursor, limit);
    return privateJson(context, {
      site: site.id,
      runs: runs.map(shown),
      next: runs.length === limit ? String(runs.at(-1)?.run) : null,
    });
  });
  return app;
}
