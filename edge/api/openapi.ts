// edge/api/openapi.ts: what each route promises, for /openapi.json (OpenAPI 3.1). Shapes are valibot schemas, in one place.
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { answer, refusal } from '../http/describe.ts';

const ledgerSchema = v.object({
  site: v.string(),
  entries: v.array(v.object({ date: v.string(), outcome: v.string(), reason: v.string(), events: v.number() })),
});
const segmentSchema = v.looseObject({ id: v.string() });
const segmentsSchema = v.object({
  site: v.string(),
  version: v.nullable(v.number()),
  model: v.nullable(v.looseObject({})),
  segments: v.array(segmentSchema),
});

const reading = (scope: string, summary: string, schema: Parameters<typeof resolver>[0]) =>
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
