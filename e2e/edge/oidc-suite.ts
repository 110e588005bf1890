// e2e/edge/oidc-suite.ts: people log in by a real OpenID provider, as who was invited and as nobody else (P6, P1).
import { describe, expect, it } from 'vitest';
import type { LoggedIn } from '../support/login.ts';
import { freshNetwork, logIn } from '../support/login.ts';
import type { OidcServer } from '../support/oidc-server.ts';
import { passProvider } from '../support/oidc-server.ts';
import type { SuiteEdge } from './use-edge.ts';

/** Where browsers reach the edges of these tests, as far as the provider knows. */
export const PUBLIC_URL = 'https://edge.example';
/** Where it sends them back. */
export const REDIRECT_URI = `${PUBLIC_URL}/v1/session/oidc/callback`;
/** What the edges of these tests let in by domain. */
export const DOMAINS = 'corp.example=analyst,corp.example=marketer@shop';

interface Shown {
  readonly person: { readonly id: string; readonly label: string };
  readonly roles: readonly { readonly site: string | null; readonly role: string }[];
}

const cookiesOf = (response: Response): string =>
  [...(response.headers.get('set-cookie') ?? '').matchAll(/(__Host-[a-z-]+=[^;,]+);/g)]
    .map(([, one]) => one)
    .join('; ');

