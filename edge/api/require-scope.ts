// edge/api/require-scope.ts: admits a request whose token is for the site in its path and has the scope (P6, P7).
import type { Context, MiddlewareHandler } from 'hono';
import { parseSiteId } from '../../contract/index.ts';
import type { Site } from '../../store/index.ts';
import { findSite } from '../../store/index.ts';
import { problem } from '../http/problem.ts';
import type { Scope, TokenKeys } from '../http/tokens.ts';
import { verifyToken } from '../http/tokens.ts';
import type { Port } from '../port.ts';

/** What a route behind it has. */
export interface ApiEnv {
  readonly Variables: {
    readonly site: Site;
    /** Names the token in the audit log. */
    readonly token: string;
  };
}

/** Makes the middleware of a scope. */
export type RequireScope = (scope: Scope) => MiddlewareHandler<ApiEnv>;

/** Admits a request whose token is for the site in its path and has the scope. Other sites don't exist for it (404). */
export const scopesOf =
  (port: Port, tokenKeys: () => Promise<TokenKeys>): RequireScope =>
  (scope) =>
  async (context, next) => {
    const grant = await verifyToken(await tokenKeys(), context.req.header('authorization'), port.now());
    if (!grant.ok)
      return problem(grant.error, 'Make a token with `hushtag token` and send it as Authorization: Bearer …');
    const asked = parseSiteId(context.req.param('site'));
    // The site comes from the token; the path must agree with it (P7).
    const site = asked.ok && asked.value === grant.value.site ? await findSite(port.db, grant.value.site) : undefined;
    if (site === undefined) return problem('not_found', 'Check the site in the path against the token.');
    if (!grant.value.scopes.has(scope)) return problem('scope_missing', `This needs the scope ${scope}.`);
    context.set('site', site);
    context.set('token', grant.value.token);
    return next();
  };

/** A JSON answer that no cache keeps. */
export const privateJson = (context: Context<ApiEnv>, body: unknown, status: 200 | 202 = 200): Response => {
  context.header('cache-control', 'private, no-store');
  return context.json(body as object, status);
};
