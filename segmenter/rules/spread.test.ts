import { afterEach, beforeEach, expect, it } from 'vitest';
import { runSegmenter } from '../job.ts';
import type { TestStore } from '../testing.ts';
import { aRun, insertRows, openTestStore, SHOP, shopRows, T0 } from '../testing.ts';
import { spreadEverybody } from './spread.ts';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

it('P3: cuts ranges at the same places whoever the visitors are, so that none of them is somebody’s value', async () => {
  const before = await spreadEverybody(store.db, SHOP.row, T0);
  await insertRows(store.db, shopRows(30));
  await runSegmenter(aRun(store.db));
  const after = await spreadEverybody(store.db, SHOP.row, T0);
  expect(after.cuts).toEqual(before.cuts);
  const [recency = []] = after.counts;
  expect(recency.reduce((sum, count) => sum + count, 0)).toBe(30);
});
