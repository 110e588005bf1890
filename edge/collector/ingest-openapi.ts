// edge/collector/ingest-openapi.ts: what the back ends' way in takes and answers.
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { answer, refusal } from '../http/describe.ts';
import { IMPORT_BODY, IMPORT_PARAMETERS, IMPORT_REFUSALS } from '../http/import-parts.ts';

const consent = v.object({
  state: v.picklist(['unasked', 'refused', 'granted']),
  purposes: v.optional(v.array(v.picklist(['measure', 'profile', 'personalise', 'share']))),
  at: v.optional(v.number()),
});
const eventsSchema = v.object({
  consent: v.optional(consent),
  gpc: v.optional(v.boolean()),
  source: v.optional(v.string()),
  events: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      time: v.union([v.number(), v.string()]),
      url: v.optional(v.string()),
      referrer: v.optional(v.string()),
      title: v.optional(v.string()),
      params: v.optional(v.record(v.string(), v.unknown())),
      first_party_id: v.optional(v.string()),
      address: v.optional(v.string()),
      user_agent: v.optional(v.string()),
      consent: v.optional(consent),
      gpc: v.optional(v.boolean()),
      source: v.optional(v.string()),
    }),
  ),
});
const resultsSchema = v.object({
  received: v.number(),
  accepted: v.number(),
  results: v.array(
    v.object({
      index: v.number(),
      outcome: v.picklist(['accepted', 'invalid', 'late', 'no_consent', 'over_limit']),
      reason: v.optional(v.string()),
      pointer: v.optional(v.string()),
      events: v.optional(v.number()),
    }),
  ),
});

/** POST /v1/events */
export const describeEvents = describeRoute({
  summary: 'Takes events of a site’s own back end, at most 500 or 1 MiB, with a result for each',
  security: [{ token: ['ingest'] }],
  requestBody: { content: { 'application/json': { schema: resolver(eventsSchema) as object } } },
  responses: {
    202: answer(resultsSchema, 'What became of each; what was accepted is durable'),
    400: refusal('Not a batch of events'),
    401: refusal('No token, or not a valid one'),
    403: refusal('The token lacks the scope ingest'),
    413: refusal('Too large, as it came or unpacked'),
    415: refusal('Packed in a way that is not taken'),
    503: refusal('Nothing was kept; send it again after Retry-After'),
  },
});

const importSchema = v.object({
  lines: v.number(),
  nextLine: v.number(),
  accepted: v.number(),
  refused: v.record(v.string(), v.number()),
});

/** POST /v1/import */
export const describeImport = describeRoute({
  summary: 'Takes history as a stream: one event a line (NDJSON), or row of a CSV by a mapping, written as it comes',
  security: [{ token: ['import'] }],
  parameters: IMPORT_PARAMETERS,
  requestBody: IMPORT_BODY,
  responses: {
    200: answer(importSchema, 'What became of the lines'),
    400: refusal('The query is not what this takes, or the body is not packed as it says'),
    401: refusal('No token, or not a valid one'),
    403: refusal('The token lacks the scope import'),
    ...IMPORT_REFUSALS,
  },
});
