// runtime/clock.test.ts: a clock that jumps destroys no salt and no row before it is believed, in tasks, at a start and by command (P2, P5).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../contract/index.ts';
import { CLOCK_STEADY_MS, KEY_BYTES, saltPeriodAt } from '../core/index.ts';
import {
  acceptClock,
  acceptJobs,
  acquireLease,
  addSite,
  insertSaltStatement,
  readAuditLog,
  readSalts,
  setRetention,
} from '../store/index.ts';
import type { TestDatabase } from '../store/testing.ts';
import { openTestDatabase } from '../store/testing.ts';
import { memoryKeys } from './key-provider.memory.ts';
import { startNode } from './node.ts';
import type { Task } from './scheduled-tasks.ts';
import { runTasks } from './scheduled-tasks.ts';
import { configIn } from './testing.ts';

const NOON = Date.UTC(2026, 2, 4, 12) as EpochMs;
const KEK = 'the key of today';
const keys = memoryKeys();

describe('P2: a clock a day ahead', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase();
    const { db } = database;
    await addSite(db, { id: 'shop' as never, origins: [], policy: 'standard', floor: 50, at: NOON });
    await keys.obtain(KEK, new Uint8Array(KEY_BYTES).fill(7));
    const salt = { site: 1, ...saltPeriodAt('day', NOON), kekId: KEK, wrapped: new Uint8Array(60) };
    await db.client.execute(insertSaltStatement(salt));
    const row = { id: 'aa'.repeat(16), at: NOON, name: 'page_view', linked: 0 as const, purposes: 0, policyVersion: 1 };
    await acceptJobs(db, [{ site: 1, day: 1, rows: [row], ledger: [] }]);
    await setRetention(db, { row: 1, id: 'shop' }, { events: 1, profiles: 1 }, NOON);
    await run(NOON, 'salts');
  });
  afterEach(() => database.close());

  const run = (now: number, ...tasks: readonly Task[]) =>
    runTasks(
      {
        db: database.db,
        keys,
        deliver: async () => false,
        now: () => now as EpochMs,
        randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      },
      tasks,
    );
  const left = async () => {
    const { rows } = await database.db.client.execute('SELECT count(*) AS n FROM events');
    return {
      salts: (await readSalts(database.db)).length,
      hasKey: (await keys.read(KEK)) !== undefined,
      events: Number(rows[0]?.['n']),
    };
  };
  const ALL = { salts: 1, hasKey: true, events: 1 };
  const NOTHING = { salts: 0, hasKey: false, events: 0 };

  it('destroys nothing while it jumps to and fro, and says how far it is off', async () => {
    for (let nth = 1; nth <= 6; nth += 1) {
      const now = NOON + nth * 15 * MINUTE_MS;
      expect(await run(now + 2 * DAY_MS, 'salts', 'purge')).toMatchObject({
        salts_destroyed: 0,
        purged_events: 0,
        clock_ahead_hours: 48,
      });
      expect(await run(now, 'salts', 'purge')).not.toHaveProperty('clock_ahead_hours');
    }
    expect(await left()).toEqual(ALL);
    expect(await run(NOON - DAY_MS, 'salts')).toMatchObject({ clock_behind_hours: 26 });
    expect(await left()).toEqual(ALL);
  });

  it('is believed when it went on for long enough, as after a stop', async () => {
    const ahead = NOON + 2 * DAY_MS;
    await run(ahead, 'salts', 'purge');
    await run(ahead + CLOCK_STEADY_MS - 1, 'salts', 'purge');
    expect(await left()).toEqual(ALL);
    await run(ahead + CLOCK_STEADY_MS, 'salts', 'purge');
    expect(await left()).toEqual(NOTHING);
  });

  it('is believed at once by the word of the operator, which the audit log keeps', async () => {
    const ahead = NOON + 400 * DAY_MS;
    await run(ahead, 'salts');
    await acceptClock(database.db, ahead);
    await run(ahead, 'salts', 'purge');
    expect(await left()).toEqual(NOTHING);
    expect((await readAuditLog(database.db)).map(({ open }) => open?.text).join()).toContain('clock_accepted');
  });

  it('that comes with a database of before it was watched is judged by the last task', async () => {
    await database.db.client.execute('DELETE FROM clock');
    expect(await run(NOON + 2 * DAY_MS, 'salts')).toMatchObject({ clock_ahead_hours: 48 });
    expect(await left()).toEqual(ALL);
  });

  it('leaves no lease behind that anybody waits for', async () => {
    const ahead = NOON + DAY_MS;
    const take = (holder: string, now: number) =>
      acquireLease(database.db, 1, holder, { now, expiresAt: now + HOUR_MS });
    expect(await take('killed while ahead', ahead)).toBeDefined();
    expect(await take('another', ahead)).toBeUndefined();
    expect(await take('another', NOON)).toBeDefined();
  });
});

it('P2: a start by a clock a day ahead keeps the salts, and readyz, metrics and log say so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-clock-'));
  const lines: string[] = [];
  const config = { ...configIn(folder), metricsToken: 'x'.repeat(32) };
  const start = (now: number) =>
    startNode(config, { now: () => now as EpochMs, write: (line) => lines.push(line), keys });
  const ready = async (origin: string) => {
    const { status, text } = await fetch(`${origin}/readyz`).then(async (answer) => ({
      status: answer.status,
      text: await answer.text(),
    }));
    return `${status} ${text}`;
  };
  try {
    const first = await start(NOON);
    await addSite(first.db, { id: 'shop' as never, origins: [], policy: 'standard', floor: 50, at: NOON });
    const salt = { site: 1, ...saltPeriodAt('day', NOON), kekId: KEK, wrapped: new Uint8Array(60) };
    await first.db.client.execute(insertSaltStatement(salt));
    expect(await ready(first.origin)).toBe('200 ok');
    await first.close();
    const second = await start(NOON + 2 * DAY_MS);
    expect(await readSalts(second.db)).toHaveLength(1);
    expect(await ready(second.origin)).toMatch(/^200 ok, but clock_ahead/);
    const metrics = await fetch(`${second.origin}/metrics`, {
      headers: { authorization: `Bearer ${config.metricsToken}` },
    }).then((answer) => answer.text());
    expect(metrics).toContain('hushtag_clock_believed 0');
    await second.close();
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['clock_ahead']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
