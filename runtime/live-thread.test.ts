// runtime/live-thread.test.ts: members of rule segments follow the event, beside a running server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EpochMs, SiteId } from '../contract/index.ts';
import { DAY_MS, HOUR_MS, ok } from '../contract/index.ts';
import type { Db } from '../store/index.ts';
import { acceptJobs, acquireLease, addSite, putRuleSegment, releaseLease } from '../store/index.ts';
import { createLive } from './live.ts';
import type { RunningNode } from './node.ts';
import { startNode } from './node.ts';
import { configIn } from './testing.ts';

let folder: string;
let server: RunningNode;
let logged: string[];
const start = async (liveFold: boolean): Promise<void> => {
  const config = { ...configIn(folder), liveFold };
  server = await startNode(config, { write: (line) => logged.push(line) });
  await addSite(server.db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: 0 });
  await setRule(server.db, { event: 'purchase', within_days: 1 });
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hushtag-live-'));
  logged = [];
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

let ids = 0;
const send = (db: Db, name: string, at = Date.now()): Promise<void> => {
  const id = (++ids).toString(16).padStart(32, '0');
  const row = { id, at, name, visitor: 'a'.repeat(24), linked: 1 as const, purposes: 15, policyVersion: 1 };
  return acceptJobs(db, [{ site: 1, day: 1, rows: [row], ledger: [] }]);
};
const setRule = (db: Db, where: { readonly event: string; readonly within_days?: number }, at = 0) => {
  const segment = { id: 'now', name: 'Now', rule: { version: 1 as const, where } };
  return putRuleSegment(db, { row: 1, id: 'shop' }, () => ok(segment), at);
};
const members = async (db: Db): Promise<number> =>
  (await db.client.execute("SELECT visitor FROM memberships WHERE segment_id = 'now'")).rows.length;
/** Waits for the thing itself; the bound only ends a test that would never end. */
const until = (count: number) =>
  vi.waitFor(async () => expect(await members(server.db)).toBe(count), { timeout: 20_000, interval: 20 });

describe('the live thread', () => {
  it('puts a visitor into a segment when the event comes, and out when the rule changes', async () => {
    await start(true);
    await send(server.db, 'page_view');
    await send(server.db, 'purchase');
    await until(1);
    await setRule(server.db, { event: 'refund' }, 1);
    await until(0);
    expect(logged.join('')).not.toMatch(/live_fold/);
  });
});

describe('a round', () => {
  it('waits while another holds the lease, and is due on a new day without any event', async () => {
    await start(false);
    let now = Date.now() as EpochMs;
    const round = createLive({ db: server.db, now: () => now, holder: 'one' });
    await send(server.db, 'purchase', now);
    const lease = await acquireLease(server.db, 1, 'a run', { now, expiresAt: now + HOUR_MS });
    expect(await round()).toEqual({ folded: 0, waiting: 1 });
    if (lease !== undefined) await releaseLease(server.db, lease);
    now = (now + 1_000) as EpochMs;
    expect(await round()).toEqual({ folded: 1, waiting: 0 });
    expect(await members(server.db)).toBe(1);
    now = (now + DAY_MS) as EpochMs;
    expect(await round()).toEqual({ folded: 0, waiting: 0 });
    expect(await members(server.db)).toBe(0);
  });

  it('gives its lease to whoever else wants it', async () => {
    await start(false);
    const times = { now: 0, expiresAt: 1_000 };
    expect(await acquireLease(server.db, 1, 'live-one', times)).toBeDefined();
    expect(await acquireLease(server.db, 1, 'live-two', times)).toBeUndefined();
    expect(await acquireLease(server.db, 1, 'a run', times)).toBeDefined();
    expect(await acquireLease(server.db, 1, 'live-one', times)).toBeUndefined();
  });
});
