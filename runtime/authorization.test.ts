// runtime/authorization.test.ts: every route, every role, own site and other (P6, P7), made from the routes themselves:
// a route without a rule of access fails here.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SiteId } from '../contract/index.ts';
import type { Role, Scope } from '../core/index.ts';
import { INSTALLATION_SCOPES, ROLES, SCOPES, scopesOfRole, toHex } from '../core/index.ts';
import type { Edge } from '../edge/index.ts';
import { createEdge, giveLoginCode, issueToken, readTokenKeys } from '../edge/index.ts';
import type { RoleHeld } from '../store/index.ts';
import { addPersonStatements, addSite } from '../store/index.ts';
import type { TestDatabase } from '../store/testing.ts';
import { openTestDatabase } from '../store/testing.ts';
import { testPort } from './testing.ts';

/** Routes that nobody need be known for, each with why. A new one is added here by somebody who decides so. */
const OPEN: Readonly<Record<string, string>> = {
  'POST /v1/collect': 'pages, by their origin',
  'GET /v1/pixel.gif': 'pages, by their address',
  'GET /v1/consent/status': 'says what the asker’s own browser sent',
  'POST /v1/privacy/requests': 'visitors, by the id of their own browser',
  'POST /v1/session': 'logs in',
  'DELETE /v1/session': 'logs out; does nothing without the cookie',
  'GET /.well-known/jwks.json': 'public keys',
  'GET /v1/me/segments': 'visitors, by the id of their own browser',
  'GET /v1/schema/segment-rule.json': 'a schema',
  'GET /v1/session/ways': 'says how people can log in',
  'GET /v1/session/oidc': 'begins a login',
  'GET /v1/session/oidc/callback': 'ends a login',
};
/** Routes that are no part of the API and stand in no description. */
const PLAIN = [
  /^GET \/(?:livez|readyz|openapi\.json|docs)$/,
  /^GET \/metrics$/, // asks for a token of its own
  /^GET \/:file\{tag/, // the tag
  /^GET \/console/, // the page; what it shows it fetches
  /^OPTIONS /, // tells nothing of a site
];

interface Described {
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}
interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly schemes: readonly string[];
  readonly scope: Scope | undefined;
}

const AUTH_PROBLEMS = [
  'token_missing',
  'token_invalid',
  'token_revoked',
  'scope_missing',
  'csrf_missing',
  'session_ended',
];
const headersOf = (secret: { readonly cookie: string; readonly csrf: string }) => ({
  cookie: secret.cookie,
  'x-hushtag-csrf': secret.csrf,
});

