// edge/api/openapi.ts: what each route promises, for /openapi.json (OpenAPI 3.1). Shapes are valibot schemas, in one place.
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import type { StandardSchema } from '../http/describe.ts';
import { answer, refusal } from '../http/describe.ts';

const ledgerSchema = v.object({
  site: v.string(),
  entries: v.array(v.object({ date: v.string(), outcome: v.string(), reason: v.string(), events: v.number() })),
});

const traitSchema = v.object({
  id: v.string(),
  unit: v.picklist(['days', 'count', 'share', 'minor_units']),
  currency: v.optional(v.string()),
  mean: v.number(),
  limit: v.optional(v.number()),
  plusMinus: v.optional(v.number()),
  overall: v.optional(v.number()),
  compared: v.picklist(['higher', 'similar', 'lower']),
});
const segmentFields = { id: v.string(), kind: v.picklist(['cluster', 'rule']), version: v.number(), at: v.number() };
const segmentSchema = v.variant('status', [
  v.object({
    status: v.literal('published'),
    ...segmentFields,
    label: v.string(),
    description: v.string(),
    zh: v.optional(
      v.pipe(
        v.object({ label: v.string(), description: v.string() }),
        v.description('Label and description in Chinese'),
      ),
    ),
    visitors: v.number(),
    traits: v.array(traitSchema),
  }),
  v.object({
    status: v.literal('withheld'),
    ...segmentFields,
    label: v.optional(v.string()),
    description: v.optional(v.string()),
    reason: v.picklist(['below_floor', 'complement_below_floor', 'release_cap', 'budget_spent', 'not_run']),
  }),
]);
const versionFields = {
  site: v.string(),
  version: v.number(),
  at: v.number(),
  window: v.optional(v.object({ from: v.string(), to: v.string() })),
  method: v.object({ name: v.literal('pca-kmeans'), k: v.optional(v.number()), seed: v.number() }),
  privacy: v.object({ floor: v.number(), epsilon: v.number(), roundedTo: v.number() }),
};
const described = <Schema extends v.GenericSchema>(schema: Schema, text: string) => v.pipe(schema, v.description(text));
/** A released model. */
export const modelSchema = v.variant('status', [
  v.object({
    status: v.literal('segmented'),
    ...versionFields,
    visitors: v.optional(v.number()),
    traits: v.array(v.string()),
    metrics: v.object({
      silhouette: v.optional(v.number()),
      explainedVariance: v.number(),
      ariWithLast: v.optional(v.number()),
      nmiWithLast: v.optional(v.number()),
      drift: v.optional(
        v.object({
          labelsChanged: described(v.number(), 'Share of visitors in both versions that have another segment now'),
          trait: described(
            v.optional(v.string()),
            'The trait whose mean over everybody moved most, by more than noise',
          ),
          meanChanged: described(v.optional(v.number()), 'By how much of itself'),
          alarm: described(v.boolean(), 'Clearly more than 0.05 labels changed, or a mean by more than 0.25'),
        }),
      ),
    }),
    kChoice: v.optional(
      v.pipe(
        v.array(
          v.object({
            k: v.number(),
            stability: described(
              v.number(),
              'Mean adjusted Rand index of halves of the visitors against all; 1 is best',
            ),
            silhouette: described(v.number(), 'Mean silhouette width, -1 to 1'),
            smallest: described(
              v.nullable(v.number()),
              'Share of visitors in the smallest cluster, with noise; null where too small to be told',
            ),
          }),
        ),
        v.description('What the number of clusters is chosen by where it is not given'),
      ),
    ),
    map: v.optional(
      v.pipe(
        v.array(
          v.object({
            segment: v.string(),
            x: described(v.number(), 'First principal component of the centres, in standard deviations of traits'),
            y: described(v.number(), 'The second'),
            size: described(v.number(), 'Published visitors'),
          }),
        ),
        v.description('Where the published segments lie to each other'),
      ),
    ),
  }),
  v.object({
    status: v.literal('no_segments'),
    ...versionFields,
    reason: v.picklist(['not_enough_visitors', 'traits_do_not_vary']),
  }),
]);
const segmentsSchema = v.object({
  site: v.string(),
  version: v.nullable(v.number()),
  model: v.nullable(modelSchema),
  segments: v.array(segmentSchema),
});

/** The answers of the API as schemas, which tests hold real answers against. */
export const apiSchemas = { segments: segmentsSchema, segment: segmentSchema, ledger: ledgerSchema } as const;

const reading = (scope: string, summary: string, schema: StandardSchema) =>
  describeRoute({
    summary,
    security: [{ token: [scope] }],
    responses: {
      200: answer(schema, summary),
      401: refusal('No token, or not a valid one'),
      403: refusal(`The token lacks the scope ${scope}`),
      404: refusal('Not this token’s site, or nothing there'),
    },
  });

/** GET /v1/sites/{site}/segments */
export const describeSegments = reading(
  'segments:read',
  'The released segments of a site, with their model',
  segmentsSchema,
);
/** GET /v1/sites/{site}/segments/{id} */
export const describeSegment = reading('segments:read', 'One released segment', segmentSchema);
/** GET /v1/sites/{site}/ledger */
export const describeLedger = reading(
  'ledger:read',
  'What became of every event received, per day and reason',
  ledgerSchema,
);
