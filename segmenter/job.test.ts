import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { Db } from '../store/index.ts';
import { currentRelease, releasedModel, releasedSegments } from '../store/index.ts';
import type { RunSummary, SegmenterInput } from './job.ts';
import { LEASE_MS, runSegmenter } from './job.ts';
import type { TestStore } from './testing.ts';
import { aRow, aRun, insertRows, killedAfter, openTestStore, SHOP, shopRows, T0, visitorKey } from './testing.ts';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

async function run(input: SegmenterInput): Promise<RunSummary> {
  const result = await runSegmenter(input);
  if (!result.ok) throw new Error(`the run was refused: ${result.error}`);
  return result.value;
}

/** Everything the segmenter has written but its leases, as one text. */
async function written(db: Db): Promise<string> {
  const tables = ['profiles', 'watermarks', 'models', 'segments', 'memberships', 'releases'];
  const results = await db.client.batch(tables.map((table) => `SELECT * FROM ${table} ORDER BY 1, 2, 3`));
  return JSON.stringify(results.map(({ rows }) => rows));
}
/** What the API answers with. */
async function released(db: Db): Promise<unknown> {
  const release = await currentRelease(db, SHOP.row);
  if (release === undefined) return undefined;
  const segments = await releasedSegments(db, SHOP.row, release.version);
  return { release, model: await releasedModel(db, SHOP.row, release.version), segments };
}

describe('a run', () => {
  it('turns events into published segments that the API can read', async () => {
    await insertRows(store.db, shopRows(300));
    const stages: string[] = [];
    const summary = await run(
      aRun(store.db, { onProgress: (stage, done, total) => stages.push(`${stage} ${done}/${total}`) }),
    );
    expect(summary).toMatchObject({
      outcome: 'released',
      version: 1,
      profiles: 300,
      clusters: 3,
      publishedSegments: 3,
    });
    const api = await released(store.db);
    expect(api).toMatchObject({ release: { version: 1 }, model: JSON.stringify(summary.model) });
    expect(api).toMatchObject({ segments: summary.segments.map((segment) => JSON.stringify(segment)) });
    expect(stages.at(-1)).toBe('publish 1/1');
  });

  it('says that nothing changed, and runs again on the next day or with new events', async () => {
    await insertRows(store.db, shopRows(150));
    const first = await run(aRun(store.db));
    const again = await run(aRun(store.db, { holder: 'run-2' }));
    expect(again).toMatchObject({ outcome: 'unchanged', version: 1, eventsRead: 0, segments: first.segments });
    const tomorrow = (aRun(store.db).now + DAY_MS) as EpochMs;
    expect(await run(aRun(store.db, { now: tomorrow }))).toMatchObject({ outcome: 'released', version: 2 });
    await insertRows(store.db, [aRow({ visitor: visitorKey(1) })]);
    expect(await run(aRun(store.db, { now: tomorrow }))).toMatchObject({ version: 3, eventsRead: 1, eventsFolded: 1 });
  });

  it('publishes no segments, and why, where visitors are too few', async () => {
    await insertRows(store.db, shopRows(10));
    const summary = await run(aRun(store.db));
    expect(summary.model).toMatchObject({ status: 'no_segments', reason: 'not_enough_visitors' });
    expect(await released(store.db)).toMatchObject({ release: { version: 1 }, segments: [] });
  });

  it('publishes the same for a site without any event', async () => {
    expect((await run(aRun(store.db))).model).toMatchObject({ status: 'no_segments', reason: 'not_enough_visitors' });
  });
});

describe('C1: only linked visitors who agreed to profile are profiled', () => {
  it.each([
    { why: 'a linked visitor who agreed', row: {}, profiles: 1 },
    { why: 'a key that dies with the day', row: { linked: 0 }, profiles: 0 },
    { why: 'consent to measure alone', row: { purposes: 1 }, profiles: 0 },
  ] as const)('$why: $profiles profile', async ({ row, profiles }) => {
    await insertRows(store.db, [aRow(row)]);
    expect(await run(aRun(store.db))).toMatchObject({ eventsRead: 1, eventsFolded: profiles, profiles });
  });

  it('an event without a visitor is read and not folded', async () => {
    const { visitor: _visitor, ...row } = aRow({ linked: 0, purposes: 0 });
    await insertRows(store.db, [row]);
    expect(await run(aRun(store.db))).toMatchObject({ eventsRead: 1, eventsFolded: 0, profiles: 0 });
  });
});

