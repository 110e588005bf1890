// e2e/edge/rights-suite.ts: people's rights over the API: access, erasure, objection, and who may ask (P4, P6).
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { WireBatch } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import { privacyDocumentSchema, privacySchemas } from '../../edge/api/privacy/openapi.ts';
import type { ShownRequest } from '../../edge/api/privacy/shown.ts';
import { readAuditLog } from '../../store/index.ts';
import { collect, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const GRANTED: WireBatch['c'] = ['g', 3, 1];
const REQUESTS = '/v1/sites/shop/privacy/requests';
let ids = 0;
const freshVisitor = (): string => `rights-visitor-number-${String(++ids).padStart(4, '0')}`;

/** Runs these tests against an edge. */
export function rightsSuite(edge: SuiteEdge): void {
  const { ask, stored } = edge;
  const bearer = async (...scopes: Parameters<SuiteEdge['token']>[1]) => ({
    authorization: `Bearer ${await edge.token(siteId('shop'), scopes)}`,
  });
  const post = async (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    edge.fetch(REQUESTS, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { ...(await bearer('privacy:write')), 'content-type': 'application/json', ...headers },
    });
  const request = async (kind: string, id: string): Promise<ShownRequest> => {
    const answered = await post({ kind, subject: { first_party_id: id } });
    expect(answered.status).toBe(200);
    return v.parse(privacySchemas.request, await answered.json()) as ShownRequest;
  };
  const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    edge.fetch(path, { headers: { ...(await bearer('privacy:read')), ...headers } });
  const fileOf = async ({ id }: ShownRequest) =>
    v.parse(privacySchemas.file, await (await get(`${REQUESTS}/${id}/file`)).json());
  const visits = async (id: string, title: string): Promise<number> => {
    const events = [wireEvent({ h: title }), wireEvent({ n: 'purchase', m: { c: 'GBP', v: 1_999, o: `o-${id}` } })];
    await collect(edge, wireBatch({ c: GRANTED, i: id, e: events }));
    await Promise.all(events.map(({ i }) => stored(i)));
    return Number((await stored(events[0]?.i ?? ''))['visitor']);
  };
  const audited = async (kind: string): Promise<Record<string, unknown>[]> =>
    (await readAuditLog(edge.db))
      .map(({ open }) => JSON.parse(open?.text ?? '{}') as Record<string, unknown>)
      .filter((entry) => entry['kind'] === kind);
  describe('P6: who may ask', () => {
    it('tells reading from writing, and both from other scopes', async () => {
      const body = { kind: 'access', subject: { first_party_id: freshVisitor() } };
      for (const scopes of [['privacy:read'], ['segments:read', 'import']] as const) {
        expect((await post(body, await bearer(...scopes))).status).toBe(403);
      }
      expect((await get(REQUESTS, await bearer('privacy:write'))).status).toBe(403);
      expect((await edge.fetch(REQUESTS)).status).toBe(401);
    });
    it('knows nothing of another site', async () => {
      const { id } = await request('access', freshVisitor());
      const headers = { authorization: `Bearer ${await edge.token(siteId('other'), ['privacy:read'])}` };
      expect((await edge.fetch(`${REQUESTS}/${id}`, { headers })).status).toBe(404);
      expect((await edge.fetch(`/v1/sites/other/privacy/requests/${id}`, { headers })).status).toBe(404);
    });
    it.each([
      ['no JSON', '{', 'malformed_json'],
      ['no kind', '{"subject":{"first_party_id":"0123456789012345678901"}}', 'malformed_request'],
      ['a guessable id', '{"kind":"access","subject":{"first_party_id":"short"}}', 'malformed_request'],
      [
        'two names of an account',
        '{"kind":"access","subject":{"account":{"email":"a@b.example","phone":"1"}}}',
        'malformed_request',
      ],
      [
        'another field',
        '{"kind":"access","subject":{"first_party_id":"0123456789012345678901"},"x":1}',
        'malformed_request',
      ],
    ])('refuses %s', async (_, body, name) => {
      const answered = await post(body);
      expect(answered.status).toBe(400);
      expect(await answered.json()).toMatchObject({ type: `urn:hushtag:problem:${name}` });
    });
  });

  describe('P6: access', () => {
    it('gives everything stored, as data and as a page, and records each read', async () => {
      const id = freshVisitor();
      await visits(id, 'Tea <b>& mugs</b>');
      const asked = await request('access', id);
      expect(asked).toMatchObject({ status: 'done', askedBy: 'officer', rows: { visitors: 1 } });
      expect(asked.dueAt - asked.askedAt).toBe(30 * 86_400_000);
      const before = (await audited('visitor_read')).length;
      const file = await fileOf(asked);
      expect(file.status).toBe('found');
      expect(file.data?.events.map(({ name }) => name)).toEqual(['page_view', 'purchase']);
      expect(JSON.stringify(file)).toContain('Tea <b>& mugs</b>');
      const page = await get(`${REQUESTS}/${asked.id}/file`, { accept: 'text/html' });
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      const text = await page.text();
      expect(text).toContain('Tea &lt;b&gt;&amp; mugs&lt;/b&gt;');
      expect(text).not.toContain('<b>');
      const reads = (await audited('visitor_read')).slice(before);
      expect(reads).toMatchObject([
        { request: asked.id, by: 'officer' },
        { request: asked.id, by: 'officer' },
      ]);
      expect(reads[0]?.['token']).toMatch(/^[0-9a-f]{32}$/);
    });
    it('gives profile and segments once the segmenter has run', async () => {
      const id = freshVisitor();
      await visits(id, 'Profiled');
      await edge.segment();
      const file = await fileOf(await request('access', id));
      expect(JSON.stringify(file.data?.['profile'])).toContain('"id":"recency_days"');
    });
    it('says of a group that a rule makes which rule it is, and not that it was calculated', async () => {
      const id = freshVisitor();
      await visits(id, 'Ruled');
      const rule = { version: 1, where: { all: [{ event: 'purchase' }, { not: { event: 'refund' } }] } };
      const headers = { ...(await bearer('segments:write')), 'content-type': 'application/json' };
      const at = '/v1/sites/shop/rule-segments/kept-orders';
      const put = { method: 'PUT', headers, body: JSON.stringify({ name: 'Kept orders', rule }) };
      expect((await edge.fetch(at, put)).status).toBe(201);
      await edge.segment();
      const file = await fileOf(await request('access', id));
      expect((await edge.fetch(at, { method: 'DELETE', headers })).status).toBe(204);
      expect(file.data?.['segments']).toContainEqual({
        id: 'kept-orders',
        label: 'Kept orders',
        why: 'The site made a rule, and what is stored of you fulfils it: purchase at least once and not: refund at least once.',
      });
    });
    it('says that nothing is stored, and that nobody can tell (GDPR Art. 11), as answers of their own', async () => {
      expect(await fileOf(await request('access', freshVisitor()))).toMatchObject({ status: 'nothing_stored' });
      // Policy exempt links nobody, so that no salt was ever made there.
      const path = '/v1/sites/exempt/privacy/requests';
      const authorization = `Bearer ${await edge.token(siteId('exempt'), ['privacy:read', 'privacy:write'])}`;
      const body = JSON.stringify({ kind: 'access', subject: { first_party_id: freshVisitor() } });
      const answered = await edge.fetch(path, { method: 'POST', body, headers: { authorization } });
      const asked = (await answered.json()) as ShownRequest;
      expect(asked).toMatchObject({ status: 'not_identified', reason: 'salt_gone' });
      const file = await edge.fetch(`${path}/${asked.id}/file`, { headers: { authorization } });
      expect(await file.json()).toMatchObject({ status: 'not_identified', article: 'GDPR Art. 11' });
    });
    it('has no file of what was erased since', async () => {
      const id = freshVisitor();
      await visits(id, 'Soon gone');
      const asked = await request('access', id);
      await request('erasure', id);
      expect(await fileOf(asked)).toMatchObject({ status: 'not_identified', reason: 'gone_since' });
    });
  });

  describe('P4: erasure in one call', () => {
    it('leaves nothing of the visitor, and a signed receipt', async () => {
      const id = freshVisitor();
      const visitor = await visits(id, 'Erase-me-title');
      await edge.segment();
      const asked = await request('erasure', id);
      expect(asked).toMatchObject({ status: 'done', rows: { events: 2, visitors: 1 }, destinations: [] });
      expect(asked.receipt?.split('.')).toHaveLength(3);
      expect(asked.log.map(({ step }) => step)).toEqual(['received', 'identified', 'erased']);
      for (const table of ['events', 'profiles', 'memberships', 'privacy_request_visitors']) {
        expect(await ask(`SELECT 1 FROM ${table} WHERE visitor = ?`, visitor)).toEqual([]);
      }
      expect(await ask('SELECT 1 FROM visitors WHERE id = ?', visitor)).toEqual([]);
      expect(await ask("SELECT 1 FROM strings WHERE value = 'Erase-me-title'")).toEqual([]);
      expect((await audited('visitor_erased')).at(-1)).toMatchObject({ receipt: asked.id });
    });
    it('under the same Idempotency-Key is done once, and refuses another request', async () => {
      const [id, key] = [freshVisitor(), { 'idempotency-key': `key of ${freshVisitor()}` }];
      await visits(id, 'Once');
      const body = { kind: 'erasure', subject: { first_party_id: id } };
      const answers = await Promise.all([post(body, key), post(body, key)]);
      const [one, two] = (await Promise.all(answers.map((answer) => answer.json()))) as ShownRequest[];
      expect(one?.id).toBe(two?.id);
      expect(((await (await post(body, key)).json()) as ShownRequest).rows?.['events']).toBe(2);
      expect((await post({ ...body, kind: 'access' }, key)).status).toBe(409);
    });
  });

  describe('P4: objection', () => {
    it('leaves profile and segments at once, keeps counts, and keeps later events out', async () => {
      const id = freshVisitor();
      const visitor = await visits(id, 'Objects');
      await edge.segment();
      expect(await ask('SELECT 1 FROM profiles WHERE visitor = ?', visitor)).toHaveLength(1);
      expect(await request('objection', id)).toMatchObject({ status: 'done' });
      expect(await ask('SELECT 1 FROM profiles WHERE visitor = ?', visitor)).toEqual([]);
      expect(await ask('SELECT 1 FROM memberships WHERE visitor = ?', visitor)).toEqual([]);
      expect(await visits(id, 'Objects still')).toBe(visitor);
      await edge.segment();
      expect(await ask('SELECT 1 FROM profiles WHERE visitor = ?', visitor)).toEqual([]);
      expect(await ask('SELECT 1 FROM events WHERE visitor = ?', visitor)).toHaveLength(4);
      const { data } = await fileOf(await request('access', id));
      expect(data?.['profile']).toBeNull();
      expect(data?.['objectedAt']).toMatch(/^20/);
    });
    it('holds for a visitor first seen afterwards', async () => {
      const id = freshVisitor();
      // Somebody must have been here, or there is no salt to make the key with.
      await visits(freshVisitor(), 'Another');
      await request('objection', id);
      const visitor = await visits(id, 'Came later');
      await edge.segment();
      expect(await ask('SELECT 1 FROM profiles WHERE visitor = ?', visitor)).toEqual([]);
    });
  });

  describe('P4: by a login', () => {
    const asAccount = async (kind: string, account: object): Promise<ShownRequest> =>
      (await (await post({ kind, subject: { account } })).json()) as ShownRequest;
    const logsIn = async (email: string): Promise<number> => {
      const id = freshVisitor();
      const visitor = await visits(id, `Of ${freshVisitor()}`);
      const event = wireEvent({ n: 'identify', p: { email } });
      await collect(edge, wireBatch({ c: GRANTED, i: id, e: [event] }));
      await stored(event.i);
      return visitor;
    };

    it('gives and erases all visitors of it, and the login itself', async () => {
      const email = `${freshVisitor()}@mail.example`;
      const visitors = [await logsIn(email), await logsIn(email)];
      const asked = await asAccount('access', { email: ` ${email.toUpperCase()} ` });
      expect(asked).toMatchObject({ rows: { visitors: 2 } });
      const file = await fileOf(asked);
      expect(file.data?.events).toHaveLength(6);
      expect(file.data).toMatchObject({ logins: [{ by: 'email' }, { by: 'email' }] });
      expect(await asAccount('erasure', { email })).toMatchObject({ status: 'done', rows: { events: 6, visitors: 2 } });
      for (const visitor of visitors) {
        for (const table of ['events', 'links', 'receipts', 'unlinks', 'withdrawals']) {
          expect(await ask(`SELECT 1 FROM ${table} WHERE visitor = ?`, visitor)).toEqual([]);
        }
      }
      expect(await asAccount('access', { email })).toMatchObject({ rows: { visitors: 0 } });
    });
    it('unlinks it and keeps the events', async () => {
      const email = `${freshVisitor()}@mail.example`;
      const visitor = await logsIn(email);
      expect(await asAccount('unlink', { email })).toMatchObject({ status: 'done' });
      expect(await ask('SELECT 1 FROM links WHERE visitor = ?', visitor)).toEqual([]);
      expect(await ask('SELECT 1 FROM events WHERE visitor = ?', visitor)).toHaveLength(3);
    });
    it('refuses what is no login', async () => {
      for (const account of [{ email: 'no address' }, { user_id: 'undefined' }, { phone: '12' }]) {
        expect((await post({ kind: 'access', subject: { account } })).status).toBe(400);
      }
    });
  });

  describe('P6: records from the live configuration', () => {
    const base = '/v1/sites/shop/privacy';
    it('say what is stored, for how long, who has it, and what is missing', async () => {
      await visits(freshVisitor(), 'Recorded');
      for (const name of ['ropa', 'dpia']) {
        const document = v.parse(privacyDocumentSchema, await (await get(`${base}/${name}`)).json());
        expect(document).toMatchObject({ kind: name, site: 'shop' });
        const text = JSON.stringify(document);
        expect(text).toContain('NO LIMIT SET');
        expect(text).toContain('No destination is registered');
      }
      const page = await get(`${base}/ropa`, { accept: 'text/html' });
      expect(await page.text()).toContain('<h2>Time limits</h2>');
      const markdown = await get(`${base}/dpia`, { accept: 'text/markdown' });
      expect(await markdown.text()).toContain('| Data is kept without end | high |');
    });
    it('tell of a window what was stored and whether its keys are alive', async () => {
      const at = (ms: number): string => encodeURIComponent(new Date(Date.now() + ms).toISOString());
      const pack = v.parse(
        privacyDocumentSchema,
        await (await get(`${base}/breach?from=${at(-60_000)}&to=${at(60_000)}`)).json(),
      );
      const keys = pack.sections.find(({ heading }) => heading === 'Keys');
      expect(keys?.table?.rows.map(([use, , state]) => [use, state])).toContainEqual([
        'long',
        'ALIVE: its key can be read',
      ]);
      const empty = v.parse(
        privacyDocumentSchema,
        await (await get(`${base}/breach?from=2001-01-01&to=2001-01-02`)).json(),
      );
      expect(JSON.stringify(empty)).toContain('0 events');
      expect((await get(`${base}/breach?from=2001-01-02&to=2001-01-01`)).status).toBe(400);
    });
  });

  describe('P1: the log of requests', () => {
    it('lists clocks and steps, and holds nothing of who asked', async () => {
      const id = freshVisitor();
      await post({ kind: 'access', subject: { first_party_id: id } }, { 'idempotency-key': `mail ${id}@mail.example` });
      await post({ kind: 'erasure', subject: { account: { email: `${id}@mail.example` } } });
      const { requests } = v.parse(privacySchemas.requests, await (await get(REQUESTS)).json());
      expect(requests.length).toBeGreaterThan(2);
      expect(requests[0]).toMatchObject({ kind: 'erasure', subject: 'account' });
      for (const { askedAt, dueAt } of requests) expect(dueAt - askedAt).toBe(30 * DAY_MS);
      const done = v.parse(privacySchemas.requests, await (await get(`${REQUESTS}?status=open`)).json());
      expect(done.requests).toEqual([]);
      const files = await edge.written();
      expect(files.filter(({ bytes }) => bytes.includes(id)).map(({ name }) => name)).toEqual([]);
    });
  });
}
