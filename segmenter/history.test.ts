// segmenter/history.test.ts: a history folded at once gives the bytes that its slices give (M1).
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../contract/index.ts';
import type { TraitField } from '../core/index.ts';
import { listFoldable, readMirroredVisitors, syncMirror } from '../store/mirror.node.ts';
import type { StoredEvent, StoredProfile } from '../store/index.ts';
import { createPacker, putSiteTraits } from '../store/index.ts';
import type { History } from './history.ts';
import { createVisitorFold } from './history.ts';
import { runSegmenter } from './job.ts';
import type { TestStore } from './testing.ts';
import { aRow, aRun, insertRows, openTestStore, shopRows, T0, visitorKey } from './testing.ts';

let store: TestStore;
beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());

/** The mirror, folded in this thread. @param failAfter throws once so many profiles are saved, as a kill would end it. */
function mirrorHistory(failAfter = Number.POSITIVE_INFINITY): History {
  const folder = join(dirname(store.files.ground), 'mirror');
  return {
    eventsMin: 1,
    sync: (site, goOn) => syncMirror(store.db, folder, site, goOn),
    fold: async (site, traits, save) => {
      await listFoldable(store.db, folder, site);
      const { fold, toldNames } = createVisitorFold(traits);
      const packer = createPacker();
      let saved = 0;
      const onVisitor = async (visitor: number, of: readonly StoredEvent[]): Promise<void> => {
        if (saved >= failAfter) throw new Error('killed');
        packer.add(visitor, fold(of));
        await save(packer.take(), of.length);
        saved += 1;
      };
      const { events } = await readMirroredVisitors(store.db, folder, site, { part: 0, of: 1 }, onVisitor, {
        toldNames,
      });
      return events;
    },
  };
}

const profiles = async (): Promise<StoredProfile[]> => {
  const { rows } = await store.db.client.execute(
    'SELECT visitor, state FROM profiles UNION ALL SELECT -seq, events FROM watermarks ORDER BY 1',
  );
  return rows.map((row) => ({ visitor: Number(row[0]), state: String(row[1]) }));
};
const forget = () => store.db.client.batch(['DELETE FROM profiles', 'DELETE FROM watermarks'], 'write');

describe('M1: a whole history', () => {
  it('folds to the profiles and the watermark of its slices, and new events go on from there', async () => {
    await insertRows(store.db, shopRows(60));
    await insertRows(store.db, [aRow({ purposes: 1 }), aRow({ name: 'refund', orderKey: 'ab'.repeat(12), value: 5 })]);
    const items = JSON.stringify([{ id: 'tea', category: 'drinks', price: 450 }]);
    await insertRows(store.db, [
      aRow({ name: 'view_item', currency: 'GBP', items }),
      aRow({ name: 'add_to_cart', items }),
    ]);
    await runSegmenter(aRun(store.db));
    const bySlices = await profiles();
    await forget();
    await runSegmenter(aRun(store.db, { history: mirrorHistory() }));
    expect(await profiles()).toEqual(bySlices);
    expect(bySlices.map(({ state }) => state).join()).toContain('"prices":[["",1,450],["GBP",1,450]]');
    await insertRows(store.db, [aRow({ at: T0 - DAY_MS }), aRow({ visitor: visitorKey(500) })]);
    await runSegmenter(aRun(store.db, { history: mirrorHistory() }));
    const goneOn = await profiles();
    await forget();
    await runSegmenter(aRun(store.db));
    expect(goneOn).toEqual(await profiles());
  });

  it('folds what a site defined the same, and anew once it defines another', async () => {
    const properties = JSON.stringify({ plan: 'team', seats: 3 });
    await insertRows(store.db, [
      ...shopRows(12),
      aRow({ name: 'demo_request', path: '/demo', referrer: 'news.example', campaign: 'utm_source=news', properties }),
      aRow({ name: 'demo_request', at: T0 - 100 * DAY_MS, value: 250, currency: 'EUR', properties }),
      aRow({ name: 'demo_request', visitor: visitorKey(2) }),
    ]);
    const asked = { events: ['demo_request', 'purchase'] };
    const define = (field: TraitField): Promise<unknown> =>
      putSiteTraits(
        store.db,
        { row: 1, id: 'shop' },
        [
          { id: 'seats', sum: { ...asked, field: 'properties.seats' } },
          { id: 'first_of', first: { ...asked, field } },
          { id: 'found', window_days: 30, count: { ...asked, where: [{ field: 'referrer', known: true }] } },
          { id: 'spent', sum: { ...asked, field: 'value' } },
        ],
        { at: T0, by: 'test' },
      );
    await define('campaign');
    await runSegmenter(aRun(store.db, { history: mirrorHistory() }));
    const byMirror = await profiles();
    expect(byMirror.filter(({ state }) => state.includes('"own"')).length).toBeGreaterThan(5);
    expect(byMirror.map(({ state }) => state).join()).toContain('"utm_source=news"');
    await forget();
    await runSegmenter(aRun(store.db));
    expect(await profiles()).toEqual(byMirror);
    await define('path');
    await runSegmenter(aRun(store.db));
    const anew = await profiles();
    expect(anew.map(({ state }) => state).join()).toContain('"/demo"');
    await forget();
    await runSegmenter(aRun(store.db, { history: mirrorHistory() }));
    expect(await profiles()).toEqual(anew);
  });

  it('killed half-way, is never added to: the next run, with a history or without, ends with the same bytes', async () => {
    await insertRows(store.db, shopRows(30));
    await runSegmenter(aRun(store.db));
    const whole = await profiles();
    for (const history of [mirrorHistory(), undefined]) {
      await forget();
      await expect(runSegmenter(aRun(store.db, { history: mirrorHistory(7) }))).rejects.toThrow('killed');
      expect((await profiles()).length).toBeLessThan(whole.length);
      await runSegmenter(aRun(store.db, history === undefined ? {} : { history }));
      expect(await profiles()).toEqual(whole);
    }
  });

  it('stops where another run has taken the lease meanwhile', async () => {
    await insertRows(store.db, shopRows(9));
    const history = mirrorHistory();
    const taken: History = {
      ...history,
      fold: (site, traits, save) =>
        history.fold(site, traits, async (...args) => {
          await store.db.client.execute("UPDATE leases SET holder = 'other'");
          await save(...args);
        }),
    };
    expect(await runSegmenter(aRun(store.db, { history: taken }))).toEqual({ ok: false, error: 'lease_lost' });
    expect(await profiles()).toEqual([{ visitor: 0, state: '0' }]);
  });
});
