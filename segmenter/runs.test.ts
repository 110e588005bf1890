import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { beginRun, readRuns, RUNS_KEPT } from '../store/index.ts';
import { runSegmenter, STAGES } from './job.ts';
import type { TestStore } from './testing.ts';
import { aRun, insertRows, killedAfter, openTestStore, SHOP, shopRows, T0 } from './testing.ts';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
  await insertRows(store.db, shopRows(120));
});
afterEach(() => store.close());
const kept = () => readRuns(store.db, SHOP.row, Number.MAX_SAFE_INTEGER, RUNS_KEPT);

describe('runs are remembered', () => {
  it('with their stages in order, how long each took and what it went through', async () => {
    let time = T0 + 40 * DAY_MS;
    await runSegmenter(aRun(store.db, { clock: () => (time += 5) }));
    const [only, ...others] = await kept();
    expect(others).toEqual([]);
    expect(only).toMatchObject({ outcome: 'released', version: 1, startedAt: T0 + 40 * DAY_MS + 5 });
    expect(only?.endedAt).toBeGreaterThan(only?.startedAt ?? 0);
    expect(only?.stages.map(({ stage }) => stage)).toEqual(STAGES);
    expect(only?.stages.every(({ ms }) => ms > 0)).toBe(true);
    const rows = Object.fromEntries((only?.stages ?? []).map(({ stage, rows: of }) => [stage, of]));
    expect(rows).toMatchObject({ features: 120, clusters: 120, publish: 3 });
    expect(rows['fold']).toBeGreaterThan(120);
  });

  it('as unchanged where nothing was new', async () => {
    await runSegmenter(aRun(store.db));
    await runSegmenter(aRun(store.db));
    expect((await kept()).map(({ outcome, version }) => [outcome, version])).toEqual([
      ['unchanged', 1],
      ['released', 1],
    ]);
  });

  it('as failed by a fault, and as interrupted by a kill, which the next run finds', async () => {
    await expect(runSegmenter(aRun(killedAfter(store.db, 12)))).rejects.toThrow('killed');
    // Whoever is killed can't say so: the row stays as it was begun.
    expect((await kept()).map(({ outcome }) => outcome)).toEqual(['running']);
    const later = (T0 + 41 * DAY_MS) as EpochMs;
    await runSegmenter(aRun(store.db, { now: later, clock: () => later, holder: 'run-2' }));
    expect((await kept()).map(({ outcome }) => outcome)).toEqual(['released', 'interrupted']);
    const broken = { ...aRun(store.db), publishKey: new Uint8Array(0) };
    await expect(runSegmenter({ ...broken, now: (later + DAY_MS) as EpochMs })).rejects.toThrow();
    expect((await kept())[0]).toMatchObject({ outcome: 'failed' });
    expect((await kept())[0]?.stages.map(({ stage }) => stage)).toContain('fold');
  });

  it('a bounded number of them, and those of other sites by themselves', async () => {
    for (let nth = 0; nth < RUNS_KEPT + 3; nth += 1) await beginRun(store.db, SHOP.row, nth);
    await beginRun(store.db, 2, 0);
    const runs = await kept();
    expect(runs).toHaveLength(RUNS_KEPT);
    expect(runs[0]?.startedAt).toBe(RUNS_KEPT + 2);
    expect(await readRuns(store.db, SHOP.row, runs[9]?.run ?? 0, 5)).toEqual(runs.slice(10, 15));
  });
});

describe('drift', () => {
  it('is told to the operator from the second version on, and published with a new round alone', async () => {
    const first = await runSegmenter(aRun(store.db));
    const nextDay = (T0 + 41 * DAY_MS) as EpochMs;
    const second = await runSegmenter(aRun(store.db, { now: nextDay, clock: () => nextDay }));
    const driftOf = (run: typeof first) => (run.ok ? run.value.drift : undefined);
    const metricsOf = (run: typeof first) =>
      run.ok && run.value.model.status === 'segmented' ? run.value.model.metrics : {};
    expect(driftOf(first)).toBeUndefined();
    // All of them came on one day, so that each is known a day longer now.
    expect(driftOf(second)).toMatchObject({ labelsChanged: 0, trait: 'tenure_days', alarm: true });
    expect(metricsOf(first)).not.toHaveProperty('drift');
    expect(metricsOf(second)).toHaveProperty('drift');
    // Of the same round: what a run would say of itself meanwhile stands back.
    const dayAfter = (nextDay + DAY_MS) as EpochMs;
    const third = await runSegmenter(aRun(store.db, { now: dayAfter, clock: () => dayAfter }));
    expect(third.ok && third.value.version).toBe(3);
    expect(metricsOf(third)).toEqual(metricsOf(second));
  });
});
