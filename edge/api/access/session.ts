// edge/api/access/session.ts: logging in and out, and the sites that somebody may see.
import type { Context } from 'hono';
import { Hono } from 'hono';
import * as v from 'valibot';
import { HOUR_MS } from '../../../contract/index.ts';
import { INSTALLATION_SCOPES } from '../../../core/index.ts';
import type { Session, Site } from '../../../store/index.ts';
import {
  endSessionStatements,
  findSession,
  listSites,
  logInByCode,
  tokenSessionStatements,
} from '../../../store/index.ts';
import { readLoginCode } from '../../http/login-code.ts';
import { problem } from '../../http/problem.ts';
import { receiveBytes } from '../../http/receive.ts';
import type { SessionSecret } from '../../http/session-cookie.ts';
import { makeSessionSecret, readSessionSecret, SESSION_HOURS, sessionCookie } from '../../http/session-cookie.ts';
import type { TokenKeys } from '../../http/tokens.ts';
import { verifyToken } from '../../http/tokens.ts';
import type { Port } from '../../port.ts';
import { answerJson } from '../answer-json.ts';
import { pageOf, readWholePage, sortable } from '../read-json.ts';
import { installationScopesOf, privateJson } from '../require-scope.ts';
import type { LoginPatience } from './login-patience.ts';
import { ownerName, sessionPrincipal } from './principal.ts';
import { describeLogin, describeLogout, describeSession, describeSites, loginSchema } from './session-openapi.ts';

const LOGIN_BYTES_MAX = 8_192;
const SECONDS = 1_000;

/** A session as it is shown to who has its cookie. */
async function shownSession({ db }: Port, { owner, expiresAt }: Session, csrf: string): Promise<object> {
  const principal = sessionPrincipal(owner, expiresAt);
  const sites = (await listSites(db)).filter(({ id }) => principal.scopesAt(id) !== undefined);
  const scopes = new Set(sites.flatMap(({ id }) => [...(principal.scopesAt(id) ?? [])]));
  // Without a site yet, an owner can add people all the same.
  for (const scope of INSTALLATION_SCOPES) if (principal.installation.has(scope)) scopes.add(scope);
  return {
    person: principal.person ?? null,
    roles: 'token' in owner ? [] : owner.roles,
    sites: sites.map(({ id }) => id),
    scopes: [...scopes],
    csrf,
    expiresAt,
  };
}

/** Begins the session of a code or token. @returns undefined where it is not valid. */
async function begin(
  port: Port,
  tokenKeys: () => Promise<TokenKeys>,
  asked: v.InferOutput<typeof loginSchema>,
  secret: SessionSecret,
): Promise<Session | undefined> {
  const at = port.now();
  const session = { digest: secret.digest, at, expiresAt: at + SESSION_HOURS * HOUR_MS };
  if ('token' in asked) {
    const grant = await verifyToken(await tokenKeys(), `Bearer ${asked.token}`, at);
    if (!grant.ok) return undefined;
    const { token: id, site, scopes } = grant.value;
    const expiresAt = Math.min(session.expiresAt, grant.value.expiresAt);
    await port.transact(await tokenSessionStatements({ id, site, scopes: [...scopes] }, { ...session, expiresAt }));
  } else {
    const code = await readLoginCode(asked.code);
    if (code === undefined || !(await logInByCode(port.ground, code, session))) return undefined;
  }
  return findSession(port.db, secret.digest, at);
}

const siteShown = (site: Site, scopes: Iterable<string>, role: string | undefined): object => ({
  id: site.id,
  origins: site.origins,
  preset: site.policy.preset,
  floor: site.floor,
  role: role ?? null,
  scopes: [...scopes],
});

/** Makes the routes. */
export function createSessionRoutes(port: Port, tokenKeys: () => Promise<TokenKeys>, patience: LoginPatience): Hono {
  const app = new Hono();

  const logIn = async (context: Context): Promise<Response> => {
    const waitMs = await patience(port.clientAddress(context.req.raw, context.env));
    if (waitMs > 0) {
      const headers = { 'retry-after': String(Math.ceil(waitMs / SECONDS)) };
      return problem('rate_limited', 'Wait as long as Retry-After says.', headers);
    }
    const body = await receiveBytes(context.req.raw, LOGIN_BYTES_MAX);
    if (!body.ok) return problem(body.error, `Send at most ${LOGIN_BYTES_MAX} bytes.`);
    const asked = v.safeParse(v.pipe(v.string(), v.parseJson(), loginSchema), new TextDecoder().decode(body.value));
    if (!asked.success) return problem('malformed_request', 'Send {"code": …} or {"token": …} as JSON.');
    const secret = await makeSessionSecret(port.randomBytes);
    const session = await begin(port, tokenKeys, asked.output, secret);
    if (session === undefined) {
      return problem('login_refused', 'Make a new code with `hushtag login-code`, or a token with `hushtag token`.');
    }
    const seconds = Math.floor((session.expiresAt - port.now()) / SECONDS);
    context.header('set-cookie', sessionCookie(secret.value, seconds));
    return privateJson(context, await shownSession(port, session, secret.csrf), 201);
  };

  app.post('/v1/session', describeLogin, logIn);
  app.get('/v1/session', describeSession, async (context) => {
    const secret = await readSessionSecret(context.req.header('cookie'));
    const session = secret && (await findSession(port.db, secret.digest, port.now()));
    if (secret === undefined || session === undefined) return problem('session_ended', 'Log in.');
    return privateJson(context, await shownSession(port, session, secret.csrf));
  });
  // Without a csrf value: the cookie is SameSite=Strict, and the worst that a forged one does is to log somebody out.
  app.delete('/v1/session', describeLogout, async (context) => {
    const secret = await readSessionSecret(context.req.header('cookie'));
    const session = secret && (await findSession(port.db, secret.digest, port.now()));
    if (secret !== undefined && session !== undefined) {
      await port.transact(await endSessionStatements(secret.digest, ownerName(session.owner), port.now()));
    }
    context.header('set-cookie', sessionCookie('', 0));
    return context.body(null, 204);
  });
  app.get('/v1/sites', describeSites, installationScopesOf(port, tokenKeys)(), async (context) => {
    const asked = readWholePage(context);
    if (!asked.ok) return asked.error;
    const { scopesAt, roleAt } = context.get('principal');
    // Sites of others are left out first, so that no cursor tells of them (P7).
    const seen = (await listSites(port.db)).filter((site) => scopesAt(site.id) !== undefined);
    const { page, next } = pageOf(seen, asked.value, ({ row }) => sortable(row));
    const sites = page.map((site) => siteShown(site, scopesAt(site.id) ?? [], roleAt(site.id)));
    return answerJson(context, { sites, next });
  });
  return app;
}