describe('P7: a site’s run sees its own events alone', () => {
  it('and leaves the other site as it was', async () => {
    await insertRows(store.db, shopRows(12));
    await insertRows(store.db, [aRow({ visitor: visitorKey(77) })], 2);
    expect(await run(aRun(store.db))).toMatchObject({ profiles: 12 });
    const other = { ...SHOP, row: 2 };
    expect(await run(aRun(store.db, { site: other }))).toMatchObject({ eventsRead: 1, profiles: 1 });
    expect(await currentRelease(store.db, 2)).toMatchObject({ version: 1 });
  });
});

describe('M1: how often the fold runs makes no difference', () => {
  it('day by day gives the profiles of one run over everything', async () => {
    const rows = shopRows(60);
    const whole = await openTestStore();
    await insertRows(whole.db, rows);
    await run(aRun(whole.db));
    for (let from = 0; from < rows.length; from += 100) {
      await insertRows(store.db, rows.slice(from, from + 100));
      await run(aRun(store.db));
    }
    const profiles = 'SELECT * FROM profiles ORDER BY visitor';
    const [parts, once] = [await store.db.client.execute(profiles), await whole.db.client.execute(profiles)];
    expect(parts.rows).toEqual(once.rows);
    await whole.close();
  });

  it('profiles of another version of the state are folded again', async () => {
    await insertRows(store.db, shopRows(60));
    await run(aRun(store.db));
    const before = await store.db.client.execute('SELECT * FROM profiles ORDER BY visitor');
    await store.db.client.execute('UPDATE watermarks SET state_version = 0');
    await store.db.client.execute(`UPDATE profiles SET state = '{"version":0}'`);
    await run(aRun(store.db));
    expect((await store.db.client.execute('SELECT * FROM profiles ORDER BY visitor')).rows).toEqual(before.rows);
  });
});

describe('a run is all or nothing, and never runs twice at once', () => {
  it('killed at any call, shows the last release or the finished new one; the next run ends as if nothing had happened', async () => {
    // More than two slices, so that kills fall between them.
    const rows = shopRows(1_200);
    const tomorrow = (aRun(store.db).now + DAY_MS) as EpochMs;
    const untouched = await openTestStore();
    for (const { db } of [store, untouched]) {
      await insertRows(db, rows.slice(0, 2_000));
      await run(aRun(db));
      await insertRows(db, rows.slice(2_000));
    }
    await run(aRun(untouched.db, { now: tomorrow }));
    const [before, after] = [await released(store.db), await released(untouched.db)];

    let calls = 0;
    while ((await currentRelease(store.db, SHOP.row))?.version === 1) {
      // Each dead run's lease has ended when the next one starts.
      const at = tomorrow + calls * (LEASE_MS + 1);
      const killed = killedAfter(store.db, calls);
      await expect(
        runSegmenter(aRun(killed, { now: tomorrow, holder: `run ${calls}`, clock: () => at })),
      ).rejects.toThrow();
      expect([before, after]).toContainEqual(await released(store.db));
      calls += 1;
    }
    expect(calls).toBeGreaterThan(10);
    expect(await written(store.db)).toBe(await written(untouched.db));
    await untouched.close();
  });

  it.each([
    { why: 'a millisecond before its lease ends', after: LEASE_MS - 1, ok: false },
    { why: 'when its lease ends', after: LEASE_MS, ok: true },
  ])('is $ok for another run $why', async ({ after, ok }) => {
    const db = killedAfter(store.db, 1);
    await expect(runSegmenter(aRun(db, { clock: () => T0 }))).rejects.toThrow();
    const result = await runSegmenter(aRun(store.db, { holder: 'run-2', clock: () => T0 + after }));
    expect(result.ok ? 'done' : result.error).toBe(ok ? 'done' : 'already_running');
  });

  it('stops where another run has taken its lease meanwhile, and writes nothing more', async () => {
    await insertRows(store.db, shopRows(150));
    const rival = async (): Promise<void> => {
      await store.db.client.execute(`UPDATE leases SET holder = 'rival'`);
    };
    let taken: Promise<void> | undefined;
    const onProgress: SegmenterInput['onProgress'] = (stage) => {
      if (stage === 'features') taken ??= rival();
    };
    const result = await runSegmenter(aRun(store.db, { onProgress }));
    await taken;
    expect(result).toEqual({ ok: false, error: 'lease_lost' });
    expect(await currentRelease(store.db, SHOP.row)).toBeUndefined();
  });

  it('gives its lease back at the end', async () => {
    await run(aRun(store.db));
    expect((await store.db.client.execute('SELECT * FROM leases')).rows).toEqual([]);
  });
});
