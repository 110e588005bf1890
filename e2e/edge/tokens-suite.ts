// e2e/edge/tokens-suite.ts: tokens are given, listed and taken back, keys change, and people are added and removed (P6).
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { siteId, until } from '../support/edge-under-test.ts';
import type { LoggedIn } from '../support/login.ts';
import { askLogin, logIn } from '../support/login.ts';
import type { SuiteEdge } from './use-edge.ts';

const TOKENS = '/v1/sites/shop/tokens';
const typeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { type: string }).type.replace('urn:hushtag:problem:', '');
const post = (who: LoggedIn, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  who.fetch(path, { method: 'POST', body: JSON.stringify(body), headers });
const jsonOf = async <T>(response: Response): Promise<T> => (await response.json()) as T;
interface Signed {
  readonly id: string;
  readonly token: string;
  readonly kid: string;
}

/** Runs these tests against an edge. */
export function tokensSuite(edge: SuiteEdge): void {
  const owner = (): Promise<LoggedIn> => logIn(edge, [{ site: null, role: 'owner' }]);
  const readWith = (token: string): Promise<Response> =>
    edge.fetch('/v1/sites/shop/ledger', { headers: { authorization: `Bearer ${token}` } });

  describe('P6: a token is given, listed and taken back', () => {
    it('works until it is taken back, and then nowhere', async () => {
      const kim = await owner();
      const answered = await post(kim, TOKENS, { label: 'ledger reader', scopes: ['ledger:read'] });
      expect(answered.status).toBe(201);
      const { id, token } = await jsonOf<Signed>(answered);
      expect((await readWith(token)).status).toBe(200);
      const { tokens } = await jsonOf<{ tokens: { id: string }[] }>(await kim.fetch(TOKENS));
      expect(tokens.find((one) => one.id === id)).toMatchObject({ label: 'ledger reader', scopes: ['ledger:read'] });
      const session = await askLogin(edge, { token });
      const cookie = (session.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      expect((await kim.fetch(`${TOKENS}/${id}`, { method: 'DELETE' })).status).toBe(204);
      const refused = await until(
        () => readWith(token),
        ({ status }) => status === 401,
      );
      expect(await typeOf(refused)).toBe('token_revoked');
      expect((await edge.fetch('/v1/session', { headers: { cookie } })).status).toBe(401);
      expect((await kim.fetch(`${TOKENS}/${id}`, { method: 'DELETE' })).status).toBe(404);
    });

    it('is the same for the same Idempotency-Key, and another request is refused', async () => {
      const kim = await owner();
      const key = { 'idempotency-key': 'once' };
      const asked = { label: 'twice', scopes: ['ledger:read', 'segments:read'] };
      const [one, two] = [await post(kim, TOKENS, asked, key), await post(kim, TOKENS, asked, key)];
      expect(await jsonOf(two)).toEqual(await jsonOf(one));
      expect(await typeOf(await post(kim, TOKENS, { ...asked, label: 'other' }, key))).toBe('idempotency_reused');
      const other = await jsonOf<Signed>(await post(await owner(), TOKENS, { ...asked, label: 'other' }, key));
      expect(other.token).toBeTruthy();
    });

    it.each([
      { why: 'a scope there is none of', body: { label: 'x', scopes: ['all'] }, type: 'malformed_request' },
      { why: 'no scope', body: { label: 'x', scopes: [] }, type: 'malformed_request' },
      { why: 'no label', body: { label: ' ', scopes: ['ledger:read'] }, type: 'malformed_request' },
      { why: '366 days', body: { label: 'x', scopes: ['ledger:read'], days: 366 }, type: 'malformed_request' },
      { why: 'a scope of the installation', body: { label: 'x', scopes: ['people:manage'] }, type: 'scope_missing' },
    ])('refuses $why', async ({ body, type }) => {
      expect(await typeOf(await post(await owner(), TOKENS, body))).toBe(type);
    });

    it('gives nobody more than they have', async () => {
      const kim = await owner();
      const { token } = await jsonOf<Signed>(
        await post(kim, TOKENS, { label: 'manager', scopes: ['tokens:manage', 'ledger:read'] }),
      );
      const ask = (scopes: string[]) =>
        edge.fetch(TOKENS, {
          method: 'POST',
          body: JSON.stringify({ label: 'more', scopes }),
          headers: { authorization: `Bearer ${token}` },
        });
      expect((await ask(['ledger:read'])).status).toBe(201);
      expect(await typeOf(await ask(['privacy:read']))).toBe('scope_missing');
    });

    it('goes from page to page without losing or repeating one', async () => {
      const kim = await owner();
      for (const nth of [1, 2, 3, 4, 5]) {
        await post(kim, '/v1/sites/strict/tokens', { label: `token ${nth}`, scopes: ['ledger:read'] });
      }
      const seen: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const page: { tokens: { label: string }[]; next: string | null } = await jsonOf(
          await kim.fetch(`/v1/sites/strict/tokens?limit=2${next === '' ? '' : `&cursor=${next}`}`),
        );
        seen.push(...page.tokens.map(({ label }) => label));
        next = page.next;
      }
      expect(seen.sort()).toEqual(['token 1', 'token 2', 'token 3', 'token 4', 'token 5']);
      expect(await typeOf(await kim.fetch('/v1/sites/strict/tokens?cursor=nonsense'))).toBe('malformed_request');
      expect(await typeOf(await kim.fetch('/v1/sites/strict/tokens?limit=201'))).toBe('malformed_request');
    });

    it('can be checked by anybody with the published keys, and is stored nowhere', async () => {
      const jwks = await jsonOf<Parameters<typeof createLocalJWKSet>[0]>(await edge.fetch('/.well-known/jwks.json'));
      expect(jwks.keys.every((key) => !('d' in key))).toBe(true);
      const { token, kid } = await jsonOf<Signed>(
        await post(await owner(), TOKENS, { label: 'checked', scopes: ['ledger:read'] }),
      );
      expect(jwks.keys.map((key) => key.kid)).toContain(kid);
      const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), { issuer: 'hushtag' });
      expect(payload).toMatchObject({ site: 'shop', scope: 'ledger:read' });
      const signature = token.split('.')[2] ?? token;
      expect((await edge.written()).filter(({ bytes }) => bytes.includes(signature))).toEqual([]);
    });
  });

  describe('P6: people are added, changed and removed by an owner of all sites', () => {
    const email = 'Marked.Colleague7f3a@mail.example';
    const roles = [{ site: 'shop', role: 'analyst' }];

    it('adds one, once, who logs in by a code', async () => {
      const kim = await owner();
      const key = { 'idempotency-key': 'lee' };
      const added = await post(kim, '/v1/people', { label: 'Lee', roles, email }, key);
      expect(added.status).toBe(201);
      const lee = await jsonOf<{ id: string }>(added);
      const again = await post(kim, '/v1/people', { label: 'Lee', roles, email }, key);
      expect([again.headers.get('idempotent-replayed'), await again.json()]).toEqual(['true', lee]);
      expect(await typeOf(await post(kim, '/v1/people', { label: 'Li', roles }, key))).toBe('idempotency_reused');
      expect(await typeOf(await post(kim, '/v1/people', { label: 'Other', roles, email }))).toBe('login_taken');
      const { code } = await jsonOf<{ code: string }>(await post(kim, `/v1/people/${lee.id}/login-code`, {}));
      expect(await jsonOf(await askLogin(edge, { code }))).toMatchObject({ sites: ['shop'] });
      const spellings = [email, email.toLowerCase(), Buffer.from(email).toString('base64')];
      const files = await edge.written();
      // The search itself must work: an id that may stay is found.
      expect(files.some(({ bytes }) => bytes.includes(lee.id))).toBe(true);
      for (const text of spellings) expect(files.filter(({ bytes }) => bytes.includes(text))).toEqual([]);
    });

    it('changes a role for sessions that run, and ends those of who is removed', async () => {
      const kim = await owner();
      const lee = await logIn(edge, [{ site: siteId('shop'), role: 'analyst' }]);
      const path = `/v1/people/${lee.person}`;
      expect((await lee.fetch('/v1/sites/shop/dead-letters')).status).toBe(403);
      const changed = await kim.fetch(path, {
        method: 'PATCH',
        body: JSON.stringify({ roles: [{ site: 'other', role: 'developer' }] }),
      });
      expect(changed.status).toBe(200);
      expect((await lee.fetch('/v1/sites/other/dead-letters')).status).toBe(200);
      expect((await lee.fetch('/v1/sites/shop/segments')).status).toBe(404);
      expect((await kim.fetch(path, { method: 'DELETE' })).status).toBe(204);
      expect((await lee.fetch('/v1/session')).status).toBe(401);
      expect((await kim.fetch(path)).status).toBe(404);
      expect((await kim.fetch(path, { method: 'DELETE' })).status).toBe(404);
    });

    it('leaves the last owner', async () => {
      const kim = await owner();
      await edge.ask(`DELETE FROM person_roles WHERE role = 'owner' AND person <> '${kim.person}'`);
      const path = `/v1/people/${kim.person}`;
      expect(await typeOf(await kim.fetch(path, { method: 'DELETE' }))).toBe('last_owner');
      const unmade = { roles: [{ site: 'shop', role: 'owner' }] };
      expect(await typeOf(await kim.fetch(path, { method: 'PATCH', body: JSON.stringify(unmade) }))).toBe('last_owner');
      expect((await kim.fetch('/v1/people')).status).toBe(200);
    });

    it('is not for an owner of one site', async () => {
      const lee = await logIn(edge, [{ site: siteId('shop'), role: 'owner' }]);
      expect(await typeOf(await lee.fetch('/v1/people'))).toBe('scope_missing');
      expect((await lee.fetch(TOKENS)).status).toBe(200);
    });
  });
}
