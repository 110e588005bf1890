// edge/api/segments/openapi.ts: what the routes of rule segments take and answer.
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { answer, idempotencyParameter, refusal } from '../../http/describe.ts';
import { PAGE_PARAMETERS } from '../read-json.ts';
import { budgetSchema, people, reading } from '../reports/openapi.ts';

const ruleShape = v.object({ version: v.number(), where: v.record(v.string(), v.unknown()) });

/** One rule segment. */
export const ruleSegmentSchema = v.object({
  id: v.string(),
  name: v.string(),
  rule: ruleShape,
  version: v.number(),
  createdAt: v.number(),
  updatedAt: v.number(),
  size: people,
  withheld: v.nullable(v.picklist(['below_floor', 'complement_below_floor', 'budget_spent', 'not_run'])),
  sizeAt: v.nullable(v.number()),
});
/** All of a site. */
export const ruleSegmentsSchema = v.object({
  site: v.string(),
  segments: v.array(ruleSegmentSchema),
  next: v.nullable(v.string()),
});
const withheld = v.nullable(v.picklist(['below_floor', 'budget_spent']));
/** What a rule would find. */
export const previewAnswerSchema = v.object({
  size: people,
  withheld,
  sampledOneIn: v.number(),
  conditions: v.array(v.object({ pointer: v.string(), words: v.string(), size: people, withheld })),
  budget: budgetSchema,
});

const ruleBody = v.object({ id: v.optional(v.string()), name: v.string(), rule: ruleShape });
const previewBody = v.object({ rule: ruleShape, explain: v.optional(v.boolean()) });
const bodyOf = (schema: v.GenericSchema) => ({
  required: true,
  content: { 'application/json': { schema: resolver(schema) as object } },
});
const refusals = (scope: string) => ({
  400: refusal('segment_refused: the segment or its rule is not right'),
  401: refusal('No token, or not a valid one'),
  403: refusal(`The token lacks the scope ${scope}`),
  404: refusal('Not this token’s site, or nothing there'),
  409: refusal('segment_exists or segment_in_use, or the Idempotency-Key was used for another request'),
  413: refusal('The body is too large'),
});
const writing = (summary: string, isCreating = false) =>
  describeRoute({
    summary,
    security: [{ token: ['segments:write'] }],
    parameters: isCreating ? [idempotencyParameter] : [],
    requestBody: bodyOf(ruleBody),
    responses: {
      200: answer(ruleSegmentSchema, 'As it is kept'),
      201: answer(ruleSegmentSchema, 'It was made'),
      ...refusals('segments:write'),
    },
  });

/** GET /v1/sites/{site}/rule-segments */
export const describeList = reading(
  'segments:read',
  'The rule segments of a site, with their published sizes',
  ruleSegmentsSchema,
  PAGE_PARAMETERS,
);
/** GET /v1/sites/{site}/rule-segments/{id} */
export const describeOne = reading('segments:read', 'One rule segment', ruleSegmentSchema);
/** POST /v1/sites/{site}/rule-segments */
export const describeCreate = writing('Makes a rule segment; the same again changes nothing', true);
/** PUT /v1/sites/{site}/rule-segments/{id} */
export const describePut = writing('Changes a rule segment, or makes it');
/** DELETE /v1/sites/{site}/rule-segments/{id} */
export const describeDelete = describeRoute({
  summary: 'Deletes a rule segment; its members go with the next fold',
  security: [{ token: ['segments:write'] }],
  responses: { 204: { description: 'It is gone' }, ...refusals('segments:write') },
});
/** POST /v1/sites/{site}/rule-segments/preview */
export const describePreview = describeRoute({
  summary:
    'How many visitors a rule would have, and each of its conditions by itself; paid for from the budget of reports',
  security: [{ token: ['segments:read'] }],
  requestBody: bodyOf(previewBody),
  responses: { 200: answer(previewAnswerSchema, 'Sizes under P3'), ...refusals('segments:read') },
});
/** GET /v1/schema/segment-rule.json */
export const describeSchema = describeRoute({
  summary: 'The JSON Schema of a rule',
  responses: {
    200: {
      description: 'A JSON Schema (draft-07)',
      content: { 'application/schema+json': { schema: { type: 'object' } } },
    },
  },
});
