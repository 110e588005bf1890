// runtime/schedule-thread.test.ts: the schedule's thread purges and segments a real data folder beside a running server (P5).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { acceptJobs, addSite, setRetention } from '../store/index.ts';
import type { Config } from './config.ts';
import type { RunningNode } from './node.ts';
import { startNode } from './node.ts';
import { runTasksOnThread } from './schedule-thread-start.ts';
import { configIn } from './testing.ts';

describe('P5: scheduled tasks', () => {
  let folder: string;
  let config: Config;
  let server: RunningNode;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-schedule-'));
    config = configIn(folder);
    server = await startNode(config, { write: () => undefined });
    await addSite(server.db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: 0 });
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const eventOf = (id: string, at: number) => ({
    id,
    at,
    name: 'page_view',
    linked: 0 as const,
    purposes: 0,
    policyVersion: 1,
  });

  it('remove what is past its limit and leave the rest, off the thread that serves', async () => {
    const now = Date.now();
    const rows = [eventOf('aa'.repeat(16), now - 40 * DAY_MS), eventOf('bb'.repeat(16), now - DAY_MS)];
    await acceptJobs(server.db, [{ site: 1, day: 1, rows, ledger: [] }]);
    await setRetention(server.db, { row: 1, id: 'shop' }, { events: 30, profiles: 30 }, now as EpochMs);
    expect(await runTasksOnThread({ config, tasks: ['purge'] })).toMatchObject({ purged_events: 1 });
    const { rows: left } = await server.db.client.execute('SELECT lower(hex(id)) AS id FROM events');
    expect(left.map(({ id }) => id)).toEqual(['bb'.repeat(16)]);
  });

  it('say what they did for every site', async () => {
    expect(await runTasksOnThread({ config, tasks: ['purge', 'segment'] })).toEqual({
      purged_events: 0,
      purged_profiles: 0,
      erased_again: 0,
      audit_entries_signed: 1,
      sites_without_retention: 1,
      withdrawals_purged: 0,
      released: 1,
    });
  });

  it('reject where the data can not be opened', async () => {
    const missing = { ...config, dataDir: join(folder, 'nowhere') };
    await expect(runTasksOnThread({ config: missing, tasks: ['purge'] })).rejects.toThrow();
  });
});
