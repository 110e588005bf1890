// edge/api/require-scope.ts: admits a request whose token or session has the scope for the site in its path (P6, P7).
import type { Context, MiddlewareHandler } from 'hono';
import { parseSiteId } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import type { Site } from '../../store/index.ts';
import { findSite } from '../../store/index.ts';
import { problem } from '../http/problem.ts';
import type { TokenKeys } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import type { Principal } from './access/principal.ts';
import { authenticate, TOKEN_HELP, WHO_HELP } from './access/principal.ts';

/** What a route about the installation has. */
export interface InstallationEnv {
  readonly Variables: {
    readonly principal: Principal;
    /** Names the token or the person in the audit log. */
    readonly token: string;
  };
}

/** What a route of a site has. */
export interface ApiEnv {
  readonly Variables: InstallationEnv['Variables'] & { readonly site: Site };
}

/** Makes the middleware of a scope. */
export type RequireScope = (scope: Scope) => MiddlewareHandler<ApiEnv>;
/** Makes the middleware of a scope about the installation; without a scope it asks only that the request is somebody's. */
export type RequireInstallation = (scope?: Scope) => MiddlewareHandler<InstallationEnv>;

const lacking = (scope: Scope): Response => problem('scope_missing', `This needs the scope ${scope}.`);

/** Admits a request whose token or session has the scope at the site in its path. Other sites don't exist for it (404). */
export const scopesOf =
  (port: Pick<Port, 'db' | 'now'>, tokenKeys: () => Promise<TokenKeys>): RequireScope =>
  (scope) =>
  async (context, next) => {
    const who = await authenticate(port, tokenKeys, context);
    if (!who.ok) return problem(who.error, WHO_HELP[who.error] ?? TOKEN_HELP);
    const asked = parseSiteId(context.req.param('site'));
    // The site comes from the token or the role; the path must agree with it (P7).
    const scopes = asked.ok ? who.value.scopesAt(asked.value) : undefined;
    const site = asked.ok && scopes !== undefined ? await findSite(port.db, asked.value) : undefined;
    if (site === undefined || scopes === undefined) {
      return problem('not_found', 'Check the site in the path against the token.');
    }
    if (!scopes.has(scope)) return lacking(scope);
    context.set('site', site);
    context.set('token', who.value.name);
    context.set('principal', who.value);
    return next();
  };

/** Admits a request whose session has the scope for all sites. */
export const installationScopesOf =
  (port: Pick<Port, 'db' | 'now'>, tokenKeys: () => Promise<TokenKeys>): RequireInstallation =>
  (scope) =>
  async (context, next) => {
    const who = await authenticate(port, tokenKeys, context);
    if (!who.ok) return problem(who.error, WHO_HELP[who.error] ?? TOKEN_HELP);
    if (scope !== undefined && !who.value.installation.has(scope)) return lacking(scope);
    context.set('principal', who.value);
    context.set('token', who.value.name);
    return next();
  };

/** A JSON answer that no cache keeps. */
export const privateJson = (
  context: Pick<Context, 'header' | 'json'>,
  body: unknown,
  status: 200 | 201 | 202 = 200,
): Response => {
  context.header('cache-control', 'private, no-store');
  return context.json(body as object, status);
};
