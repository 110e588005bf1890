// store/purge-beside-ingest.test.ts: a purge of many rows keeps nobody waiting, and every class has a limit that is checked (P5, D1).
import type { Client } from '@libsql/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { runSegmenter } from '../segmenter/index.ts';
import type { TestStore } from '../segmenter/testing.ts';
import { aRow, aRun, insertRows, openTestStore, SHOP, T0, visitorKey } from '../segmenter/testing.ts';
import { openFiles } from './open.node.ts';
import { setRetention } from './retention.ts';
import { checkRetention } from './retention-check.ts';
import { purgeExpired } from './retention-purge.ts';

const NOW = (T0 + 40 * DAY_MS) as EpochMs;
const OLD_EVENTS = 2_600;

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
  await setRetention(store.db, SHOP, { events: 10, profiles: 10 }, NOW);
});
afterEach(() => store.close());

describe('P5: a purge of many rows', () => {
  it('D1: lets events of another connection in between its steps, each acknowledged before the next step', async () => {
    await insertRows(
      store.db,
      Array.from({ length: OLD_EVENTS }, (_, nth) => aRow({ at: T0 + nth, visitor: visitorKey(1 + (nth % 50)) })),
    );
    const ingest = await openFiles(store.files);
    let acknowledged = 0;
    const client = new Proxy(store.db.client, {
      get(target, name: keyof Client) {
        if (name === 'batch')
          return async (...[statements, mode]: Parameters<Client['batch']>) => {
            // Were a step's lock still held, this would wait for it in vain and throw.
            await insertRows(ingest, [aRow({ at: NOW - 1, visitor: visitorKey(900) })]);
            acknowledged += 1;
            return target.batch(statements, mode);
          };
        const value: unknown = target[name];
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const report = await purgeExpired({ db: { ...store.db, client }, holder: 'purge', clock: () => NOW }, NOW);
    ingest.client.close();
    expect(report.sites[0]).toMatchObject({ outcome: 'purged', events: OLD_EVENTS });
    expect(acknowledged).toBeGreaterThan(5);
    const { rows } = await store.db.client.execute('SELECT count(*) FROM events');
    expect(Number(rows[0]?.[0])).toBe(acknowledged);
  });
});

describe('P5: sessions and campaign parameters have the limit of the events they are of', () => {
  const findings = async () =>
    (await checkRetention(store.db, NOW)).filter(({ claim }) => /^(?:sessions|campaigns)_/.test(claim));

  it('are claims that do not hold before the purge, and hold after it and the next run', async () => {
    const event = { visitor: visitorKey(1), campaign: 'utm_source=mail' };
    await insertRows(store.db, [aRow({ at: T0, ...event }), aRow({ at: NOW - DAY_MS, ...event })]);
    await runSegmenter(aRun(store.db));
    expect(await findings()).toMatchObject([
      { claim: 'sessions_within_limit', holds: false, rows: 1 },
      { claim: 'campaigns_within_limit', holds: false, rows: 1 },
    ]);
    await purgeExpired({ db: store.db, holder: 'purge', clock: () => NOW }, NOW);
    await runSegmenter(aRun(store.db, { now: NOW, clock: () => NOW }));
    const after = await findings();
    expect(after.map(({ holds, rows }) => [holds, rows])).toEqual([
      [true, 0],
      [true, 0],
    ]);
    expect(after.every(({ oldestAt = 0 }) => oldestAt >= NOW - 2 * DAY_MS)).toBe(true);
  });
});
