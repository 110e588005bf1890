// runtime/segment-relations.test.ts: what is told of a segment's members: near the truth, paid once, nothing of few (P3).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import type { SiteId } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { Edge } from '../edge/index.ts';
import { createEdge, issueToken, readTokenKeys } from '../edge/index.ts';
import type { EventRow } from '../store/index.ts';
import { acceptJobs, addSite } from '../store/index.ts';
import type { TestDatabase } from '../store/testing.ts';
import { openTestDatabase } from '../store/testing.ts';
import { alertsSchema } from '../edge/api/reports/alerts.ts';
import { historySchema } from '../edge/api/segments/relation-routes.ts';
import { testPort } from './testing.ts';

const VISITORS = 600;
const SITE = 'shop' as SiteId;
const DAY = Math.floor(Date.now() / DAY_MS) - 2;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const hex = (nth: number, digits: number): string => nth.toString(16).padStart(digits, '0');
const RULE = JSON.stringify({ version: 1, where: { event: 'purchase' } });

/** All look at the start page twice and at a page of their own once; every second one buys tea. */
const history = (): EventRow[] =>
  Array.from({ length: VISITORS }, (_, nth) => {
    const of = { visitor: `cc${hex(nth, 22)}`, linked: 1, purposes: 15, policyVersion: 1 } as const;
    const at = DAY * DAY_MS + nth * 1_000;
    const view = (step: number, path: string): EventRow => ({
      ...of,
      id: `6${step}${hex(nth, 30)}`,
      at: at + step,
      name: 'page_view',
      path,
    });
    const rows = [view(0, '/'), view(1, '/'), view(2, `/own/${nth}`)];
    if (nth % 2 === 0) {
      const sold = { name: 'purchase', currency: 'GBP', value: 1_000, items: '[{"id":"t1","name":"Tea"}]' };
      rows.push({ ...of, ...sold, id: `7b${hex(nth, 30)}`, at: at + 3, orderKey: `dd${hex(nth, 22)}` });
    }
    return rows;
  }).flat();

const budget = v.object({ left: v.number() });
const favouritesSchema = v.object({
  status: v.literal('ready'),
  pages: v.array(v.object({ word: v.string(), visitors: v.number() })),
  items: v.array(v.object({ word: v.string(), visitors: v.number() })),
  budget,
});
const overlapSchema = v.object({
  overlaps: v.array(v.object({ id: v.string(), visitors: v.nullable(v.number()), withheld: v.nullable(v.string()) })),
  budget,
});
const totalsSchema = v.object({
  status: v.literal('ready'),
  totals: v.looseObject({
    visitors: v.nullable(v.number()),
    orders: v.nullable(v.number()),
    revenue: v.nullable(v.number()),
  }),
  budget,
});

