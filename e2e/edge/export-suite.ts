// e2e/edge/export-suite.ts: exports over the API: made once, fetched while they live, and never holding who is gone (P4, P6).
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { EXPORT_COLUMNS, readAuditLog } from '../../store/index.ts';
import { collect, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const BASE = '/v1/sites/shop/exports';
const STAYS = 'export-visitor-who-stays-01';
const LEAVES = 'export-visitor-who-leaves-1';

interface Made {
  readonly id: string;
  readonly events: number;
  readonly parts: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Runs these tests against an edge. */
export function exportSuite(edge: SuiteEdge): void {
  const bearer = async (...scopes: Parameters<SuiteEdge['token']>[1]) => ({
    authorization: `Bearer ${await edge.token(siteId('shop'), scopes)}`,
    'content-type': 'application/json',
  });
  const today = new Date().toISOString().slice(0, 10);
  const week = new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 10);
  const post = async (body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    edge.fetch(BASE, {
      method: 'POST',
      headers: { ...(await bearer('exports:write')), ...headers },
      body: JSON.stringify(body),
    });
  const make = async (format: 'ndjson' | 'csv' | 'parquet'): Promise<Made> => {
    const made = await post({ format, from: week, to: today });
    expect(made.status).toBe(201);
    return (await made.json()) as Made;
  };
  const askContent = async ({ id }: Made, query = ''): Promise<Response> =>
    edge.fetch(`${BASE}/${id}/content${query}`, { headers: await bearer('exports:write') });
  const fetchContent = async (made: Made, query = ''): Promise<string> => {
    const answered = await askContent(made, query);
    expect(answered.status).toBe(200);
    return answered.text();
  };
  /** Cuts one in two, as one of more events than a part has is from the beginning. */
  const cutInTwo = async ({ id }: Made): Promise<void> => {
    const [kept] = await edge.ask('SELECT snapshot FROM event_exports WHERE id = ?', id);
    const end = Number(kept?.['snapshot']);
    const parts = JSON.stringify([
      [0, end - 1, 1],
      [end - 1, end, 1],
    ]);
    await edge.ask('UPDATE event_exports SET parts = ? WHERE id = ?', parts, id);
  };
  const namesIn = (ndjson: string): string[] =>
    ndjson
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { readonly name: string }).name);
  const visit = async (visitor: string, name: string): Promise<void> => {
    const event = wireEvent({ n: name, h: '=SUM(A1)' });
    await collect(edge, wireBatch({ c: ['g', 3, 1], i: visitor, e: [event] }));
    await edge.stored(event.i);
  };

  describe('P4: exports', () => {
    it('hold the events there were when they were made, but for those of who was erased since', async () => {
      await visit(STAYS, 'export_stays');
      await visit(LEAVES, 'export_leaves');
      const made = await make('ndjson');
      await visit(STAYS, 'export_after');
      const before = namesIn(await fetchContent(made));
      expect(before).toHaveLength(made.events);
      expect(before).toEqual(expect.arrayContaining(['export_stays', 'export_leaves']));
      expect(before).not.toContain('export_after');
      const erased = await edge.fetch('/v1/sites/shop/privacy/requests', {
        method: 'POST',
        headers: await bearer('privacy:write'),
        body: JSON.stringify({ kind: 'erasure', subject: { first_party_id: LEAVES } }),
      });
      expect(await erased.json()).toMatchObject({ status: 'done' });
      const after = namesIn(await fetchContent(made));
      expect(after).toEqual(before.filter((name) => name !== 'export_leaves'));
    });

    it('P5: are nothing any more once their week is over', async () => {
      const made = await make('csv');
      expect(made.expiresAt - made.createdAt).toBe(7 * 86_400_000);
      await edge.ask('UPDATE event_exports SET expires_at = 1 WHERE id = ?', made.id);
      const headers = await bearer('exports:read', 'exports:write');
      expect((await edge.fetch(`${BASE}/${made.id}`, { headers })).status).toBe(404);
      expect((await edge.fetch(`${BASE}/${made.id}/content`, { headers })).status).toBe(404);
    });

    it('are CSV with every column, whose cells are no formulas, under a name of site and days', async () => {
      const made = await make('csv');
      const answered = await edge.fetch(`${BASE}/${made.id}/content`, { headers: await bearer('exports:write') });
      expect(answered.headers.get('content-disposition')).toBe(`attachment; filename="shop-${week}-${today}.csv"`);
      const rows = parse<Readonly<Record<string, string>>>(await answered.text(), { columns: true });
      expect(rows).toHaveLength(made.events);
      expect(Object.keys(rows[0] ?? {})).toEqual(EXPORT_COLUMNS.map(({ name }) => name));
      const visits = rows.filter(({ title }) => title === "'=SUM(A1)");
      expect(visits.length).toBeGreaterThan(0);
      // What is at rest as a number is a word here. Of who refused, whom other tests sent, neither is kept.
      for (const { browser, os } of visits) expect([browser, os]).toEqual(['firefox', 'linux']);
    });

    it.each(['ndjson', 'csv'] as const)(
      'are fetched in parts that are the whole, one after the other (%s)',
      async (format) => {
        const made = await make(format);
        expect(made.parts).toBe(1);
        expect(await fetchContent(made, '?part=1')).toBe(await fetchContent(made));
        await cutInTwo(made);
        const whole = await fetchContent(made);
        const second = await fetchContent(made, '?part=2');
        expect(second.length).toBeGreaterThan(0);
        // Who was interrupted asks for the part that broke off again.
        expect(await fetchContent(made, '?part=2')).toBe(second);
        expect((await fetchContent(made, '?part=1')) + second).toBe(whole);
        for (const part of ['0', '3', 'x']) expect((await askContent(made, `?part=${part}`)).status).toBe(400);
      },
    );

    it('are Parquet files, one a part, that say what NDJSON says', async () => {
      const read = async (answered: Response): Promise<Record<string, unknown>[]> =>
        parquetReadObjects({ file: await answered.arrayBuffer() });
      const [lines, made] = [await make('ndjson'), await make('parquet')];
      const answered = await askContent(made);
      expect(answered.headers.get('content-disposition')).toContain(`shop-${week}-${today}.parquet`);
      const rows = await read(answered);
      expect(rows).toHaveLength(made.events);
      const nested = (value: unknown): unknown =>
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
      const told = (await fetchContent(lines))
        .trimEnd()
        .split('\n')
        .map((line) =>
          Object.fromEntries(Object.entries(JSON.parse(line) as object).map(([name, value]) => [name, nested(value)])),
        );
      const plain = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
      expect(
        rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]))),
      ).toEqual(told);
      await cutInTwo(made);
      // One stream can't be two files.
      expect((await askContent(made)).status).toBe(400);
      const [first, second] = [
        await read(await askContent(made, '?part=1')),
        await read(await askContent(made, '?part=2')),
      ];
      expect([...first, ...second]).toEqual(rows);
    });

    it('D1: are made once under an Idempotency-Key, listed newest first by pages, and taken away', async () => {
      const body = { format: 'ndjson', from: today, to: today };
      // A key is of one token: another one may use the same.
      const key = { ...(await bearer('exports:write')), 'idempotency-key': 'export-once' };
      const first = await post(body, key);
      const made = (await first.json()) as Made;
      expect([first.status, first.headers.get('location')]).toEqual([201, `${BASE}/${made.id}`]);
      const again = await post(body, key);
      expect(await again.json()).toEqual(made);
      expect((await post({ ...body, format: 'csv' }, key)).status).toBe(409);
      const headers = await bearer('exports:read', 'exports:write');
      const page = async (query: string) =>
        (await (await edge.fetch(`${BASE}?limit=1${query}`, { headers })).json()) as {
          readonly exports: readonly Made[];
          readonly next: string;
        };
      const newest = await page('');
      expect(newest.exports).toEqual([made]);
      expect((await page(`&cursor=${newest.next}`)).exports[0]?.id).not.toBe(made.id);
      expect(await (await edge.fetch(`${BASE}/${made.id}`, { headers })).json()).toEqual(made);
      const remove = () => edge.fetch(`${BASE}/${made.id}`, { method: 'DELETE', headers });
      expect((await remove()).status).toBe(204);
      expect((await remove()).status).toBe(404);
    });

    it('P6: are made, fetched and taken away by exports:write alone, each in the audit log with who', async () => {
      const made = await make('ndjson');
      await fetchContent(made);
      const reader = await bearer('exports:read');
      expect((await edge.fetch(`${BASE}/${made.id}`, { headers: reader })).status).toBe(200);
      expect((await edge.fetch(`${BASE}/${made.id}/content`, { headers: reader })).status).toBe(403);
      expect((await edge.fetch(`${BASE}/${made.id}`, { method: 'DELETE', headers: reader })).status).toBe(403);
      const other = { authorization: `Bearer ${await edge.token(siteId('other'), ['exports:write'])}` };
      expect((await edge.fetch(`/v1/sites/other/exports/${made.id}/content`, { headers: other })).status).toBe(404);
      await edge.fetch(`${BASE}/${made.id}`, { method: 'DELETE', headers: await bearer('exports:write') });
      const entries = (await readAuditLog(edge.db))
        .map(({ open }) => JSON.parse(open?.text ?? '{}') as Readonly<Record<string, unknown>>)
        .filter((entry) => entry['export'] === made.id);
      expect(entries.map(({ kind }) => kind)).toEqual(['export_made', 'events_exported', 'export_removed']);
      for (const { by } of entries) expect(by).toMatch(/^[0-9a-f]{32}$/);
    });

    it.each([
      { why: 'a form there is none of', body: { format: 'xlsx', from: today, to: today } },
      { why: 'no days', body: { format: 'csv' } },
      { why: 'a day that is none', body: { format: 'csv', from: '2026-02-31', to: today } },
      { why: 'an end before its beginning', body: { format: 'csv', from: today, to: week } },
      { why: 'more days than a report has', body: { format: 'csv', from: '2020-01-01', to: today } },
    ])('refuse $why', async ({ body }) => {
      expect((await post(body)).status).toBe(400);
    });
  });
}
