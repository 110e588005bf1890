// e2e/node/export.test.ts: exports of a server that goes on: one moment's events, in every format, to a folder and to S3.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../contract/index.ts';
import { projectFolder } from '../../runtime/index.ts';
import { exportEvents, sendToS3 } from '../../runtime/index.ts';
import type { ExportManifest } from '../../runtime/index.ts';
import type { ExportFormat, Site } from '../../store/index.ts';
import { addSite, EXPORT_COLUMNS, findSite, readAuditLog } from '../../store/index.ts';
import type { EdgeUnderTest } from '../support/edge-under-test.ts';
import { collect, SHOP_ORIGIN, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { startNodeEdge } from '../support/node-edge.ts';
import type { S3Server } from '../support/s3-server.ts';
import { startS3 } from '../support/s3-server.ts';

const VISITOR = '1795525000000-1840291-77120-99120481-5512';
const OBJECTOR = '1795525000000-1840291-77120-99120481-5513';
const ADDRESS = '198.51.100.77';
const EMAIL = 'marked.person@mail.example';
const EVERYTHING = { from: 0, to: 8_640_000_000_000_000 };
const SECRET = 'wJalrXUtnFEMI';

describe('exports', () => {
  let edge: EdgeUnderTest & { readonly folder: string };
  let site: Site;
  let s3: S3Server;
  const purchase = wireEvent({
    n: 'purchase',
    u: `${SHOP_ORIGIN}/thanks?mail=${EMAIL}`,
    h: '=cmd|calc',
    p: {
      currency: 'EUR',
      value: 12.5,
      transaction_id: 'order-4711-marked',
      items: [{ item_id: 'A1', item_name: 'Teapot', price: 12.5 }],
    },
  });

  const written = async (
    format: ExportFormat,
    name: string,
    window = EVERYTHING,
  ): Promise<{ folder: string; manifest: ExportManifest }> => {
    const folder = join(edge.folder, 'exports', name);
    await mkdir(join(edge.folder, 'exports'), { recursive: true });
    return { folder, manifest: await exportEvents(edge.db, site, { format, folder, ...window, madeAt: Date.now() }) };
  };
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const instance = await DuckDBInstance.create(':memory:');
    const duck = await instance.connect();
    const rows = (await duck.runAndReadAll(sql)).getRowObjectsJson();
    duck.closeSync();
    instance.closeSync();
    return rows;
  };
  /** Rows of an export as texts, by id. */
  const rowsOf = async (format: ExportFormat, folder: string): Promise<Map<string, Record<string, unknown>>> => {
    const texts = async (): Promise<string[]> => {
      const names = (await readdir(folder)).filter((name) => name.startsWith('events-')).sort();
      return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    };
    const rows: Record<string, unknown>[] =
      format === 'parquet'
        ? await query(`SELECT * FROM read_parquet('${folder}/**/*.parquet')`)
        : format === 'csv'
          ? (await texts()).flatMap((text) => parse<Record<string, unknown>>(text, { columns: true }))
          : (await texts()).flatMap((text) =>
              text
                .trim()
                .split('\n')
                .map((line) => JSON.parse(line) as Record<string, unknown>),
            );
    return new Map(rows.map((row) => [String(row['id']), row]));
  };

  beforeAll(async () => {
    edge = await startNodeEdge();
    s3 = await startS3(SECRET);
    await addSite(edge.db, {
      id: siteId('shop'),
      origins: [SHOP_ORIGIN],
      policy: 'standard',
      floor: 50,
      at: Date.now(),
    });
    await addSite(edge.db, {
      id: siteId('other'),
      origins: [SHOP_ORIGIN],
      policy: 'standard',
      floor: 50,
      at: Date.now(),
    });
    const found = await findSite(edge.db, siteId('shop'));
    if (found === undefined) throw new Error('the site is there');
    site = found;
    const from = { 'x-forwarded-for': ADDRESS };
    await collect(
      edge,
      wireBatch({ c: ['g', 15, 1], i: VISITOR, e: [purchase, wireEvent({ t: Date.now() - 3_600_000 })] }),
      from,
    );
    await collect(edge, wireBatch({ c: ['g', 15, 1], i: OBJECTOR, e: [wireEvent({ n: 'of_who_objected' })] }), from);
    await collect(edge, wireBatch({ s: 'other', e: [wireEvent({ n: 'of_another_site' })] }), from);
    await edge.db.client.execute(
      `UPDATE visitors SET objected_at = 1 WHERE id = (SELECT visitor FROM events AS e JOIN strings AS n ON n.id = e.name WHERE n.value = 'of_who_objected')`,
    );
  });
  afterAll(async () => {
    s3.close();
    await edge.close();
  });

  it.each(['parquet', 'ndjson', 'csv'] as const)(
    '%s holds every event of the site once, with all columns',
    async (format) => {
      const { folder, manifest } = await written(format, format);
      expect(manifest).toMatchObject({ format, site: 'shop', events: 3 });
      const rows = await rowsOf(format, folder);
      expect(rows.size).toBe(3);
      for (const row of rows.values())
        expect(Object.keys(row)).toEqual(expect.arrayContaining(EXPORT_COLUMNS.map(({ name }) => name)));
      const bought = [...rows.values()].find((row) => row['name'] === 'purchase');
      const plain = (value: unknown): unknown =>
        typeof value === 'string' && value.startsWith('[') ? JSON.parse(value) : value;
      expect({
        value: Number(bought?.['value']),
        currency: bought?.['currency'],
        path: bought?.['path'],
        items: plain(bought?.['items']),
      }).toEqual({
        value: 1_250,
        currency: 'EUR',
        path: '/thanks',
        items: [expect.objectContaining({ id: 'A1', price: 1_250 })],
      });
      expect(bought?.['title']).toBe(format === 'csv' ? "'=cmd|calc" : '=cmd|calc');
      expect(String(bought?.['visitor'])).toMatch(/^[0-9a-f]{24}$/);
      const objected = [...rows.values()].find((row) => row['name'] === 'of_who_objected');
      expect(objected?.['visitor'] || null).toBeNull();
    },
  );

  it('Parquet lies by site and day, as DuckDB, Spark and pandas read partitions', async () => {
    const { manifest } = await written('parquet', 'partitions');
    const day = new Date().toISOString().slice(0, 10);
    expect(manifest.files.map(({ path }) => path)).toContain(`site=shop/day=${day}/part-00001.parquet`);
  });

  it('P1: no address, e-mail, order id or first-party id is in any byte of it', async () => {
    for (const format of ['ndjson', 'csv', 'parquet'] as const) {
      const { folder, manifest } = await written(format, `marked-${format}`);
      for (const { path } of manifest.files) {
        const bytes = await readFile(join(folder, path));
        const text = bytes.toString('latin1');
        for (const marker of [ADDRESS, EMAIL, 'order-4711-marked', VISITOR, 'Firefox/140'])
          expect({ path, marker, found: text.includes(marker) }).toEqual({ path, marker, found: false });
      }
    }
    // Parquet packs its texts; its rows are looked at too.
    const rows = await query(
      `SELECT * FROM read_parquet('${join(edge.folder, 'exports', 'marked-parquet')}/**/*.parquet')`,
    );
    expect(JSON.stringify(rows)).not.toContain(EMAIL);
  });

  it('ends with the moment it began, while events go on coming', async () => {
    const state = { sending: true };
    let sent = 0;
    const writing = (async () => {
      while (state.sending) {
        await collect(edge, wireBatch({ s: 'other', e: [wireEvent()] }), {
          'x-forwarded-for': `192.0.2.${sent % 200}`,
        });
        await collect(edge, wireBatch({ e: [wireEvent({ n: 'meanwhile' })] }), {
          'x-forwarded-for': `192.0.2.${sent % 200}`,
        });
        sent += 1;
      }
    })();
    const counts = [];
    for (const nth of [1, 2, 3, 4, 5]) counts.push((await written('ndjson', `live-${nth}`)).manifest.events);
    state.sending = false;
    await writing;
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    const { manifest } = await written('ndjson', 'after');
    const { rows } = await edge.db.client.execute(`SELECT count(*) AS n FROM events WHERE site_id = ${site.row}`);
    expect(manifest.events).toBe(rows[0]?.['n']);
  });

  it.each([
    { why: 'before', from: 0, to: Date.now() - 2 * DAY_MS, events: 0 },
    { why: 'after', from: Date.now() + 2 * DAY_MS, to: EVERYTHING.to, events: 0 },
  ])('holds what lies in its days: nothing $why', async ({ why, from, to, events }) => {
    for (const format of ['parquet', 'csv'] as const)
      expect((await written(format, `${why}-${format}`, { from, to })).manifest).toMatchObject({ events, files: [] });
  });

  it('is never mixed into what is there, and is in the audit log', async () => {
    const folder = join(edge.folder, 'exports', 'taken');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'mine'), '');
    await expect(
      exportEvents(edge.db, site, { format: 'csv', folder, ...EVERYTHING, madeAt: 1 }),
    ).rejects.toMatchObject({
      code: 'export_folder',
    });
    expect(await readdir(folder)).toEqual(['mine']);
    const log = (await readAuditLog(edge.db)).map(({ open }) => open?.text ?? '').join('\n');
    expect(log).toContain('events_exported');
  });

  const target = (secretAccessKey = SECRET) => ({
    endpoint: new URL(s3.endpoint),
    region: 'eu-central-1',
    bucket: 'lake',
    prefix: 'hush tag/+ü/',
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey,
  });

  it('goes to S3 by signed requests, through answers of 503, the manifest last', async () => {
    const { folder, manifest } = await written('parquet', 's3');
    s3.failNext(2);
    await sendToS3(folder, manifest.files, target());
    expect(s3.taken.at(-1)).toBe('lake/hush tag/+ü/export.json');
    for (const { path } of manifest.files)
      expect(s3.objects.get(`lake/hush tag/+ü/${path}`)).toEqual(await readFile(join(folder, path)));
  });

  it('says what the storage answered where it refuses', async () => {
    const { folder, manifest } = await written('csv', 's3-refused');
    await expect(sendToS3(folder, manifest.files, target('wrong'))).rejects.toThrow(/403.*SignatureDoesNotMatch/);
  });

  it('the queries of docs/export.md run on it as printed', async () => {
    const page = await readFile(join(projectFolder(), 'docs', 'export.md'), 'utf8');
    const { folder } = await written('parquet', 'documented');
    const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) => sql);
    expect(queries.length).toBeGreaterThan(1);
    for (const sql of queries) expect((await query(sql.replaceAll('export/', `${folder}/`))).length).toBeGreaterThan(0);
    const listed = [...page.matchAll(/^\| `([a-z_]+)` \| ([A-Z]+) \|/gm)].map(([, name, type]) => ({ name, type }));
    expect(listed).toEqual(
      EXPORT_COLUMNS.map(({ name, type }) => ({ name, type: type === 'JSON' ? 'VARCHAR' : type })),
    );
  });
});
