// edge/api/access/principal.ts: who a request is from: a token in its Authorization header, or a session by its cookie (P6, P7).
import type { Context } from 'hono';
import type { Result, SiteId } from '../../../contract/index.ts';
import { err, ok } from '../../../contract/index.ts';
import type { Role, Scope } from '../../../core/index.ts';
import { INSTALLATION_SCOPES, isScope, scopesOfRole } from '../../../core/index.ts';
import type { SessionOwner } from '../../../store/index.ts';
import { findSession } from '../../../store/index.ts';
import type { ProblemName } from '../../http/problem.ts';
import { CSRF_HEADER, readSessionSecret } from '../../http/session-cookie.ts';
import type { TokenKeys } from '../../http/tokens.ts';
import { verifyToken } from '../../http/tokens.ts';
import type { Port } from '../../port.ts';

const NOTHING: ReadonlySet<Scope> = new Set();

/** Who a request is from, and what they may do. */
export interface Principal {
  /** Names them in the audit log: a token's id, or `person` with an id of no meaning. */
  readonly name: string;
  readonly person?: { readonly id: string; readonly label: string };
  /** Their role at a site; undefined for tokens, and for a site they have none at. */
  readonly roleAt: (site: SiteId) => Role | undefined;
  /** What they may do at a site; undefined where the site does not exist for them. */
  readonly scopesAt: (site: SiteId) => ReadonlySet<Scope> | undefined;
  /** What they may do to the installation as a whole. */
  readonly installation: ReadonlySet<Scope>;
  readonly expiresAt: number;
}

/** A token's: its own site and scopes. Scopes of the installation are not given to tokens. */
const tokenPrincipal = (
  id: string,
  { site, scopes, expiresAt }: { readonly site: SiteId; readonly scopes: Iterable<Scope>; readonly expiresAt: number },
): Principal => {
  const held = new Set([...scopes].filter((scope) => isScope(scope) && !INSTALLATION_SCOPES.includes(scope)));
  return {
    name: id,
    roleAt: () => undefined,
    scopesAt: (asked) => (asked === site ? held : undefined),
    installation: NOTHING,
    expiresAt,
  };
};

/** Who a session is of, as the audit log names them. */
export const ownerName = (owner: SessionOwner): string =>
  'token' in owner ? owner.token.id : `person ${owner.person.id}`;

/** What a session's owner may do now. */
export function sessionPrincipal(owner: SessionOwner, expiresAt: number): Principal {
  if ('token' in owner) return tokenPrincipal(owner.token.id, { ...owner.token, expiresAt });
  const { person, roles } = owner;
  const everywhere = roles.find(({ site }) => site === null)?.role;
  // A role of one site is the more exact one, and counts there instead of the role for all.
  const roleAt = (asked: SiteId): Role | undefined => roles.find(({ site }) => site === asked)?.role ?? everywhere;
  return {
    name: ownerName(owner),
    person,
    roleAt,
    scopesAt: (asked) => {
      const role = roleAt(asked);
      return role === undefined ? undefined : scopesOfRole(role);
    },
    installation: everywhere === undefined ? NOTHING : scopesOfRole(everywhere),
    expiresAt,
  };
}

/** Methods that change nothing (RFC 9110 §9.2.1); all others need the session's csrf value. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Finds who a request is from. A request with an Authorization header is that token's, whatever cookie it brings. */
export async function authenticate(
  port: Pick<Port, 'db' | 'now'>,
  tokenKeys: () => Promise<TokenKeys>,
  context: Context,
): Promise<Result<Principal, ProblemName>> {
  const authorization = context.req.header('authorization');
  const secret = authorization === undefined ? await readSessionSecret(context.req.header('cookie')) : undefined;
  if (secret === undefined) {
    const grant = await verifyToken(await tokenKeys(), authorization, port.now());
    return grant.ok ? ok(tokenPrincipal(grant.value.token, grant.value)) : err(grant.error);
  }
  const session = await findSession(port.db, secret.digest, port.now());
  if (session === undefined) return err('session_ended');
  if (!SAFE.has(context.req.method) && context.req.header(CSRF_HEADER) !== secret.csrf) return err('csrf_missing');
  return ok(sessionPrincipal(session.owner, session.expiresAt));
}

/** What to do about a request that is nobody's. */
export const WHO_HELP: { readonly [P in ProblemName]?: string } = {
  session_ended: 'Log in again.',
  csrf_missing: 'Send the "csrf" of GET /v1/session as X-Hushtag-CSRF.',
};
/** What to do where the table above says nothing. */
export const TOKEN_HELP = 'Make a token with `hushtag token` and send it as Authorization: Bearer …';
