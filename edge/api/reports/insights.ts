// edge/api/reports/insights.ts: what runs found beside segments: predictions, what is bought together, what to recommend.
import { Hono } from 'hono';
import * as v from 'valibot';
import { readInsight, readInsights } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { answerJson } from '../answer-json.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { parameter, reading } from './openapi.ts';

const refused = (reasons: readonly [string, ...string[]]) =>
  v.object({ status: v.literal('refused'), asOf: v.string(), reason: v.picklist(reasons) });
const outcome = { outcome: v.string(), words: v.string() };

const outcomesSchema = v.object({
  site: v.string(),
  at: v.nullable(v.number()),
  predictions: v.array(
    v.variant('status', [
      v.object({
        status: v.literal('ready'),
        ...outcome,
        asOf: v.string(),
        horizonDays: v.number(),
        window: v.object({ from: v.string(), to: v.string() }),
        method: v.picklist(['logistic', 'trees']),
        seed: v.number(),
        examples: v.number(),
        metrics: v.object({
          auc: v.number(),
          brier: v.number(),
          brierOfRate: v.number(),
          aucLater: v.nullable(v.number()),
        }),
        lift: v.array(v.object({ share: v.number(), captured: v.number(), lift: v.number() })),
        effects: v.array(v.object({ column: v.string(), aucLost: v.number(), change: v.number() })),
        segments: v.array(v.object({ id: v.string(), chance: v.number() })),
        inputs: v.string(),
      }),
      v.object({
        ...outcome,
        ...refused([
          'history_too_short',
          'too_few_examples',
          'too_few_of_an_outcome',
          'no_features',
          'too_many_features',
        ]).entries,
      }),
    ]),
  ),
});

const valueHead = { horizonDays: v.number(), asOf: v.string() };
const valueSchema = v.variant('status', [
  v.object({
    status: v.literal('ready'),
    ...valueHead,
    currency: v.string(),
    window: v.object({ from: v.string(), to: v.string() }),
    method: v.literal('bg_nbd_gamma_gamma'),
    buyers: v.number(),
    correlationLater: v.nullable(v.number()),
    segments: v.array(v.object({ id: v.string(), valueMinor: v.number() })),
  }),
  v.object({
    status: v.literal('refused'),
    ...valueHead,
    reason: v.picklist([
      'no_currency',
      'history_too_short',
      'too_few_buyers',
      'too_few_repeat_buyers',
      'no_maximum_found',
    ]),
  }),
]);

/** Predictions of outcomes, and what buyers will spend; null before the first run that looked for it. */
export const predictionsSchema = v.object({ ...outcomesSchema.entries, value: v.nullable(valueSchema) });

/** What is bought together. */
export const itemRulesSchema = v.intersect([
  v.object({ site: v.string(), at: v.number() }),
  v.variant('status', [
    v.object({
      status: v.literal('ready'),
      days: v.number(),
      orders: v.number(),
      asOf: v.string(),
      rules: v.array(
        v.object({
          items: v.array(v.string()),
          also: v.string(),
          orders: v.number(),
          confidence: v.number(),
          lift: v.number(),
        }),
      ),
    }),
    refused(['too_few_orders']),
  ]),
]);

/** What goes with an item. */
export const recommendationsSchema = v.object({
  site: v.string(),
  item: v.string(),
  at: v.number(),
  items: v.array(v.string()),
});

/** Which segments rules may ask the closest others of. */
export const lookalikesSchema = v.object({
  site: v.string(),
  lookalikes: v.array(
    v.variant('status', [
      v.object({ segment: v.string(), at: v.number(), status: v.literal('ready'), asOf: v.string() }),
      v.object({
        segment: v.string(),
        at: v.number(),
        ...refused(['too_few_members', 'too_few_others']).entries,
      }),
    ]),
  ),
});

const describeLookalikes = reading(
  'reports:read',
  'Segments that rules ask the closest others of: whether a run has learned what their visitors are like, or why not',
  lookalikesSchema,
);
const describePredictions = reading(
  'reports:read',
  'What visitors of each segment will likely do and spend, each with the card of its model, or why nothing is predicted',
  predictionsSchema,
);
const describeItemRules = reading('reports:read', 'What is bought together, by orders of 90 days', itemRulesSchema);
const describeRecommendations = reading(
  'reports:read',
  'Items bought with an item, the most alike first',
  recommendationsSchema,
  [parameter('item', 'The item’s id')],
);
const NOT_RUN = 'The segmenter has not run yet: it does so every hour, or by `hushtag segment`.';

/** Makes the routes. */
export function createInsights(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const scope = requireScope('reports:read');
  app.get('/v1/sites/:site/predictions', describePredictions, scope, async (context) => {
    const site = context.get('site');
    const found = [...(await readInsights(port.db, site.row, 'outlook')).values()];
    const predictions = found.map(({ published }): unknown => JSON.parse(published));
    const value = await readInsight(port.db, site.row, 'value', '');
    return answerJson(context, {
      site: site.id,
      at: found[0]?.at ?? null,
      predictions,
      value: value === undefined ? null : (JSON.parse(value.published) as unknown),
    });
  });
  app.get('/v1/sites/:site/lookalikes', describeLookalikes, scope, async (context) => {
    const site = context.get('site');
    const found = [...(await readInsights(port.db, site.row, 'lookalike')).values()];
    const lookalikes = found.map(({ key, at, published }) => ({
      segment: key,
      at,
      ...(JSON.parse(published) as object),
    }));
    return answerJson(context, { site: site.id, lookalikes });
  });
  app.get('/v1/sites/:site/item-rules', describeItemRules, scope, async (context) => {
    const site = context.get('site');
    const found = await readInsight(port.db, site.row, 'item_rules', '');
    if (found === undefined) return problem('not_found', NOT_RUN);
    return answerJson(context, { site: site.id, at: found.at, ...(JSON.parse(found.published) as object) });
  });
  app.get('/v1/sites/:site/recommendations', describeRecommendations, scope, async (context) => {
    const site = context.get('site');
    const item = context.req.query('item');
    if (item === undefined || item === '') return problem('malformed_request', 'Name an item: ?item=…');
    const found = await readInsight(port.db, site.row, 'recommendations', item);
    if (found === undefined)
      return problem('not_found', 'Too few orders hold this item with another, or no run was made yet.');
    return answerJson(context, { site: site.id, item, at: found.at, items: JSON.parse(found.published) as string[] });
  });
  return app;
}
