// edge/collector/openapi.ts: what the collector promises, for /openapi.json.
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import { answer, refusal } from '../http/describe.ts';

const collectAnswerSchema = v.object({
  received: v.number(),
  refused: v.array(
    v.object({
      event: v.optional(v.string()),
      index: v.number(),
      reason: v.string(),
      pointer: v.optional(v.string()),
    }),
  ),
});

/** POST /v1/collect */
export const describeCollect = describeRoute({
  summary: 'Takes a message of events from a page or an importer',
  description: 'The body is wire version 1 as JSON in text/plain. A 202 means that what was taken is durable.',
  requestBody: { content: { 'text/plain': { schema: { type: 'string' } } } },
  responses: {
    202: answer(collectAnswerSchema, 'What was received and which events were refused'),
    400: refusal('Not a message, or of no known site'),
    401: refusal('The import token is not valid'),
    403: refusal('Not from an origin of the site, or not the token’s site'),
    413: refusal('Too large, as it came or unpacked'),
    415: refusal('Packed in a way that is not taken; Accept-Encoding says which are'),
    429: refusal('Too many events in a short time; send it again after Retry-After'),
    503: refusal('Nothing was kept; send it again after Retry-After'),
  },
});

const text = (name: string, description: string) =>
  ({ name, in: 'query', description, schema: { type: 'string' } }) as const;

/** GET /v1/pixel.gif */
export const describePixel = describeRoute({
  summary: 'Counts a page view of a browser without scripts; answers a transparent dot',
  parameters: [
    { ...text('s', 'The site'), required: true },
    text('u', 'The page; what Referer says where absent'),
    text('r', 'The page before it'),
    text('t', 'The title'),
  ],
  responses: {
    200: { description: 'Counted', content: { 'image/gif': {} } },
    400: refusal('No such site'),
    403: refusal('Referer names no page of the site'),
    429: refusal('Too many in a short time'),
    503: refusal('Nothing was kept'),
  },
});

const consentStatusSchema = v.object({
  gpc: v.object({ received: v.boolean(), honoured: v.boolean(), removes: v.array(v.string()) }),
});

/** GET /v1/consent/status */
export const describeConsentStatus = describeRoute({
  summary: 'Tells a visitor whether Global Privacy Control was received and what it takes away',
  responses: { 200: answer(consentStatusSchema, 'What this browser’s signal does here') },
});
