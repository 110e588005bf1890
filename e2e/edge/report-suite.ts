// e2e/edge/report-suite.ts: what marketers read of a site: reports over its events, numbers about people under P3.
import { beforeAll, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { DAY_MS } from '../../contract/index.ts';
import {
  funnelSchema,
  overviewSchema,
  pathsSchema,
  retentionSchema,
  trendSchema,
} from '../../edge/api/reports/openapi.ts';
import type { EventRow } from '../../store/index.ts';
import { acceptJobs, addSite } from '../../store/index.ts';
import { SHOP_ORIGIN, siteId } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const SITE = 'reports';
/** Long enough ago that its numbers are final. */
const DAY = Math.floor(Date.now() / DAY_MS) - 10;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const VISITORS = 400;
const FLOOR = 50;

let made = 0;
const hex = (nth: number, digits: number): string => nth.toString(16).padStart(digits, '0');
const row = (visitor: number, over: Partial<EventRow> = {}): EventRow => ({
  id: `5e${hex(++made, 30)}`,
  at: DAY * DAY_MS + visitor * 1_000,
  name: 'page_view',
  visitor: `aa${hex(visitor, 22)}`,
  linked: 1,
  purposes: 15,
  policyVersion: 1,
  path: '/shop',
  ...over,
});
/** 400 visitors looked; every second one at an item, every fourth bought it; on the day after, 20 came. */
const history = (): EventRow[] =>
  Array.from({ length: VISITORS }, (_, visitor) => {
    const at = DAY * DAY_MS + visitor * 1_000;
    const rows = [row(visitor), row(visitor, { at: at + 1, path: visitor % 2 === 0 ? '/item' : '/about' })];
    if (visitor % 2 === 0) rows.push(row(visitor, { at: at + 2, name: 'view_item' }));
    if (visitor % 4 === 0) {
      rows.push(
        row(visitor, {
          at: at + 3,
          name: 'purchase',
          currency: 'GBP',
          value: 1_234,
          orderKey: `bb${hex(visitor, 22)}`,
        }),
      );
    }
    if (visitor < 20) rows.push(row(visitor, { at: at + DAY_MS }));
    return rows;
  }).flat();

/** Runs these tests against an edge. */
export function reportSuite(edge: SuiteEdge): void {
  const read = async (path: string, scope: 'reports:read' | 'segments:read' = 'reports:read', headers = {}) =>
    edge.fetch(`/v1/sites/${SITE}/${path}`, {
      headers: { authorization: `Bearer ${await edge.token(siteId(SITE), [scope])}`, ...headers },
    });
  const write = async (rows: readonly EventRow[]): Promise<void> => {
    const site = await edge.siteRow(SITE);
    await acceptJobs(edge.db, [{ site, day: DAY, rows, ledger: [] }]);
  };
  const overview = async (from = DAY, to = DAY) => {
    const response = await read(`overview?from=${dateOf(from)}&to=${dateOf(to)}`);
    expect(response.status).toBe(200);
    return v.parse(overviewSchema, await response.json());
  };

  describe('P3: a report', () => {
    beforeAll(async () => {
      await addSite(edge.db, {
        id: siteId(SITE),
        origins: [SHOP_ORIGIN],
        policy: 'standard',
        floor: FLOOR,
        at: Date.now(),
      });
      await write(history());
    });

    it('shows a day’s visitors near the truth, in tens, and the same to everybody who asks', async () => {
      const first = await overview();
      expect(first.totals).toMatchObject({ views: 2 * VISITORS, currency: 'GBP' });
      const { visitors, orders, revenue } = first.totals;
      expect(Math.abs((visitors ?? 0) - VISITORS)).toBeLessThan(150);
      expect((visitors ?? 1) % 10).toBe(0);
      expect(Math.abs((orders ?? 0) - 100)).toBeLessThan(150);
      expect(revenue === null || revenue === 120_000).toBe(true);
      expect(first.pages[0]).toEqual({ path: '/shop', views: VISITORS });
      for (let again = 0; again < 3; again++) expect((await overview()).totals).toEqual(first.totals);
    });
    it('withholds a day below the floor, and adds nothing of it to a total', async () => {
      const both = await overview(DAY, DAY + 1);
      expect(both.series[1]).toMatchObject({
        views: 20,
        visitors: null,
        orders: null,
        revenue: null,
        withheld: 'below_floor',
      });
      expect(both.totals.visitors).toBe((await overview()).totals.visitors);
      expect(both.withheld).toBe(1);
      expect((await overview(DAY + 1, DAY + 1)).pages).toEqual([]);
    });
    const range = `from=${dateOf(DAY - 20)}&to=${dateOf(DAY + 1)}`;
    const parsed = async <T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<T> => {
      const response = await read(path);
      expect(response.status).toBe(200);
      return v.parse(schema, await response.json());
    };

    it('says how many got to each step, never more than to the step before, and asks its price once', async () => {
      const path = `funnels?${range}&steps=page_view,view_item,purchase`;
      const first = await parsed(path, funnelSchema);
      const counts = first.steps.map(({ visitors }) => visitors ?? 0);
      for (const [nth, truth] of [VISITORS, VISITORS / 2, VISITORS / 4].entries()) {
        expect(counts[nth] === 0 || Math.abs((counts[nth] ?? 0) - truth) < 300).toBe(true);
        expect(counts[nth]).toBeLessThanOrEqual(counts[nth - 1] ?? Number.POSITIVE_INFINITY);
      }
      const again = await parsed(path, funnelSchema);
      expect([again.steps, again.budget.left]).toEqual([first.steps, first.budget.left]);
      const none = await parsed(`funnels?${range}&steps=purchase,refund`, funnelSchema);
      expect(none.steps[1]).toEqual({ step: 'refund', visitors: null, share: null, withheld: 'below_floor' });
      expect(none.budget.left).toBe(first.budget.left - 1);
      const today = dateOf(Math.floor(Date.now() / DAY_MS));
      const open = await parsed(`funnels?from=${today}&to=${today}`, funnelSchema);
      expect(open.steps.every(({ withheld }) => withheld === 'day_open')).toBe(true);
    });
    it('says who came back week by week', async () => {
      const { cohorts, budget } = await parsed(
        `retention?from=${dateOf(DAY - 7)}&to=${dateOf(DAY + 6)}`,
        retentionSchema,
      );
      expect(cohorts.map(({ visitors }) => visitors === null)).toEqual([true, false]);
      expect(Math.abs((cohorts[1]?.visitors ?? 0) - VISITORS)).toBeLessThan(200);
      expect(budget.of).toBe(80);
    });
    it('says from which page visitors go to which', async () => {
      const { moves } = await parsed(`paths?${range}`, pathsSchema);
      expect(moves).toContainEqual({ from: '/shop', to: '/item', moves: VISITORS / 2 });
      expect(moves).toContainEqual({ from: null, to: '/shop', moves: VISITORS + 20 });
    });
    it('says of a trend that there are too few days', async () => {
      expect(await parsed(`trends?${range}`, trendSchema)).toMatchObject({ status: 'refused', reason: 'too_few_days' });
    });
    it('finds the odd day of a series and forecasts it', async () => {
      const rows = Array.from({ length: 42 }, (_, nth) =>
        Array.from({ length: nth === 30 ? 300 : 60 + (nth % 7) * 10 }, () =>
          row(1, { at: (DAY - 100 + nth) * DAY_MS + 5_000, visitor: undefined, linked: 0 }),
        ),
      ).flat();
      await write(rows);
      const trend = await parsed(`trends?from=${dateOf(DAY - 120)}&to=${dateOf(DAY - 59)}&metric=views`, trendSchema);
      expect(trend).toMatchObject({ status: 'ready', anomalies: [dateOf(DAY - 70)] });
    });
    it.each([
      { why: 'one step alone', query: 'funnels?steps=purchase' },
      { why: 'nine steps', query: `funnels?steps=${Array.from({ length: 9 }, () => 'page_view').join()}` },
      { why: 'a step that is no name', query: "funnels?steps=page_view,a'--" },
      { why: 'a trend of something else', query: 'trends?metric=people' },
    ])('refuses $why', async ({ query }) => {
      expect((await read(query)).status).toBe(400);
    });
    it('does not move the number of a day for each event that comes to it', async () => {
      const before = await overview();
      const seen = new Set<number | null>();
      for (let more = 0; more < 6; more++) {
        await write([row(VISITORS + more)]);
        const after = await overview();
        expect(after.totals.views - before.totals.views).toBeGreaterThanOrEqual(0);
        seen.add(after.totals.visitors);
      }
      expect(seen.size).toBeLessThanOrEqual(3);
    });
    it('has an ETag, and answers who has it already with 304', async () => {
      const path = `overview?from=${dateOf(DAY - 5)}&to=${dateOf(DAY - 4)}&compare=previous`;
      const first = await read(path);
      const etag = first.headers.get('etag') ?? '';
      expect((await read(path, 'reports:read', { 'if-none-match': etag })).status).toBe(304);
      expect((await read(path, 'segments:read')).status).toBe(403);
    });
    it.each([
      { why: 'days that do not exist', query: 'from=2026-02-30&to=2026-03-01' },
      { why: 'the end before the start', query: 'from=2026-03-02&to=2026-03-01' },
      { why: 'more than 400 days', query: 'from=2025-01-01&to=2026-02-05' },
      { why: 'another comparison', query: 'compare=year' },
    ])('refuses $why', async ({ query }) => {
      expect((await read(`overview?${query}`)).status).toBe(400);
    });
    it('takes 400 days', async () => {
      expect((await read('overview?from=2025-01-01&to=2026-02-04')).status).toBe(200);
    });
  });
}