/** Runs these tests against an edge that is set up for a provider. */
export function oidcSuite(edge: SuiteEdge, provider: () => OidcServer): void {
  let owner: LoggedIn | undefined;
  let made = 0;
  /** Somebody at the provider with an address of their own. */
  const account = (domain = 'shop.example', isVerified = true) => {
    made += 1;
    const login = `subject${made}-7c2e`;
    const email = `somebody${made}.7c2e@${domain}`;
    provider().accounts.set(login, { email, isVerified });
    return { login, email };
  };
  const invite = async (email: string): Promise<string> => {
    owner ??= await logIn(edge, [{ site: null, role: 'owner' }]);
    const answered = await owner.fetch('/v1/people', {
      method: 'POST',
      body: JSON.stringify({ label: 'Robin', roles: [{ site: 'shop', role: 'marketer' }], email }),
      headers: { 'content-type': 'application/json' },
    });
    if (answered.status !== 201) throw new Error(`not invited: ${answered.status} ${await answered.text()}`);
    return ((await answered.json()) as { id: string }).id;
  };
  const leave = async (headers: Readonly<Record<string, string>> = {}) => {
    const answered = await edge.fetch('/v1/session/oidc', { headers });
    return { to: answered.headers.get('location') ?? '', cookie: cookiesOf(answered), status: answered.status };
  };
  const comeBack = (back: URL, cookie: string) =>
    edge.fetch(`${back.pathname}${back.search}`, { headers: { cookie, ...freshNetwork() } });
  const goThrough = async (login: string) => {
    const left = await leave();
    const back = await passProvider(left.to, provider().issuer, login, REDIRECT_URI);
    return { back, cookie: left.cookie };
  };
  const enter = async (login: string) => {
    const { back, cookie } = await goThrough(login);
    const answered = await comeBack(back, cookie);
    const session = cookiesOf(answered);
    const shown = await edge.fetch('/v1/session', { headers: { cookie: session } });
    return {
      status: answered.status,
      to: answered.headers.get('location'),
      setCookie: answered.headers.get('set-cookie') ?? '',
      shown: shown.status === 200 ? ((await shown.json()) as Shown) : undefined,
    };
  };

  describe('P6: people log in by a provider', () => {
    it('as who was invited, into a session like any other', async () => {
      const { login, email } = account();
      const person = await invite(email.toUpperCase());
      const entered = await enter(login);
      expect([entered.status, entered.to]).toEqual([303, '/console/']);
      expect(entered.shown).toMatchObject({ person: { id: person }, roles: [{ site: 'shop', role: 'marketer' }] });
      expect(entered.setCookie).toMatch(
        /__Host-hushtag=[0-9a-f]{64}; Path=\/; Max-Age=43200; Secure; HttpOnly; SameSite=Strict/,
      );
      expect(entered.setCookie).toMatch(/__Host-hushtag-login=; Path=\/; Max-Age=0/);
      const [entry] = await edge.ask(
        `SELECT count(*) AS n FROM audit_log WHERE entry LIKE '%"oidc"%' AND entry LIKE ?`,
        `%person ${person}%`,
      );
      expect(entry?.['n']).toBe(1);
    });

    it('again after their address changed: the provider’s own name for them is what counts', async () => {
      const { login, email } = account();
      const person = await invite(email);
      await enter(login);
      provider().accounts.set(login, { email: 'moved.7c2e@elsewhere.example', isVerified: false });
      expect((await enter(login)).shown?.person.id).toBe(person);
    });

    it('by the domain of their address, where the operator lets it in, once and for good', async () => {
      const { login } = account('corp.example');
      const first = await enter(login);
      expect(first.shown?.person.label).toMatch(/^corp\.example [0-9a-f]{6}$/);
      expect(new Set(first.shown?.roles.map(({ site, role }) => `${role}@${site ?? '*'}`))).toEqual(
        new Set(['analyst@*', 'marketer@shop']),
      );
      expect((await enter(login)).shown?.person.id).toBe(first.shown?.person.id);
    });

    it('whose way in says what it is called', async () => {
      const answered = await edge.fetch('/v1/session/ways');
      expect(await answered.json()).toEqual({ code: true, oidc: { name: 'Example SSO' } });
    });

    it('from an exact address, with PKCE, state and nonce, whatever host the request names', async () => {
      const left = await leave({ 'x-forwarded-host': 'evil.example' });
      expect(left.status).toBe(302);
      const asked = new URL(left.to).searchParams;
      expect(asked.get('redirect_uri')).toBe(REDIRECT_URI);
      expect(asked.get('code_challenge_method')).toBe('S256');
      for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)?.length).toBeGreaterThan(42);
      const again = new URL((await leave()).to).searchParams;
      for (const name of ['state', 'nonce', 'code_challenge']) expect(again.get(name)).not.toBe(asked.get(name));
    });
  });

  describe('P6: nobody else logs in', () => {
    const nobody = async (response: Response, refused: string) => {
      expect([response.status, response.headers.get('location')]).toEqual([303, `/console/?refused=${refused}`]);
      expect(response.headers.get('set-cookie')).not.toContain('__Host-hushtag=');
    };

    it.each([
      {
        why: 'was never invited',
        domain: 'stranger.example',
        isVerified: true,
        isInvited: false,
        refused: 'not_invited',
      },
      {
        why: 'has an address nobody checked',
        domain: 'shop.example',
        isVerified: false,
        isInvited: true,
        refused: 'unverified',
      },
      {
        why: 'says to be of the domain',
        domain: 'corp.example',
        isVerified: false,
        isInvited: false,
        refused: 'unverified',
      },
      {
        why: 'is of a domain below it',
        domain: 'x.corp.example',
        isVerified: true,
        isInvited: false,
        refused: 'not_invited',
      },
    ])('who $why: $refused', async ({ domain, isVerified, isInvited, refused }) => {
      const { login, email } = account(domain, isVerified);
      if (isInvited) await invite(email);
      const before = await edge.ask('SELECT count(*) AS n FROM people');
      const { back, cookie } = await goThrough(login);
      await nobody(await comeBack(back, cookie), refused);
      expect(await edge.ask('SELECT count(*) AS n FROM people')).toEqual(before);
    });

    it('who was given an address that was somebody else’s', async () => {
      const first = account();
      await invite(first.email);
      await enter(first.login);
      const second = account();
      provider().accounts.set(second.login, { email: first.email, isVerified: true });
      const { back, cookie } = await goThrough(second.login);
      await nobody(await comeBack(back, cookie), 'address_reassigned');
    });

    it('in a browser that did not ask, or by an answer of another login', async () => {
      const { login, email } = account();
      await invite(email);
      const mine = await goThrough(login);
      await nobody(await comeBack(mine.back, ''), 'expired');
      const other = await leave();
      await nobody(await comeBack(mine.back, other.cookie), 'provider');
      // The other login's state with this one's code: PKCE keeps them apart.
      const mixed = new URL(mine.back);
      mixed.searchParams.set('state', new URL(other.to).searchParams.get('state') ?? '');
      await nobody(await comeBack(mixed, other.cookie), 'provider');
    });

    it('twice by one answer, nor by none', async () => {
      const { login, email } = account();
      await invite(email);
      const { back, cookie } = await goThrough(login);
      expect((await comeBack(back, cookie)).headers.get('location')).toBe('/console/');
      await nobody(await comeBack(back, cookie), 'provider');
      const left = await leave();
      const state = new URL(left.to).searchParams.get('state') ?? '';
      const denied = new URL(`${REDIRECT_URI}?error=access_denied&state=${state}`);
      await nobody(await comeBack(denied, left.cookie), 'provider');
    });

    it('once they were removed', async () => {
      const { login, email } = account();
      const person = await invite(email);
      await enter(login);
      await owner?.fetch(`/v1/people/${person}`, { method: 'DELETE' });
      const { back, cookie } = await goThrough(login);
      await nobody(await comeBack(back, cookie), 'not_invited');
    });
  });

  it('P1: no address, no name at the provider and no secret of a login is in a file or a log', async () => {
    const { login, email } = account('corp.example');
    const { back, cookie } = await goThrough(login);
    const entered = await comeBack(back, cookie);
    const secrets = [
      login,
      email,
      cookie.split('=')[1] ?? 'none',
      back.searchParams.get('code') ?? 'none',
      back.searchParams.get('state') ?? 'none',
      /__Host-hushtag=([0-9a-f]+)/.exec(entered.headers.get('set-cookie') ?? '')?.[1] ?? 'none',
      provider().clientSecret,
      '7c2e@',
    ];
    const files = await edge.written();
    expect(files.some(({ bytes }) => bytes.includes('corp.example'))).toBe(true);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(4);
      expect(files.filter(({ bytes }) => bytes.includes(secret)).map(({ name }) => name)).toEqual([]);
    }
  });
}
