// console/api/session.ts: who looks: a session of the browser's cookie, begun by a one-time code or a token, which is kept nowhere.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import * as v from 'valibot';
import type { Failure } from './failure.ts';
import { failureOf } from './failure.ts';

const siteSchema = v.object({
  id: v.string(),
  origins: v.array(v.string()),
  preset: v.string(),
  floor: v.number(),
  role: v.nullable(v.string()),
  scopes: v.array(v.string()),
});

/** A site that somebody may see, and what they may do there. */
export type SiteAccess = v.InferOutput<typeof siteSchema>;

/** Who looks, and at what they may. */
export interface Principal {
  readonly name: string;
  readonly sites: readonly SiteAccess[];
  /** What they may do at any site, or to the installation. */
  readonly scopes: ReadonlySet<string>;
  readonly csrf: string;
}

const sessionSchema = v.object({
  person: v.nullable(v.object({ id: v.string(), label: v.string() })),
  scopes: v.array(v.string()),
  csrf: v.string(),
});
/** GET /v1/sites */
export const sitesSchema = v.object({ sites: v.array(siteSchema), next: v.nullable(v.string()) });

async function readSession(origin: string, response: Response): Promise<Result<Principal, Failure>> {
  const session = v.safeParse(sessionSchema, await response.json().catch(() => undefined));
  if (!session.success) return err({ kind: 'misread', where: '/v1/session' });
  const listed = await fetch(`${origin}/v1/sites`);
  if (!listed.ok) return err(await failureOf(listed));
  const sites = v.safeParse(sitesSchema, await listed.json().catch(() => undefined));
  if (!sites.success) return err({ kind: 'misread', where: '/v1/sites' });
  const { person, scopes, csrf } = session.output;
  return ok({ name: person?.label ?? '', sites: sites.output.sites, scopes: new Set(scopes), csrf });
}

/** The session of this browser; undefined where there is none. */
export async function currentSession(origin: string): Promise<Principal | undefined> {
  try {
    const response = await fetch(`${origin}/v1/session`);
    if (!response.ok) return undefined;
    const read = await readSession(origin, response);
    return read.ok ? read.value : undefined;
  } catch {
    return undefined;
  }
}

/** Signs in with a one-time code or a token. */
export async function signIn(origin: string, given: string): Promise<Result<Principal, Failure>> {
  const text = given.trim().replace(/^Bearer\s+/i, '');
  const isToken = text.split('.').length === 3;
  try {
    const response = await fetch(`${origin}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(isToken ? { token: text } : { code: text }),
    });
    return response.ok ? await readSession(origin, response) : err(await failureOf(response));
  } catch {
    return err({ kind: 'offline' });
  }
}

/** Ends the session of this browser. */
export async function signOut(origin: string, { csrf }: Principal): Promise<void> {
  await fetch(`${origin}/v1/session`, { method: 'DELETE', headers: { 'x-hushtag-csrf': csrf } }).catch(() => undefined);
}

const waysSchema = v.object({ oidc: v.nullable(v.object({ name: v.string() })) });

/** What the provider is called that people can sign in with here; undefined where there is none. */
export async function signInProvider(origin: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${origin}/v1/session/ways`);
    const ways = v.safeParse(waysSchema, await response.json());
    return ways.success ? ways.output.oidc?.name : undefined;
  } catch {
    return undefined;
  }
}
