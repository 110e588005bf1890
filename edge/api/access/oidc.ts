// edge/api/access/oidc.ts: people log in by an OpenID provider, as who was invited; no address is kept, and none is logged (P1).
import type { Context } from 'hono';
import { Hono } from 'hono';
import * as v from 'valibot';
import { HOUR_MS } from '../../../contract/index.ts';
import { faultCode } from '../../../core/index.ts';
import { addByRule, logInByProvider, matchLogin } from '../../../store/index.ts';
import type { OidcClient, OidcSettings, ProvenPerson } from '../../http/oidc-client.ts';
import { createOidcClient } from '../../http/oidc-client.ts';
import { problem } from '../../http/problem.ts';
import { makeSessionSecret, SESSION_HOURS, sessionCookie } from '../../http/session-cookie.ts';
import type { Port } from '../../port.ts';
import { keyedHash } from '../keyed.ts';
import { makePersonId } from './give-code.ts';
import type { LoginPatience } from './login-patience.ts';
import { beginProof, NO_LOGIN_COOKIE, readProof } from './login-proof.ts';
import type { LoginRefusal } from './oidc-openapi.ts';
import { describeLeave, describeReturn, describeWays } from './oidc-openapi.ts';
import { emailSchema } from './people-openapi.ts';
import { emailDigest } from './people.ts';

const CONSOLE = '/console/';
const SECONDS = 1_000;
/** Who is added by a rule is called by their domain and the beginning of their id: their name is nobody's to keep here. */
const ID_CHARS_SHOWN = 6;

const noProvider = (): Response => problem('not_found', 'Log in by a code: `hushtag login-code`.');

/** Where a browser goes on, with cookies on the way. */
function sendTo(context: Context, to: string, status: 302 | 303, cookies: readonly string[]): Response {
  context.header('cache-control', 'no-store');
  for (const one of cookies) context.header('set-cookie', one, { append: true });
  return context.redirect(to, status);
}

const refusedTo = (context: Context, refusal: LoginRefusal, status: 302 | 303 = 303): Response =>
  sendTo(context, `${CONSOLE}?refused=${refusal}`, status, [NO_LOGIN_COOKIE]);

/** Adds somebody whose domain the operator lets in. @returns their id, or undefined where no rule does. */
async function addByDomain(port: Port, settings: OidcSettings, email: string): Promise<string | undefined> {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  const roles = settings.domains.filter((one) => one.domain === domain).map(({ site, role }) => ({ site, role }));
  if (roles.length === 0) return undefined;
  const id = makePersonId(port.randomBytes);
  const label = `${domain} ${id.slice(0, ID_CHARS_SHOWN)}`;
  const person = { id, label, roles, at: port.now(), by: 'oidc', email: await emailDigest(port, email) };
  return (await addByRule(port.ground, person)) ? id : undefined;
}

/** Begins the session of who the provider says came. @returns the cookie of it, or why there is none. */
async function enter(
  port: Port,
  settings: OidcSettings,
  { issuer, subject, verifiedEmail }: ProvenPerson,
): Promise<{ readonly cookie: string } | { readonly refused: LoginRefusal }> {
  const parsed = v.safeParse(emailSchema, verifiedEmail);
  const email = parsed.success ? parsed.output : undefined;
  const subjectDigest = await keyedHash(port, 'hushtag login 1', 'subject', issuer, subject);
  const match = await matchLogin(port.ground, {
    subject: subjectDigest,
    email: email === undefined ? undefined : await emailDigest(port, email),
  });
  if (match === 'bound_to_another') return { refused: 'address_reassigned' };
  if (match === 'not_invited' && email === undefined) return { refused: 'unverified' };
  const person = match === 'not_invited' ? await addByDomain(port, settings, email ?? '') : match.person;
  if (person === undefined) return { refused: 'not_invited' };
  const secret = await makeSessionSecret(port.randomBytes);
  const at = port.now();
  const session = { digest: secret.digest, at, expiresAt: at + SESSION_HOURS * HOUR_MS };
  return (await logInByProvider(port.ground, person, subjectDigest, session))
    ? { cookie: sessionCookie(secret.value, (SESSION_HOURS * HOUR_MS) / SECONDS) }
    : { refused: 'not_invited' };
}

/** Makes the routes. @param patience counts tries by network, together with those by codes. */
export function createOidcRoutes(port: Port, patience: LoginPatience): Hono {
  const app = new Hono();
  const { oidc: settings } = port;
  const client: OidcClient | undefined = settings && createOidcClient(settings, port.fetchOut, port.now);
  const slowed = async (context: Context): Promise<Response | undefined> => {
    const waitMs = await patience(port.clientAddress(context.req.raw, context.env));
    if (waitMs === 0) return undefined;
    return problem('rate_limited', 'Wait as long as Retry-After says.', {
      'retry-after': String(Math.ceil(waitMs / SECONDS)),
    });
  };

  app.get('/v1/session/ways', describeWays, (context) => {
    context.header('cache-control', 'no-store');
    return context.json({ code: true, oidc: settings === undefined ? null : { name: settings.name } });
  });
  app.get('/v1/session/oidc', describeLeave, async (context) => {
    if (client === undefined) return noProvider();
    const { proof, setCookie } = await beginProof(port, port.now());
    try {
      return sendTo(context, (await client.begin(proof)).href, 302, [setCookie]);
    } catch (fault) {
      port.log('error', 'oidc_unreachable', { code: faultCode(fault) });
      return refusedTo(context, 'provider', 302);
    }
  });
  app.get('/v1/session/oidc/callback', describeReturn, async (context) => {
    if (client === undefined || settings === undefined) return noProvider();
    const wait = await slowed(context);
    if (wait !== undefined) return wait;
    const proof = await readProof(port, context.req.header('cookie'), port.now());
    if (proof === undefined) return refusedTo(context, 'expired');
    const proven = await client.finish(new URL(context.req.url).search, proof);
    if (!proven.ok) {
      port.log('warn', 'oidc_refused', { code: proven.error });
      return refusedTo(context, 'provider');
    }
    const entered = await enter(port, settings, proven.value);
    if ('refused' in entered) return refusedTo(context, entered.refused);
    return sendTo(context, CONSOLE, 303, [NO_LOGIN_COOKIE, entered.cookie]);
  });
  return app;
}