describe('P6: the authorization matrix', () => {
  let database: TestDatabase;
  let edge: Edge;
  let routes: Route[];
  let elsewhere: string;
  const port = () => testPort(database.db);
  const keys = new Map<string, Readonly<Record<string, string>>>();

  const ask = async (route: Route, site: string, headers: Readonly<Record<string, string>>) => {
    const path = route.path.replace('{site}', site).replaceAll(/\{\w+\}/g, '0'.repeat(32));
    const body = ['GET', 'DELETE'].includes(route.method) ? {} : { body: '{}' };
    const response = await edge.fetch(
      new Request(`http://edge.test${path}`, { method: route.method, headers, ...body }),
    );
    const isProblem = response.headers.get('content-type') === 'application/problem+json';
    const text = isProblem ? await response.text() : '';
    if (!isProblem) await response.body?.cancel();
    const type = isProblem ? (JSON.parse(text) as { type: string }).type.replace('urn:hushtag:problem:', '') : '';
    return { status: response.status, text, type };
  };
  /** What came of a request, as the rules speak of it. */
  const outcomeOf = async (...asked: Parameters<typeof ask>): Promise<string> => {
    const { status, text, type } = await ask(...asked);
    if (text === elsewhere) return 'elsewhere';
    if (AUTH_PROBLEMS.includes(type)) return type;
    return status < 500 ? 'let in' : `fault ${status}`;
  };
  const person = async (roles: readonly RoleHeld[]) => {
    const needs = port();
    const id = toHex(needs.randomBytes(16));
    await database.db.client.batch(
      await addPersonStatements({ id, label: 'Kim', roles, at: needs.now(), by: 'command' }),
      'write',
    );
    const code = await giveLoginCode(needs, id, 'command');
    const address = { 'x-test-address': `10.1.${keys.size}.1` };
    const login = await edge.fetch(
      new Request('http://edge.test/v1/session', { method: 'POST', body: JSON.stringify({ code }), headers: address }),
    );
    const { csrf } = (await login.json()) as { csrf: string };
    return headersOf({ cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '', csrf });
  };
  const token = async (scopes: readonly Scope[]) => {
    const needs = port();
    const signed = await issueToken(await readTokenKeys(needs), {
      site: 'shop' as SiteId,
      scopes,
      now: needs.now(),
      lifeSeconds: 600,
      id: needs.randomBytes(16),
    });
    return { authorization: `Bearer ${signed}` };
  };
  /** Logs a role in once for all routes. */
  const roleKey = async (role: Role, site: SiteId | null) => {
    const name = `${role}@${site}`;
    const held = keys.get(name) ?? (await person([{ site, role }]));
    keys.set(name, held);
    return held;
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    edge = createEdge(port());
    for (const id of ['shop', 'other']) {
      const site = { id: id as SiteId, origins: ['https://shop.example'], policy: 'standard', floor: 50 } as const;
      await addSite(database.db, { ...site, at: Date.now() });
    }
    const document = (await (await edge.fetch(new Request('http://edge.test/openapi.json'))).json()) as {
      paths: Record<string, Record<string, Described>>;
    };
    routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        schemes: security.flatMap((one) => Object.keys(one)),
        scope: security.flatMap((one) => Object.values(one).flat())[0] as Scope | undefined,
      })),
    );
    const nowhere = {
      name: '',
      method: 'GET',
      path: '/v1/sites/nobody/ledger',
      schemes: [],
      scope: undefined,
    } as const;
    elsewhere = (await ask(nowhere, '', await token(['ledger:read']))).text;
  });
  afterAll(() => database.close());

  const closed = () => routes.filter(({ name }) => OPEN[name] === undefined);
  const ofSite = () => closed().filter(({ path }) => path.includes('{site}'));
  const ofInstallation = () =>
    closed().filter(({ scope }) => scope !== undefined && INSTALLATION_SCOPES.includes(scope));
  const table = async (asked: readonly Route[], outcome: (route: Route) => Promise<string>) => {
    const rows: [string, string][] = [];
    for (const route of asked) rows.push([route.name, await outcome(route)]);
    return rows;
  };
  const expected = (asked: readonly Route[], outcome: (route: Route) => string) =>
    asked.map((route) => [route.name, outcome(route)]);

  it('has a rule for every route: it is described, and open by name or closed by a scope', () => {
    const served = edge.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`)
      .filter((name) => !PLAIN.some((pattern) => pattern.test(name)))
      .map((name) => name.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, '{$1}'));
    expect(new Set(routes.map(({ name }) => name))).toEqual(new Set(served));
    expect(routes.filter(({ name, schemes }) => OPEN[name] !== undefined && schemes.length > 0)).toEqual([]);
    const ruled = closed().filter(({ name, schemes, scope }) =>
      scope === undefined
        ? schemes.length > 0 && ['GET /v1/session', 'GET /v1/sites'].includes(name)
        : SCOPES.includes(scope),
    );
    expect(closed().filter((route) => !ruled.includes(route))).toEqual([]);
    expect(ofSite().length).toBeGreaterThan(15);
  });

  it('lets nobody in who shows nothing, or something that is none of ours', async () => {
    for (const headers of [{}, { cookie: `__Host-hushtag=${'0'.repeat(64)}` }, { authorization: 'Bearer a.b.c' }]) {
      const rows = await table(closed(), (route) => outcomeOf(route, 'shop', headers));
      expect(rows.filter(([, outcome]) => !/^(?:token_missing|token_invalid|session_ended)$/.test(outcome))).toEqual(
        [],
      );
    }
  });

  describe.each(ROLES)('%s', (role) => {
    const has = ({ scope }: Route): boolean => scope !== undefined && scopesOfRole(role).has(scope);

    it('of one site: lets in by scope there, and knows no other', async () => {
      const held = await roleKey(role, 'shop' as SiteId);
      expect(await table(ofSite(), (route) => outcomeOf(route, 'other', held))).toEqual(
        expected(ofSite(), () => 'elsewhere'),
      );
      expect(await table(ofSite(), (route) => outcomeOf(route, 'shop', held))).toEqual(
        expected(ofSite(), (route) => (has(route) ? 'let in' : 'scope_missing')),
      );
      expect(await table(ofInstallation(), (route) => outcomeOf(route, '', held))).toEqual(
        expected(ofInstallation(), () => 'scope_missing'),
      );
    });

    it('of all sites: lets in by scope everywhere', async () => {
      const held = await roleKey(role, null);
      const asked = [...ofSite(), ...ofInstallation()];
      const rule = (route: Route): string => (has(route) ? 'let in' : 'scope_missing');
      expect(await table(asked, (route) => outcomeOf(route, 'other', held))).toEqual(expected(asked, rule));
    });
  });

  it('asks a session for its csrf value wherever something changes', async () => {
    const { cookie } = await roleKey('owner', null);
    const asked = [...ofSite(), ...ofInstallation()].filter(({ method }) => method !== 'GET');
    expect(asked.length).toBeGreaterThan(5);
    expect(await table(asked, (route) => outcomeOf(route, 'shop', { cookie }))).toEqual(
      expected(asked, () => 'csrf_missing'),
    );
  });

  it('lets a token in by its one scope at its own site, and by no other scope nor elsewhere', async () => {
    for (const scope of SCOPES) {
      const held = await token([scope]);
      const byScope = (route: Route): string =>
        route.scope === scope && !INSTALLATION_SCOPES.includes(scope) ? 'let in' : 'scope_missing';
      const own = closed().filter(({ scope: needed, schemes }) => needed !== undefined && schemes.includes('token'));
      expect(await table(own, (route) => outcomeOf(route, 'shop', held))).toEqual(expected(own, byScope));
      if (scope !== 'ledger:read') continue;
      expect(await table(ofSite(), (route) => outcomeOf(route, 'other', held))).toEqual(
        expected(ofSite(), () => 'elsewhere'),
      );
    }
  });

  it('gives no token what is about the installation', async () => {
    const held = await token(SCOPES);
    expect(await table(ofInstallation(), (route) => outcomeOf(route, '', held))).toEqual(
      expected(ofInstallation(), () => 'scope_missing'),
    );
  });

  it('takes tokens alone at the ways in for programs', async () => {
    const asked = closed().filter(
      ({ path, scope }) => !path.includes('{site}') && scope !== undefined && !INSTALLATION_SCOPES.includes(scope),
    );
    const held = await roleKey('owner', null);
    expect(await table(asked, (route) => outcomeOf(route, '', held))).toEqual(expected(asked, () => 'token_missing'));
  });
});
