// edge/api/access/session-openapi.ts: what the routes for logging in promise.
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import { POLICIES } from '../../../contract/index.ts';
import { ROLES, SCOPES } from '../../../core/index.ts';
import { answer, refusal } from '../../http/describe.ts';
import { pageParameters, WHOLE } from '../read-json.ts';

const roleSchema = v.object({ site: v.nullable(v.string()), role: v.picklist(ROLES) });
/** Who is logged in, as a session is answered. */
const sessionSchema = v.object({
  person: v.nullable(v.object({ id: v.string(), label: v.string() })),
  roles: v.array(roleSchema),
  sites: v.array(v.string()),
  scopes: v.array(v.picklist(SCOPES)),
  csrf: v.string(),
  expiresAt: v.number(),
});
const sitesSchema = v.object({
  sites: v.array(
    v.object({
      id: v.string(),
      origins: v.array(v.string()),
      preset: v.picklist(Object.keys(POLICIES)),
      floor: v.number(),
      role: v.nullable(v.picklist(ROLES)),
      scopes: v.array(v.picklist(SCOPES)),
    }),
  ),
  next: v.nullable(v.string()),
});

/** What logs in: a code that was printed, or a token. */
export const loginSchema = v.union([
  v.strictObject({ code: v.pipe(v.string(), v.maxLength(60)) }),
  v.strictObject({ token: v.pipe(v.string(), v.maxLength(4_096)) }),
]);

/** POST /v1/session */
export const describeLogin = describeRoute({
  summary: 'Logs in by a one-time code or a token; sets the cookie of the session',
  description: '`csrf` of the answer goes into X-Hushtag-CSRF on every request of the session that changes something.',
  security: [],
  requestBody: {
    content: {
      'application/json': {
        schema: { type: 'object', properties: { code: { type: 'string' }, token: { type: 'string' } } },
      },
    },
  },
  responses: {
    201: answer(sessionSchema, 'Who is logged in'),
    400: refusal('Neither a code nor a token'),
    401: refusal('The code or token is not valid, was used, or has ended'),
    413: refusal('Too large'),
    429: refusal('Too many tries; come again after Retry-After'),
  },
});
/** GET /v1/session */
export const describeSession = describeRoute({
  summary: 'Who is logged in',
  security: [{ session: [] }],
  responses: { 200: answer(sessionSchema, 'Who is logged in'), 401: refusal('Nobody is') },
});
/** DELETE /v1/session */
export const describeLogout = describeRoute({
  summary: 'Ends the session',
  security: [],
  responses: { 204: { description: 'It has ended, if there was one' } },
});
/** GET /v1/sites */
export const describeSites = describeRoute({
  summary: 'The sites that the token or session may see, with what it may do there',
  security: [{ token: [] }, { session: [] }],
  parameters: [...pageParameters(WHOLE)],
  responses: {
    200: answer(sitesSchema, 'The sites, in the order they were added'),
    400: refusal('limit or cursor is not what this takes'),
    401: refusal('No token or session'),
  },
});
