// runtime/live-thread.test.ts: members of rule segments follow the event, beside a running server.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EpochMs, SiteId } from '../contract/index.ts';
import { DAY_MS, HOUR_MS, ok } from '../contract/index.ts';
import type { Db } from '../store/index.ts';
import { acceptJobs, acquireLease, addSite, putRuleSegment, releaseLease } from '../store/index.ts';
import { CATCH_UP_ROUNDS_MAX, createCatchUp, createLive } from './live.ts';
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

  it('judges everybody of a site that has no more profiles than it may, and leaves the others to a run', async () => {
    await start(false);
    let now = Date.now() as EpochMs;
    for (const { sweptMax, found } of [
      { sweptMax: 0, found: 0 },
      { sweptMax: 1, found: 1 },
    ]) {
      await send(server.db, 'purchase', now);
      const bounds = { eventsMax: 10, sweptMax };
      const round = createLive({ db: server.db, now: () => now, holder: `at most ${sweptMax}`, bounds });
      expect(await round()).toEqual({ folded: 1, waiting: 0 });
      expect(await members(server.db)).toBe(found);
      now = (now + 1_000) as EpochMs;
    }
  });

  it('reads no more events than it may, and the rest in the next', async () => {
    await start(false);
    const now = Date.now() as EpochMs;
    for (let sent = 0; sent < 3; sent += 1) await send(server.db, 'purchase', now);
    const bounds = { eventsMax: 2, sweptMax: 10 };
    const round = createLive({ db: server.db, now: () => now, holder: 'two', bounds });
    expect([await round(), await round()]).toEqual([
      { folded: 2, waiting: 1 },
      { folded: 1, waiting: 0 },
    ]);
    expect(await members(server.db)).toBe(1);
  });

  it('reads no events while no site has rules, and finds those of a rule that comes', async () => {
    await start(false);
    await server.db.client.execute('DELETE FROM rule_segments');
    const now = Date.now() as EpochMs;
    const round = createLive({ db: server.db, now: () => now, holder: 'three' });
    await send(server.db, 'refund', now);
    expect(await round()).toEqual({ folded: 0, waiting: 0 });
    await setRule(server.db, { event: 'refund' }, now);
    expect(await round()).toEqual({ folded: 1, waiting: 0 });
    expect(await members(server.db)).toBe(1);
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

describe('catching up after each write', () => {
  let now = 0;
  const foldedBy = (folds: readonly number[]) => {
    let rounds = 0;
    const round = () => Promise.resolve({ folded: folds[rounds++] ?? 0, waiting: 0 });
    return { catchUp: createCatchUp(round, () => now as EpochMs), rounds: () => rounds };
  };

  it.each([
    { why: 'nothing was to fold', folds: [], rounds: 1 },
    { why: 'something came', folds: [3], rounds: 2 },
    { why: 'it came again and again', folds: [1, 1, 1, 1, 1, 1], rounds: CATCH_UP_ROUNDS_MAX },
  ])('looks $rounds times where $why', async ({ folds, rounds }) => {
    const made = foldedBy(folds);
    await made.catchUp();
    expect(made.rounds()).toBe(rounds);
  });

  it('lets the one that runs look once more, and waits for no other', async () => {
    let rounds = 0;
    let release: (() => void) | undefined;
    const round = async () => {
      rounds += 1;
      if (rounds === 1) await new Promise<void>((resolve) => (release = resolve));
      return { folded: 0, waiting: 0 };
    };
    const catchUp = createCatchUp(round, () => now as EpochMs);
    const first = catchUp();
    await catchUp();
    expect(rounds).toBe(1);
    release?.();
    await first;
    expect(rounds).toBe(2);
  });

  it('goes on after a fault, and after one that its platform cut off', async () => {
    let rounds = 0;
    const round = () => {
      rounds += 1;
      return rounds === 1 ? Promise.reject(new Error('away')) : new Promise<never>(() => undefined);
    };
    const catchUp = createCatchUp(round, () => now as EpochMs);
    await expect(catchUp()).rejects.toThrow('away');
    void catchUp();
    void catchUp();
    expect(rounds).toBe(2);
    now += 60_000;
    void catchUp();
    expect(rounds).toBe(3);
  });
});
