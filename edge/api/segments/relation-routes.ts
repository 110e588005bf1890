// edge/api/segments/relation-routes.ts: routes about one segment: its sizes over time, favourites, overlaps, totals.
import { Hono } from 'hono';
import * as v from 'valibot';
import { problem } from '../../http/problem.ts';
import { answerJson } from '../answer-json.ts';
import { budgetSchema, DAY_PARAMETERS, people, reading } from '../reports/openapi.ts';
import type { ReportParts } from '../reports/overview.ts';
import { RANGE_HELP, readDays } from '../reports/range.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { FAVOURITE_DAYS, makeFavourites, makeOverlaps, makeSegmentTotals } from './relations.ts';
import { readSegmentIds, readSizeHistory } from './sizes.ts';

const head = { id: v.string() };
const favourites = v.array(v.object({ word: v.string(), visitors: v.number() }));
const spent = v.object({ status: v.literal('withheld'), reason: v.literal('budget_spent') });
const sizesOverTime = {
  sizes: v.array(v.object({ version: v.number(), at: v.number(), visitors: people })),
  trend: v.variant('status', [
    v.object({ status: v.literal('refused'), reason: v.picklist(['too_few_sizes', 'withheld']) }),
    v.object({
      status: v.literal('ready'),
      expected: v.number(),
      low: v.number(),
      high: v.number(),
      change28: v.number(),
      alert: v.nullable(v.picklist(['above', 'below'])),
    }),
  ]),
};
/** Published sizes of a segment. */
export const historySchema = v.object({ ...head, ...sizesOverTime });
/** The same of every segment. */
export const allSizesSchema = v.object({ site: v.string(), segments: v.array(historySchema) });
/** What its members look at most. */
export const favouritesSchema = v.intersect([
  v.object({ ...head, budget: budgetSchema }),
  v.variant('status', [
    v.object({
      status: v.literal('ready'),
      at: v.number(),
      days: v.number(),
      pages: favourites,
      items: favourites,
    }),
    spent,
  ]),
]);
/** Whom it shares. */
export const overlapsSchema = v.object({
  ...head,
  overlaps: v.array(
    v.object({
      id: v.string(),
      visitors: people,
      withheld: v.nullable(v.picklist(['below_floor', 'budget_spent'])),
    }),
  ),
  left: v.number(),
  budget: budgetSchema,
});
/** How it did. */
export const segmentTotalsSchema = v.intersect([
  v.object({ ...head, from: v.string(), to: v.string(), budget: budgetSchema }),
  v.variant('status', [
    v.object({
      status: v.literal('ready'),
      at: v.number(),
      totals: v.object({
        visitors: people,
        visits: people,
        orders: people,
        revenue: people,
        currency: v.nullable(v.string()),
      }),
    }),
    spent,
  ]),
]);

const describeHistory = reading(
  'segments:read',
  'Published sizes of a segment, oldest first, and whether the last is what the others lead to expect',
  historySchema,
);
const describeAllSizes = reading(
  'segments:read',
  'Published sizes of every cluster and rule segment, oldest first, and whether the last is what the others lead to expect',
  allSizesSchema,
);
const describeFavourites = reading(
  'segments:read',
  'Pages and items that most of a segment’s visitors look at most; paid for from the budget of reports',
  favouritesSchema,
);
const describeOverlaps = reading(
  'segments:read',
  'How many of a segment’s visitors are in others as well; paid for from the budget of reports',
  overlapsSchema,
);
const describeTotals = reading(
  'reports:read',
  'How a segment’s visitors did over some days; paid for from the budget of reports',
  segmentTotalsSchema,
  [...DAY_PARAMETERS],
);
const missing = (): Response => problem('not_found', 'List the segments to see which there are.');

/** Makes the routes. */
export function createRelations(parts: ReportParts, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const { port } = parts;
  const scope = requireScope('segments:read');
  const base = '/v1/sites/:site/segments/:id';
  app.get(`${base}/history`, describeHistory, scope, async (context) => {
    const id = context.req.param('id');
    const history = await readSizeHistory(port.db, context.get('site').row, id);
    return history === undefined ? missing() : answerJson(context, { id, ...history });
  });
  app.get('/v1/sites/:site/segment-sizes', describeAllSizes, scope, async (context) => {
    const site = context.get('site');
    const segments: object[] = [];
    for (const id of await readSegmentIds(port.db, site.row)) {
      const history = await readSizeHistory(port.db, site.row, id);
      if (history !== undefined) segments.push({ id, ...history });
    }
    return answerJson(context, { site: site.id, segments });
  });
  app.get(`${base}/favourites`, describeFavourites, scope, async (context) => {
    const id = context.req.param('id');
    const told = await makeFavourites(parts, context.get('site'), id);
    if (told === undefined) return missing();
    if (told.status === 'withheld') return answerJson(context, { id, ...told });
    const { page: pages, item: items, ...rest } = told;
    return answerJson(context, { id, ...rest, days: FAVOURITE_DAYS, pages, items });
  });
  app.get(`${base}/overlap`, describeOverlaps, scope, async (context) => {
    const id = context.req.param('id');
    const told = await makeOverlaps(parts, context.get('site'), id);
    return told === undefined ? missing() : answerJson(context, { id, ...told });
  });
  app.get(`${base}/totals`, describeTotals, requireScope('reports:read'), async (context) => {
    const days = readDays(context, port.now());
    if (!days.ok) return problem(days.error, RANGE_HELP);
    const id = context.req.param('id');
    const told = await makeSegmentTotals(parts, context.get('site'), id, days.value);
    if (told === undefined) return missing();
    return answerJson(context, { id, from: days.value.from, to: days.value.to, ...told });
  });
  return app;
}
