// store/reports/reports.test.ts: reports are the same from the database, from the mirror and by counting in plain code.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SiteId } from '../../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../../contract/index.ts';
import type { EventRow } from '../accept.ts';
import { acceptJobs } from '../accept.ts';
import { mirrorReports } from '../mirror/reports.ts';
import { syncMirror } from '../mirror/sync.ts';
import { addSite } from '../sites.ts';
import type { TestDatabase } from '../testing.ts';
import { openTestDatabase } from '../testing.ts';
import { readCohorts, readFunnel, readPaths } from './journeys.ts';
import { readOverview } from './overview.ts';

const T0 = 20_500 * DAY_MS;
const WEEK = 7 * DAY_MS;
const RANGE = { from: T0, to: T0 + 3 * WEEK };
const SITE = 1;
const NAMES = ['page_view', 'view_item', 'add_to_cart', 'purchase'] as const;

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'hushtag-reports-'));
  await addSite(database.db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: T0 });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

interface Made {
  readonly visitor: number | undefined;
  readonly at: number;
  readonly name: (typeof NAMES)[number];
  readonly path: string;
  readonly order: number | undefined;
}
const madeArb: fc.Arbitrary<Made[]> = fc.array(
  fc.record({
    visitor: fc.option(fc.nat(6), { nil: undefined }),
    // Around the edges of the range, too.
    at: fc.oneof(
      fc.integer({ min: T0 - HOUR_MS, max: T0 + 3 * WEEK + HOUR_MS }),
      fc.integer({ min: T0, max: T0 + HOUR_MS }),
    ),
    name: fc.constantFrom(...NAMES),
    path: fc.constantFrom('/', '/a', "/it's"),
    order: fc.option(fc.nat(3), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 60 },
);

let made = 0;
const hex = (nth: number, digits: number): string => nth.toString(16).padStart(digits, '0');
const rowOf = ({ visitor, at, name, path, order }: Made): EventRow => ({
  id: hex(++made, 32),
  at,
  name,
  ...(visitor === undefined ? {} : { visitor: hex(visitor + 1, 24) }),
  linked: visitor !== undefined && visitor < 5 ? 1 : 0,
  purposes: 15,
  policyVersion: 1,
  path,
  currency: 'GBP',
  value: 100,
  ...(name === 'purchase' && order !== undefined ? { orderKey: hex(order + 1, 24) } : {}),
});

const inRange = (events: readonly Made[]): Made[] =>
  events.filter(({ at }) => at >= RANGE.from && at < RANGE.to).sort((a, b) => a.at - b.at);

/** Visitors by how far they got, by walking through each one's events. */
function funnelOf(events: readonly Made[], steps: readonly string[]): number[] {
  const reached = steps.map(() => 0);
  for (const visitor of new Set(events.flatMap((event) => event.visitor ?? []))) {
    const own = inRange(events).filter((event) => event.visitor === visitor);
    let at = Number.NEGATIVE_INFINITY;
    for (const [nth, step] of steps.entries()) {
      const isSame = step === steps[nth - 1];
      const next = own.find((event) => event.name === step && (isSame ? event.at > at : event.at >= at));
      if (next === undefined) break;
      at = next.at;
      reached[nth] = (reached[nth] ?? 0) + 1;
    }
  }
  return reached;
}

const reportsOf = async (db: TestDatabase['db']) => ({
  overview: await readOverview(db, SITE, RANGE, RANGE.to - DAY_MS),
  funnel: await readFunnel(db, SITE, RANGE, ['page_view', 'view_item', 'purchase']),
  twice: await readFunnel(db, SITE, RANGE, ['page_view', 'page_view', 'page_view']),
  cohorts: await readCohorts(db, SITE, RANGE.from, 3),
  paths: await readPaths(db, SITE, RANGE, 1),
});

describe('M1: a report', () => {
  it('is the same from SQLite, from the mirror, and from a mirror that lags behind', async () => {
    const { db } = database;
    await fc.assert(
      fc.asyncProperty(madeArb, fc.nat(60), async (events, mirrored) => {
        for (const table of ['events', 'mirror_parts', 'mirror_marks']) await db.client.execute(`DELETE FROM ${table}`);
        const write = (some: readonly Made[]) =>
          acceptJobs(db, [{ site: SITE, day: 20_500, rows: some.map(rowOf), ledger: [] }]);
        await write(events.slice(0, mirrored));
        await syncMirror(db, folder, SITE, () => Promise.resolve(true));
        await write(events.slice(mirrored));
        const plain = await reportsOf(db);
        const quick = await reportsOf({ ...db, reports: mirrorReports(db, folder) });
        expect(quick).toEqual(plain);
        expect(plain.funnel).toEqual(funnelOf(events, ['page_view', 'view_item', 'purchase']));
        expect(plain.twice).toEqual(funnelOf(events, ['page_view', 'page_view', 'page_view']));
        const seen = inRange(events);
        expect(plain.overview.days.reduce((sum, { views }) => sum + views, 0)).toBe(
          seen.filter(({ name }) => name === 'page_view').length,
        );
        const cohort = plain.cohorts.reduce((sum, { returned }) => sum + (returned[0] ?? 0), 0);
        expect(cohort).toBe(
          new Set(seen.flatMap(({ visitor }) => (visitor === undefined || visitor > 4 ? [] : visitor))).size,
        );
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});