describe('P3: what is told of a segment’s members', () => {
  let database: TestDatabase;
  let edge: Edge;
  const ask = async (path: string): Promise<Response> => {
    const port = testPort(database.db);
    const token = await issueToken(await readTokenKeys(port), {
      site: SITE,
      scopes: ['segments:read', 'reports:read'],
      now: port.now(),
      lifeSeconds: 600,
      id: port.randomBytes(16),
    });
    const headers = { authorization: `Bearer ${token}` };
    return edge.fetch(new Request(`http://edge.test/v1/sites/${SITE}/segments/${path}`, { headers }));
  };
  const read = async <T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<T> => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    return v.parse(schema, await response.json());
  };
  const near = (value: number | null | undefined, truth: number): void => {
    expect(Math.abs((value ?? 0) - truth)).toBeLessThan(200);
    expect((value ?? 1) % 10).toBe(0);
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    const { db } = database;
    edge = createEdge(testPort(db));
    await addSite(db, { id: SITE, origins: ['https://shop.example'], policy: 'standard', floor: 50, at: Date.now() });
    await acceptJobs(db, [{ site: 1, day: DAY, rows: history(), ledger: [] }]);
    const rule = `INSERT INTO rule_segments (site_id, id, name, rule, version, created_at, updated_at) VALUES (1, ?, ?, ?, 1, 1, 1)`;
    const published = (id: string, visitors: number, version: number) =>
      JSON.stringify({
        status: 'published',
        id,
        kind: 'cluster',
        version,
        at: version,
        label: id,
        description: '',
        visitors,
        traits: [],
      });
    await db.client.batch(
      [
        { sql: rule, args: ['all', 'All', RULE] },
        { sql: rule, args: ['buyers', 'Buyers', RULE] },
        { sql: rule, args: ['few', 'Few', RULE] },
        `INSERT INTO memberships (site_id, segment_id, visitor) SELECT 1, 'all', id FROM visitors`,
        `INSERT INTO memberships (site_id, segment_id, visitor) SELECT 1, 'buyers', visitor FROM events WHERE order_key IS NOT NULL`,
        `INSERT INTO memberships (site_id, segment_id, visitor) SELECT 1, 'few', id FROM visitors LIMIT 9`,
        `INSERT INTO memberships (site_id, segment_id, visitor) SELECT 1, 'cluster-' || (1 + id % 2), id FROM visitors`,
        `INSERT INTO releases (site_id, version, at) VALUES (1, 2, 2)`,
        ...[1, 2].flatMap((version) =>
          [1, 2].map((nth) => ({
            sql: 'INSERT INTO segments (site_id, version, id, published) VALUES (1, ?, ?, ?)',
            args: [version, `cluster-${nth}`, published(`cluster-${nth}`, 300 + 10 * version, version)],
          })),
        ),
      ],
      'write',
    );
  });
  afterAll(() => database.close());

  it('counts each visitor at one page and one item, and names none that few look at most', async () => {
    const { pages, items } = await read('buyers/favourites', favouritesSchema);
    expect(pages.map(({ word }) => word)).toEqual(['/']);
    expect(items.map(({ word }) => word)).toEqual(['Tea']);
    near(pages[0]?.visitors, VISITORS / 2);
    near(items[0]?.visitors, VISITORS / 2);
  });

  it('says how many are in another segment as well, the same from both sides, and asks its price once', async () => {
    const first = await read('buyers/overlap', overlapSchema);
    const of = (id: string, told: v.InferOutput<typeof overlapSchema>) => told.overlaps.find((one) => one.id === id);
    near(of('all', first)?.visitors, VISITORS / 2);
    expect(of('few', first)).toEqual({ id: 'few', visitors: null, withheld: 'below_floor' });
    const other = await read('all/overlap', overlapSchema);
    expect(of('buyers', other)?.visitors).toBe(of('all', first)?.visitors);
    expect((await read('buyers/overlap', overlapSchema)).overlaps).toEqual(first.overlaps);
    // Clusters were held against all three rules by now.
    const before = (await read('all/overlap', overlapSchema)).budget.left;
    await read('few/overlap', overlapSchema);
    const spent = (await read('few/overlap', overlapSchema)).budget.left;
    const cluster = await read('cluster-1/overlap', overlapSchema);
    expect([cluster.budget.left, before - spent]).toEqual([spent, 1]);
    near(of('all', cluster)?.visitors, VISITORS / 2);
  });

  it('says how a segment did in some days, and nothing of one that is too small', async () => {
    const range = `from=${dateOf(DAY)}&to=${dateOf(DAY)}`;
    const { totals, budget: after } = await read(`buyers/totals?${range}`, totalsSchema);
    near(totals.visitors, VISITORS / 2);
    near(totals.orders, VISITORS / 2);
    expect(totals.revenue).toBe(300_000);
    expect((await read(`buyers/totals?${range}`, totalsSchema)).budget.left).toBe(after.left);
    const few = await read(`few/totals?${range}`, totalsSchema);
    expect([few.totals.visitors, few.totals.orders, few.totals.revenue]).toEqual([null, null, null]);
  });

  it('tells the sizes of each release that is kept, and has a page for rule segments too', async () => {
    const sizes = v.object({ sizes: v.array(v.object({ version: v.number(), visitors: v.nullable(v.number()) })) });
    expect((await read('cluster-1/history', v.looseObject(sizes.entries))).sizes).toMatchObject([
      { version: 1, visitors: 310 },
      { version: 2, visitors: 320 },
    ]);
    expect((await read('buyers/history', v.looseObject(sizes.entries))).sizes).toEqual([]);
    const past = [400, 410, 390, 400].map((size, week) => ({ version: 1, at: week * 7 * DAY_MS, size }));
    const published = JSON.stringify({ version: 1, size: 900, withheld: null, madeAt: 28 * DAY_MS, past });
    await database.db.client.execute({
      sql: "INSERT INTO insights (site_id, kind, key, at, published) VALUES (1, 'segment_size', 'buyers', 5, ?)",
      args: [published],
    });
    const history = await read('buyers/history', historySchema);
    expect(history.sizes.map(({ visitors }) => visitors)).toEqual([400, 410, 390, 400, 900]);
    expect(history.trend).toMatchObject({ status: 'ready', alert: 'above' });
    const alerts = v.parse(alertsSchema, await (await ask('../alerts')).json());
    expect(alerts.alerts).toMatchObject([
      { kind: 'segment_size', segment: 'buyers', visitors: 900, direction: 'above' },
    ]);
    expect((await ask('buyers')).status).toBe(200);
    for (const what of ['', '/history', '/favourites', '/overlap', '/totals']) {
      expect((await ask(`nobody${what}`)).status).toBe(404);
    }
  });
});
