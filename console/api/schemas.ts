// console/api/schemas.ts: answers of the API about segments and events, as far as pages show them.
import * as v from 'valibot';

const trait = v.object({
  id: v.string(),
  unit: v.picklist(['days', 'count', 'share', 'minor_units']),
  currency: v.optional(v.string()),
  mean: v.number(),
  overall: v.optional(v.number()),
  compared: v.picklist(['higher', 'similar', 'lower']),
});

/** A trait's mean in a segment. */
export type Trait = v.InferOutput<typeof trait>;

const common = { id: v.string(), kind: v.string(), version: v.number(), at: v.number() };

/** A segment of a release. */
export const segmentSchema = v.variant('status', [
  v.object({
    status: v.literal('published'),
    ...common,
    label: v.string(),
    description: v.string(),
    zh: v.optional(v.object({ label: v.string(), description: v.string() })),
    visitors: v.number(),
    traits: v.array(trait),
  }),
  v.object({ status: v.literal('withheld'), ...common, reason: v.string() }),
]);

/** One. */
export type Segment = v.InferOutput<typeof segmentSchema>;

const model = v.looseObject({
  status: v.string(),
  at: v.number(),
  window: v.optional(v.object({ from: v.string(), to: v.string() })),
  method: v.looseObject({ name: v.string(), k: v.optional(v.number()), seed: v.optional(v.number()) }),
  privacy: v.object({ floor: v.number(), epsilon: v.number(), roundedTo: v.number() }),
  visitors: v.optional(v.number()),
  reason: v.optional(v.string()),
  traits: v.optional(v.array(v.string()), []),
  metrics: v.optional(
    v.looseObject({
      silhouette: v.optional(v.number()),
      explainedVariance: v.optional(v.number()),
      ariWithLast: v.optional(v.number()),
    }),
  ),
});

/** GET /v1/sites/{site}/segments */
export const segmentsSchema = v.object({
  site: v.string(),
  version: v.nullable(v.number()),
  model: v.nullable(model),
  segments: v.array(segmentSchema),
});

/** GET /v1/sites/{site}/ledger */
export const ledgerSchema = v.object({
  site: v.string(),
  entries: v.array(v.object({ date: v.string(), outcome: v.string(), reason: v.string(), events: v.number() })),
});

/** A line of the ledger. */
export type LedgerEntry = v.InferOutput<typeof ledgerSchema>['entries'][number];

/** A segment's published sizes, oldest first, and what those before lead to expect of the last. */
export const sizesSchema = v.object({
  sizes: v.array(v.object({ version: v.number(), at: v.number(), visitors: v.nullable(v.number()) })),
  // A server of an earlier version does not say it.
  trend: v.optional(
    v.variant('status', [
      v.object({ status: v.literal('refused') }),
      v.object({
        status: v.literal('ready'),
        expected: v.number(),
        low: v.number(),
        high: v.number(),
        change28: v.number(),
        alert: v.nullable(v.picklist(['above', 'below'])),
      }),
    ]),
  ),
});
/** What {@link sizesSchema} reads. */
export type SizesOverTime = v.InferOutput<typeof sizesSchema>;

/** What is left of a site's budget of new numbers about people. */
export const budgetSchema = v.object({ left: v.number(), of: v.number(), moreAt: v.nullable(v.number()) });
