// edge/api/access/oidc-openapi.ts: what the routes of logging in by a provider promise.
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import { answer, refusal } from '../../http/describe.ts';

/** Why nobody was logged in, as the console's page of logging in is told. */
export const LOGIN_REFUSALS = ['expired', 'provider', 'unverified', 'not_invited', 'address_reassigned'] as const;
/** One of them. */
export type LoginRefusal = (typeof LOGIN_REFUSALS)[number];

const waysSchema = v.object({ code: v.literal(true), oidc: v.nullable(v.object({ name: v.string() })) });

/** GET /v1/session/ways */
export const describeWays = describeRoute({
  summary: 'How people can log in here',
  security: [],
  responses: { 200: answer(waysSchema, 'By a code always, and by a provider where one is set up') },
});
/** GET /v1/session/oidc */
export const describeLeave = describeRoute({
  summary: 'Sends a browser to the provider (OpenID Connect, authorization code with PKCE)',
  security: [],
  responses: {
    302: { description: 'To the provider, or back to the console where it can not be reached' },
    404: refusal('No provider is set up'),
  },
});
/** GET /v1/session/oidc/callback */
export const describeReturn = describeRoute({
  summary: 'Where the provider sends a browser back: begins the session of somebody who was invited',
  description: `Always to the console; \`?refused=\` says why nobody is logged in: ${LOGIN_REFUSALS.join(', ')}.`,
  security: [],
  responses: {
    303: { description: 'To the console, with the cookie of the session where it began' },
    404: refusal('No provider is set up'),
    429: refusal('Too many tries; come again after Retry-After'),
  },
});
