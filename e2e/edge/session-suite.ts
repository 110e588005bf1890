// e2e/edge/session-suite.ts: people log in by a code, and may do what their role says at the sites it is for (P6).
import { describe, expect, it } from 'vitest';
import { readAuditLog } from '../../store/index.ts';
import { siteId } from '../support/edge-under-test.ts';
import { addPerson, askLogin, codeFor, freshNetwork, logIn } from '../support/login.ts';
import type { SuiteEdge } from './use-edge.ts';

interface Shown {
  readonly person: { readonly id: string } | null;
  readonly roles: readonly unknown[];
  readonly sites: readonly string[];
  readonly scopes: readonly string[];
  readonly csrf: string;
}
const typeOf = async (response: Response): Promise<string> => ((await response.json()) as { type: string }).type;
const REPLAY = '/v1/sites/shop/dead-letters/replay';

/** Runs these tests against an edge. */
export function sessionSuite(edge: SuiteEdge): void {
  describe('P6: people log in', () => {
    it('by a code, once, into a cookie that no script and no other site can use', async () => {
      const person = await addPerson(edge.db, [{ site: null, role: 'owner' }]);
      const code = await codeFor(edge.db, person);
      const answered = await askLogin(edge, { code: ` ${code.toUpperCase().replaceAll('-', ' ')}` });
      expect(answered.status).toBe(201);
      const cookie = answered.headers.get('set-cookie') ?? '';
      for (const part of ['__Host-hushtag=', 'Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict'])
        expect(cookie).toContain(part);
      expect(cookie).not.toContain('Domain');
      const shown = (await answered.json()) as Shown;
      expect(shown).toMatchObject({ person: { id: person }, roles: [{ site: null, role: 'owner' }] });
      expect(shown.sites).toContain('shop');
      expect(shown.scopes).toContain('people:manage');
      const again = await edge.fetch('/v1/session', { headers: { cookie: cookie.split(';')[0] ?? '' } });
      expect(await again.json()).toEqual(shown);
      expect(await typeOf(await askLogin(edge, { code }))).toBe('urn:hushtag:problem:login_refused');
    });

    it('by a token, into its site and scopes alone', async () => {
      const token = await edge.token(siteId('shop'), ['ledger:read', 'people:manage']);
      const answered = await askLogin(edge, { token });
      expect(await answered.json()).toMatchObject({
        person: null,
        roles: [],
        sites: ['shop'],
        scopes: ['ledger:read'],
      });
      const cookie = (answered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      const read = (path: string) => edge.fetch(path, { headers: { cookie } });
      expect((await read('/v1/sites/shop/ledger')).status).toBe(200);
      expect((await read('/v1/sites/shop/segments')).status).toBe(403);
      expect((await read('/v1/sites/other/ledger')).status).toBe(404);
    });

    it.each([
      { why: 'no JSON', body: '{"code"', status: 400 },
      { why: 'neither code nor token', body: {}, status: 400 },
      { why: 'a code that is none', body: { code: 'let me in' }, status: 401 },
      { why: 'a token that is none', body: { token: 'a.b.c' }, status: 401 },
      { why: 'too much', body: { code: 'a'.repeat(9_000) }, status: 413 },
    ])('not with $why', async ({ body, status }) => {
      const answered = await askLogin(edge, body);
      expect(answered.status).toBe(status);
      expect(answered.headers.get('set-cookie')).toBeNull();
    });

    it('not by a code that was guessed at five times, however the guesses are spread', async () => {
      const code = await codeFor(edge.db, await addPerson(edge.db, [{ site: null, role: 'owner' }]));
      const wrong = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
      for (let guess = 0; guess < 4; guess += 1) expect((await askLogin(edge, { code: wrong })).status).toBe(401);
      expect((await askLogin(edge, { code })).status).toBe(201);
      const other = await codeFor(edge.db, await addPerson(edge.db, [{ site: null, role: 'owner' }]));
      const guessed = other.slice(0, -1) + (other.endsWith('0') ? '1' : '0');
      for (let guess = 0; guess < 5; guess += 1) await askLogin(edge, { code: guessed });
      expect((await askLogin(edge, { code: other })).status).toBe(401);
    });

    it('not by a code that is too old', async () => {
      const person = await addPerson(edge.db, [{ site: null, role: 'owner' }]);
      const code = await codeFor(edge.db, person);
      await edge.ask('UPDATE login_codes SET expires_at = ? WHERE person = ?', Date.now() - 1, person);
      expect((await askLogin(edge, { code })).status).toBe(401);
    });

    it('slows a network that tries too often, and no other', async () => {
      const [one, other] = [freshNetwork(), freshNetwork()];
      for (let nth = 0; nth < 10; nth += 1) expect((await askLogin(edge, { code: 'no' }, one)).status).toBe(401);
      const slowed = await askLogin(edge, { code: 'no' }, one);
      expect(slowed.status).toBe(429);
      expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await askLogin(edge, { code: 'no' }, other)).status).toBe(401);
    });

    it('and the audit log says so, by id and way, and that they left', async () => {
      const kim = await logIn(edge, [{ site: null, role: 'analyst' }]);
      await kim.fetch('/v1/session', { method: 'DELETE' });
      const log = (await readAuditLog(edge.db)).map(({ open }) => JSON.parse(open?.text ?? '{}') as object);
      const by = `person ${kim.person}`;
      expect(log).toContainEqual(expect.objectContaining({ kind: 'logged_in', by, how: 'code' }));
      expect(log).toContainEqual(expect.objectContaining({ kind: 'logged_out', by }));
      // A token is named by its id, which is no part of it that opens anything.
      const token = await edge.token(siteId('shop'), ['ledger:read']);
      expect((await askLogin(edge, { token })).status).toBe(201);
      const { jti } = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as {
        jti: string;
      };
      const after = (await readAuditLog(edge.db)).map(({ open }) => JSON.parse(open?.text ?? '{}') as object);
      expect(after).toContainEqual(expect.objectContaining({ kind: 'logged_in', by: jti, how: 'token' }));
    });

    it('and out again', async () => {
      const kim = await logIn(edge, [{ site: null, role: 'analyst' }]);
      const out = await kim.fetch('/v1/session', { method: 'DELETE' });
      expect(out.status).toBe(204);
      expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
      expect(await typeOf(await kim.fetch('/v1/session'))).toBe('urn:hushtag:problem:session_ended');
      expect((await kim.fetch('/v1/sites/shop/ledger')).status).toBe(401);
    });

    it('and leave neither code nor cookie in a file or a log', async () => {
      const person = await addPerson(edge.db, [{ site: null, role: 'owner' }]);
      const code = await codeFor(edge.db, person);
      const answered = await askLogin(edge, { code });
      const value = /=([0-9a-f]+);/.exec(answered.headers.get('set-cookie') ?? '')?.[1] ?? 'none';
      const files = await edge.written();
      expect(files.some(({ bytes }) => bytes.includes(person))).toBe(true);
      for (const secret of [code, code.replaceAll('-', ''), value]) {
        expect(files.filter(({ bytes }) => bytes.includes(secret)).map(({ name }) => name)).toEqual([]);
      }
    });
  });

  describe('P6: a role is for its sites', () => {
    it('shows the sites of the role alone, and what it may do there', async () => {
      const kim = await logIn(edge, [{ site: siteId('shop'), role: 'marketer' }]);
      const { sites } = (await (await kim.fetch('/v1/sites')).json()) as {
        sites: { id: string; role: string; scopes: string[] }[];
      };
      expect(sites.map(({ id, role }) => [id, role])).toEqual([['shop', 'marketer']]);
      expect(sites[0]?.scopes).toContain('segments:write');
      expect((await kim.fetch('/v1/sites/shop/segments')).status).toBe(200);
      expect((await kim.fetch('/v1/sites/shop/dead-letters')).status).toBe(403);
      const [other, nobody] = [await kim.fetch('/v1/sites/other/segments'), await kim.fetch('/v1/sites/no/segments')];
      expect([other.status, nobody.status]).toEqual([404, 404]);
      expect(await other.text()).toBe(await nobody.text());
    });

    it('takes a role of one site before the role for all', async () => {
      const kim = await logIn(edge, [
        { site: null, role: 'owner' },
        { site: siteId('other'), role: 'analyst' },
      ]);
      expect((await kim.fetch('/v1/sites/shop/dead-letters')).status).toBe(200);
      expect((await kim.fetch('/v1/sites/other/dead-letters')).status).toBe(403);
    });

    it('asks for the csrf value where something changes', async () => {
      const kim = await logIn(edge, [{ site: siteId('shop'), role: 'developer' }]);
      const send = (headers: Record<string, string>) =>
        edge.fetch(REPLAY, { method: 'POST', body: '{"dryRun":true}', headers: { cookie: kim.cookie, ...headers } });
      const bare = await send({});
      expect([bare.status, await typeOf(bare)]).toEqual([403, 'urn:hushtag:problem:csrf_missing']);
      expect((await send({ 'x-hushtag-csrf': '0'.repeat(32) })).status).toBe(403);
      expect((await send({ 'x-hushtag-csrf': kim.csrf })).status).toBe(200);
    });

    it('goes by the Authorization header where there is one', async () => {
      const kim = await logIn(edge, [{ site: null, role: 'owner' }]);
      const token = await edge.token(siteId('shop'), ['ledger:read']);
      const headers = { cookie: kim.cookie, authorization: `Bearer ${token}` };
      expect((await edge.fetch('/v1/sites/shop/segments', { headers })).status).toBe(403);
    });
  });
}
