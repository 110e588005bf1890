// e2e/edge/import-suite.ts: history as a stream: once, by line, under back-pressure of the database (D1, D2).
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { collect, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

/** Runs these tests against an edge. */
export function importSuite(edge: SuiteEdge): void {
  const { ask, counted, siteRow } = edge;
  const send = async (
    body: string | Uint8Array,
    query = '',
    scope: 'import' | 'ingest' = 'import',
  ): Promise<Response> =>
    edge.fetch(`/v1/import${query}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      headers: {
        authorization: `Bearer ${await edge.token(siteId('exempt'), [scope])}`,
        ...(typeof body === 'string' ? {} : { 'content-encoding': 'gzip' }),
      },
    });
  const lineOf = (nth: number, over: object = {}): string =>
    JSON.stringify({ name: 'imported', time: Date.UTC(2015, 0, 1) + nth * 60_000, ...over });
  const rows = async (): Promise<number> =>
    Number((await ask('SELECT count(*) AS n FROM events WHERE site_id = ?', await siteRow('exempt')))[0]?.['n']);

  describe('D1: imports', () => {
    it('are written line by line in chunks, and once, with and without ids', async () => {
      const row = await siteRow('exempt');
      const before = await rows();
      const lines = Array.from({ length: 620 }, (_, nth) => lineOf(nth, nth % 2 === 0 ? { id: `order-${nth}` } : {}));
      const answer = (await (await send(`${lines.join('\n')}\n`)).json()) as object;
      expect(answer).toEqual({ lines: 620, nextLine: 621, accepted: 620, refused: {} });
      await until(rows, (seen) => seen === before + 620);
      const duplicates = await counted(row, 'duplicate');
      expect((await send(gzipSync(lines.join('\r\n')))).status).toBe(200);
      await until(
        () => counted(row, 'duplicate'),
        (seen) => seen === duplicates + 620,
      );
      expect(await rows()).toBe(before + 620);
    });

    it('D2: put bad lines aside with their number, once, and keep the others', async () => {
      const row = await siteRow('exempt');
      const letters = async () =>
        ask(`SELECT line, reason, pointer FROM dead_letters WHERE site_id = ? AND via = 'import' ORDER BY line`, row);
      const body = [
        lineOf(1_000),
        '{',
        '',
        lineOf(1_001, { name: 'No' }),
        lineOf(1_002, { extra: 1 }),
        lineOf(1_003),
      ].join('\n');
      const answer = (await (await send(body, '?line=11')).json()) as object;
      const refused = { malformed_event: 1, 'malformed_event at /name': 1, 'malformed_event at /*': 1 };
      expect(answer).toEqual({ lines: 5, nextLine: 17, accepted: 2, refused });
      const seen = await until(letters, (found) => found.length === 3);
      expect(seen.map(({ line }) => line)).toEqual([12, 14, 15]);
      await send(body, '?line=11');
      expect(await letters()).toHaveLength(3);
    });

    it('D1: are remembered with what they came to; a dry run keeps nothing; bad lines go aside', async () => {
      const id = siteId('exempt');
      const headers = { authorization: `Bearer ${await edge.token(id, ['imports:read', 'imports:write'])}` };
      const at = '/v1/sites/exempt/imports';
      const post = (body: string, query = ''): Promise<Response> =>
        edge.fetch(`${at}${query}`, { method: 'POST', body, headers });
      const body = [lineOf(5_000), '{', lineOf(5_001)].join('\n');
      const before = await rows();
      const tried = (await (await post(body, '?dryRun=true')).json()) as Readonly<Record<string, unknown>>;
      expect(tried).toMatchObject({ dryRun: true, status: 'done', lines: 3, accepted: 2 });
      const kept = await post(body);
      const made = (await kept.json()) as Readonly<Record<string, unknown>>;
      expect([kept.status, kept.headers.get('location')]).toEqual([201, `${at}/${String(made['id'])}`]);
      expect(made).toMatchObject({ format: 'ndjson', accepted: 2, nextLine: 4, refused: { malformed_event: 1 } });
      await until(rows, (seen) => seen === before + 2);
      const list = (await (await edge.fetch(`${at}?limit=1`, { headers })).json()) as {
        readonly imports: readonly unknown[];
        readonly next: string;
      };
      expect(list.imports).toEqual([made]);
      const rest = await edge.fetch(`${at}?cursor=${list.next}`, { headers });
      expect(await rest.json()).toMatchObject({ imports: [tried], next: null });
      expect(await (await edge.fetch(`${at}/${String(made['id'])}`, { headers })).json()).toEqual(made);
      expect((await edge.fetch(`${at}/none`, { headers })).status).toBe(404);
      expect((await post(body, '?line=0')).status).toBe(400);
      const reader = { authorization: `Bearer ${await edge.token(id, ['imports:read'])}` };
      expect((await edge.fetch(at, { method: 'POST', body, headers: reader })).status).toBe(403);
    });

    it('D1: are rows of a CSV by a mapping, where the platform reads CSV; a broken row stops it at its line', async () => {
      const mapping = encodeURIComponent(
        JSON.stringify({
          columns: { Order: 'id', Created: 'time', Note: 'params.note' },
          constants: { name: 'imported' },
        }),
      );
      const rowOf = (nth: number): string => `csv-${nth},${Date.UTC(2015, 0, 1) + nth * 60_000},"a, ""b""\nc"`;
      const csv = `\ufeffOrder,Created,Note\n${[7_000, 7_001, 7_002].map(rowOf).join('\n')}\n`;
      const before = await rows();
      const sent = await send(csv, `?mapping=${mapping}`);
      if (sent.status === 501) {
        expect(await sent.json()).toMatchObject({ type: 'urn:hushtag:problem:not_here' });
        return;
      }
      expect(await sent.json()).toEqual({ lines: 3, nextLine: 5, accepted: 3, refused: {} });
      await until(rows, (seen) => seen === before + 3);
      const again = await send(`${csv}${rowOf(7_003)}\n`, `?mapping=${mapping}&line=5`);
      expect(await again.json()).toEqual({ lines: 1, nextLine: 6, accepted: 1, refused: {} });
      const broken = await send(`${csv}"never closed`, `?mapping=${mapping}`);
      expect([broken.status, broken.headers.get('hushtag-next-line')]).toEqual([400, '1']);
      expect((await send(csv, '?mapping={}')).status).toBe(400);
    });

    it('C1: are under the consent that line or request states', async () => {
      const person = { first_party_id: 'SW1wb3J0Rmlyc3RQYXJ0eUlk' };
      const body = [lineOf(2_000, person), lineOf(2_001, { ...person, consent: { state: 'unasked' } })].join('\n');
      expect((await send(body, '?consent=measure')).status).toBe(200);
      const seen = await until(
        async () =>
          ask(
            'SELECT purposes FROM events WHERE site_id = ? AND at >= ? AND at < ?',
            await siteRow('exempt'),
            Date.UTC(2015, 0, 1) + 2_000 * 60_000,
            Date.UTC(2015, 0, 1) + 2_002 * 60_000,
          ),
        (found) => found.length === 2,
      );
      expect(seen.map(({ purposes }) => purposes).sort()).toEqual([0, 1]);
    });

    it('C1: withdraw where a line refuses after the visitor agreed, and not where they agreed again since', async () => {
      const person = { first_party_id: 'SW1wb3J0V2l0aGRyYXduMQ' };
      const agreedAt = Date.now() - 60_000;
      const agreed = wireEvent();
      const { first_party_id: i } = person;
      await collect(edge, wireBatch({ s: 'exempt', c: ['g', 3, 1, agreedAt], i, e: [agreed] }));
      const visitor = Number((await edge.stored(agreed.i))['visitor']);
      const waiting = (): Promise<unknown[]> => ask('SELECT purposes FROM withdrawals WHERE visitor = ?', visitor);
      const refusedAt = (time: number): string => lineOf(0, { ...person, time, consent: { state: 'refused' } });
      await until(
        () => ask('SELECT 1 FROM receipts WHERE visitor = ?', visitor),
        (receipts) => receipts.length === 1,
      );
      expect((await send(refusedAt(agreedAt - 1))).status).toBe(200);
      expect(await waiting()).toEqual([]);
      expect((await send(refusedAt(agreedAt + 1))).status).toBe(200);
      expect(await waiting()).toHaveLength(1);
    });

    it.each([
      { why: 'a line that is no number', query: '?line=x', status: 400 },
      { why: 'a purpose there is none of', query: '?consent=sell', status: 400 },
      { why: 'an unknown parameter', query: '?from=1', status: 400 },
    ])('refuse $why with $status', async ({ query, status }) => {
      expect((await send(lineOf(1), query)).status).toBe(status);
    });

    it('say how far they came where the packing breaks', async () => {
      const whole = gzipSync(
        Array.from({ length: 5_000 }, (_, nth) => lineOf(9_000 + nth, { x: Math.random() })).join('\n'),
      );
      const response = await send(whole.subarray(0, whole.length - 100));
      expect(response.status).toBe(400);
      expect(Number(response.headers.get('hushtag-next-line'))).toBeGreaterThanOrEqual(1);
    });

    it('P6: need a token with their scope', async () => {
      expect((await edge.fetch('/v1/import', { method: 'POST', body: '' })).status).toBe(401);
      expect((await send(lineOf(1), '', 'ingest')).status).toBe(403);
    });
  });
}
