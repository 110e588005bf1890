// store/retention-preview.test.ts: what limits would remove is told before they are set (P5).
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { TestStore } from '../segmenter/testing.ts';
import { aRow, insertRows, openTestStore, SHOP, T0 } from '../segmenter/testing.ts';
import { previewRetention } from './retention-preview.ts';
import { purgeExpired } from './retention-purge.ts';
import { setRetention } from './retention.ts';

const NOW = (T0 + 40 * DAY_MS) as EpochMs;

describe('P5: a preview of limits', () => {
  let store: TestStore;
  beforeEach(async () => {
    store = await openTestStore();
  });
  afterEach(() => store.close());

  it('counts what the next purge removes, and sets nothing', async () => {
    await insertRows(store.db, [aRow({ at: T0 }), aRow({ at: T0 + 1 }), aRow({ at: NOW })]);
    const previewed = await previewRetention(store.db, SHOP, { events: 10 }, NOW);
    expect(previewed).toContainEqual({ class: 'events', limitDays: 10, rows: 3, wouldGo: 2, oldestAt: T0 });
    expect(previewed.find((one) => one.class === 'receipts')).toEqual({ class: 'receipts', rows: 0, wouldGo: 0 });
    const purge = async () => (await purgeExpired({ db: store.db, holder: 'purge', clock: () => NOW }, NOW)).sites[0];
    expect(await purge()).toMatchObject({ outcome: 'no_limits', events: 0 });
    await setRetention(store.db, SHOP, { events: 10 }, NOW);
    expect(await purge()).toMatchObject({ outcome: 'purged', events: 2 });
  });
});
