// edge/api/access/tokens-openapi.ts: what the routes of tokens take and answer.
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { SCOPES } from '../../../core/index.ts';
import { answer, idempotencyParameter, refusal, siteRefusals } from '../../http/describe.ts';
import { PAGE_PARAMETERS } from '../read-json.ts';

const LABEL_CHARS_MAX = 80;
const DAYS_MAX = 365;

/** What a token is asked for with. */
export const newTokenSchema = v.strictObject({
  label: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(LABEL_CHARS_MAX)),
  scopes: v.pipe(v.array(v.picklist(SCOPES)), v.minLength(1), v.maxLength(SCOPES.length)),
  days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(DAYS_MAX)), 30),
});
/** What to send. */
export const NEW_TOKEN_HELP = `Send {"label": …, "scopes": […], "days": 1 to ${DAYS_MAX}}; GET /v1/sites says which scopes you have.`;

const fields = {
  id: v.string(),
  label: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  kid: v.string(),
  createdAt: v.number(),
  expiresAt: v.number(),
};
const tokensSchema = v.object({
  tokens: v.array(v.object({ ...fields, revokedAt: v.optional(v.number()) })),
  next: v.nullable(v.string()),
});

const security = [{ token: ['tokens:manage'] }, { session: ['tokens:manage'] }];

/** GET /v1/sites/{site}/tokens */
export const describeTokens = describeRoute({
  summary: 'The tokens that were signed for a site, newest first; never the tokens themselves',
  security,
  parameters: [...PAGE_PARAMETERS],
  responses: { 200: answer(tokensSchema, 'A page of tokens'), ...siteRefusals('tokens:manage') },
});
/** POST /v1/sites/{site}/tokens */
export const describeNewToken = describeRoute({
  summary: 'Signs a token with scopes that the caller has',
  description: 'The token is in this answer alone. The same Idempotency-Key answers with the same token for a day.',
  security,
  parameters: [idempotencyParameter],
  requestBody: { content: { 'application/json': { schema: resolver(newTokenSchema) as object } } },
  responses: {
    201: answer(v.object({ ...fields, token: v.string() }), 'The token'),
    409: refusal('The Idempotency-Key was used for another token'),
    413: refusal('Too large'),
    ...siteRefusals('tokens:manage'),
  },
});
/** DELETE /v1/sites/{site}/tokens/{id} */
export const describeRevoke = describeRoute({
  summary: 'Takes a token back: it is refused everywhere within 5 seconds',
  security,
  responses: { 204: { description: 'It is taken back' }, ...siteRefusals('tokens:manage') },
});
/** GET /.well-known/jwks.json */
export const describeJwks = describeRoute({
  summary: 'The public keys that check tokens, as a JWK set (RFC 7517)',
  security: [],
  responses: {
    200: answer(v.object({ keys: v.array(v.looseObject({ kty: v.string(), kid: v.string() })) }), 'The keys'),
  },
});
