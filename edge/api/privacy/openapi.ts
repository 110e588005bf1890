// edge/api/privacy/openapi.ts: what the routes for privacy requests promise, for /openapi.json.
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import { REQUEST_KINDS, REQUESTS_MAX } from '../../../store/index.ts';
import { answer, answerOrText, idempotencyParameter, refusal } from '../../http/describe.ts';
import { pageParameters } from '../read-json.ts';

const requestSchema = v.object({
  id: v.string(),
  kind: v.string(),
  subject: v.string(),
  askedBy: v.string(),
  askedAt: v.number(),
  dueAt: v.number(),
  daysLeft: v.optional(v.number()),
  status: v.picklist(['open', 'done', 'not_identified']),
  closedAt: v.optional(v.number()),
  reason: v.optional(v.string()),
  meaning: v.optional(v.string()),
  rows: v.optional(v.record(v.string(), v.number())),
  destinations: v.optional(v.array(v.object({ name: v.string(), told: v.boolean() }))),
  receipt: v.optional(v.string()),
  log: v.array(v.object({ at: v.number(), step: v.string() })),
});
const requestsSchema = v.object({ requests: v.array(requestSchema), next: v.nullable(v.string()) });
const fileSchema = v.looseObject({
  format: v.literal('hushtag access 1'),
  status: v.picklist(['found', 'nothing_stored', 'not_identified']),
  request: v.string(),
  site: v.string(),
  madeAt: v.string(),
  data: v.optional(v.looseObject({ events: v.array(v.looseObject({ at: v.string(), name: v.string() })) })),
});

/** The answers as schemas, which tests hold real answers against. */
export const privacySchemas = { request: requestSchema, requests: requestsSchema, file: fileSchema } as const;

const refusals = (scope: string) => ({
  400: refusal('Not a request of this endpoint'),
  401: refusal('No token, or not a valid one'),
  403: refusal(`The token lacks the scope ${scope}`),
  404: refusal('Not this token’s site, or nothing there'),
});

/** POST /v1/sites/{site}/privacy/requests */
export const describeAsk = describeRoute({
  summary: 'Answers a request about somebody’s data: access, erasure, objection or unlink',
  security: [{ token: ['privacy:write'] }],
  parameters: [idempotencyParameter],
  requestBody: {
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['kind', 'subject'],
          properties: {
            kind: { type: 'string', enum: [...REQUEST_KINDS] },
            subject: { type: 'object', description: 'Either first_party_id, or account with user_id, email or phone' },
          },
        },
      },
    },
  },
  responses: {
    200: answer(requestSchema, 'It is answered'),
    202: answer(requestSchema, 'It stands, and is finished as soon as the segmenter has ended'),
    409: refusal('The Idempotency-Key was used for another request'),
    ...refusals('privacy:write'),
  },
});

/** GET /v1/sites/{site}/privacy/requests */
export const describeRequests = describeRoute({
  summary: 'The requests of a site with their clocks and logs, newest first',
  security: [{ token: ['privacy:read'] }],
  parameters: [
    ...pageParameters({ usual: REQUESTS_MAX, max: REQUESTS_MAX }),
    { name: 'status', in: 'query', schema: { type: 'string' }, description: 'Only those; `open` have work left' },
  ],
  responses: { 200: answer(requestsSchema, 'Newest first'), ...refusals('privacy:read') },
});

/** GET /v1/sites/{site}/privacy/requests/{id} */
export const describeRequest = describeRoute({
  summary: 'One request',
  security: [{ token: ['privacy:read'] }],
  responses: { 200: answer(requestSchema, 'The request'), ...refusals('privacy:read') },
});

/** GET /v1/sites/{site}/privacy/requests/{id}/file */
export const describeFile = describeRoute({
  summary: 'The file of an access request, as JSON or, where text/html is accepted, as a page',
  description: 'Made from what is stored now. Every call leaves an entry in the audit log.',
  security: [{ token: ['privacy:read'] }],
  responses: { 200: answerOrText(fileSchema, 'The file', ['text/html']), ...refusals('privacy:read') },
});

/** POST /v1/privacy/requests */
export const describeVisitorAsk = describeRoute({
  summary: 'Answers a visitor who shows the id that their own browser keeps',
  description: 'From a page of the site. An access request is answered with its file at once.',
  parameters: [idempotencyParameter],
  requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
  responses: {
    200: answerOrText(v.object({ request: requestSchema, file: v.optional(fileSchema) }), 'It is answered', [
      'text/html',
    ]),
    202: answer(v.object({ request: requestSchema }), 'It stands, and is finished soon'),
    400: refusal('Not a request of this endpoint, or of no known site'),
    403: refusal('Not from an origin of the site'),
    409: refusal('The Idempotency-Key was used for another request'),
    429: refusal('Too many requests; come again after Retry-After'),
  },
});

const documentSchema = v.object({
  kind: v.picklist(['ropa', 'dpia', 'breach']),
  title: v.string(),
  site: v.string(),
  madeAt: v.string(),
  sections: v.array(
    v.object({
      heading: v.string(),
      text: v.optional(v.array(v.string())),
      table: v.optional(
        v.object({ head: v.array(v.string()), rows: v.array(v.array(v.union([v.string(), v.number()]))) }),
      ),
    }),
  ),
});

const document = (summary: string) =>
  describeRoute({
    summary,
    description: 'JSON, a page (text/html) or Markdown (text/markdown), by the Accept header.',
    security: [{ token: ['privacy:read'] }],
    responses: {
      200: answerOrText(documentSchema, summary, ['text/html', 'text/markdown']),
      ...refusals('privacy:read'),
    },
  });

/** The shape of a document, which tests hold real answers against. */
export const privacyDocumentSchema = documentSchema;
/** GET /v1/sites/{site}/privacy/ropa */
export const describeRopa = document('The record of processing (GDPR Art. 30), from the live configuration');
/** GET /v1/sites/{site}/privacy/dpia */
export const describeDpia = document('A draft of an impact assessment (GDPR Art. 35), from the live configuration');
/** GET /v1/sites/{site}/privacy/breach */
export const describeBreach = document('What was stored of whom between `from` and `to`, and whether keys were alive');
