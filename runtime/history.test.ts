// runtime/history.test.ts: the threads that fold a mirror give every visitor once (M1), and a fault in one is told.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SiteId } from '../contract/index.ts';
import type { Db, EventRow, PackedProfiles } from '../store/index.ts';
import { acceptJobs, addSite } from '../store/index.ts';
import { migrateFiles, openFiles } from '../store/open.node.ts';
import { filesOf } from './files.ts';
import { openHistory } from './history.ts';
import { projectFolder } from './project-folder.ts';

const VISITORS = 9_000;
const AT = Date.UTC(2026, 0, 1);

describe('M1: a history folded by threads', () => {
  let folder: string;
  let db: Db;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-history-'));
    const files = filesOf({ dataDir: folder });
    await migrateFiles(files, join(projectFolder(), 'migrations'));
    db = await openFiles(files);
    await addSite(db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: 0 });
    const rows = Array.from(
      { length: VISITORS * 2 },
      (_, nth): EventRow => ({
        id: nth.toString(16).padStart(32, '0'),
        at: AT + nth,
        name: 'page_view',
        visitor: (1 + (nth % VISITORS)).toString(16).padStart(24, '0'),
        linked: 1,
        purposes: 15,
        policyVersion: 1,
      }),
    );
    await acceptJobs(db, [{ site: 1, day: 1, rows, ledger: [] }]);
  });
  afterEach(async () => {
    db.client.close();
    await rm(folder, { recursive: true });
  });

  it('has every visitor once, with all their events', async () => {
    const history = openHistory({ dataDir: folder }, db);
    expect(await history.sync(1, async () => true)).toMatchObject({ seq: VISITORS * 2 });
    const packs: PackedProfiles[] = [];
    const events = await history.fold(1, [], async (batch) => {
      packs.push(...batch);
    });
    const visitors = packs.flatMap((pack) => pack.visitors);
    expect(events).toBe(VISITORS * 2);
    expect(new Set(visitors).size).toBe(VISITORS);
    expect(visitors.length).toBe(VISITORS);
    // P4: the list of them is gone with its use.
    expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.csv'))).toEqual([]);
    const texts = packs.map(({ bytes }) => new TextDecoder().decode(bytes)).join('');
    expect(texts.split('["page_view",2]')).toHaveLength(VISITORS + 1);
  });

  it('ends with the fault of who saves', async () => {
    const history = openHistory({ dataDir: folder }, db);
    await history.sync(1, async () => true);
    await expect(history.fold(1, [], () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
  });
});
