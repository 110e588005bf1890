// runtime/login-patience.test.ts: tries to log in are counted for all servers of a database together.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs } from '../contract/index.ts';
import type { LoginPatience } from '../edge/api/access/login-patience.ts';
import { createLoginPatience, LOGIN_TRIES } from '../edge/api/access/login-patience.ts';
import { forgetEndedAccess } from '../store/index.ts';
import type { TestDatabase } from '../store/testing.ts';
import { openTestDatabase } from '../store/testing.ts';
import { testPort } from './testing.ts';

const NETWORK = '203.0.113.7';
const MINUTE_MS = 60_000;

describe('P6: patience with logins', () => {
  let database: TestDatabase;
  let servers: readonly LoginPatience[];
  let now = 0;
  beforeEach(async () => {
    database = await openTestDatabase();
    now = Date.UTC(2026, 10, 30, 12);
    const port = testPort(database.db);
    servers = [1, 2, 3].map(() => createLoginPatience({ ...port, now: () => now as EpochMs }));
  });
  afterEach(() => database.close());
  const tried = async (times: number, address = NETWORK): Promise<readonly number[]> => {
    const waits: number[] = [];
    for (let nth = 0; nth < times; nth++) waits.push((await servers[nth % servers.length]?.(address)) ?? -1);
    return waits;
  };

  it('is one for all servers: what one of them let through the others know of', async () => {
    expect(await tried(LOGIN_TRIES)).toEqual(Array.from({ length: LOGIN_TRIES }, () => 0));
    expect(await tried(3)).toEqual([MINUTE_MS, MINUTE_MS, MINUTE_MS]);
    expect(await tried(1, '203.0.112.7')).toEqual([0]);
    now += MINUTE_MS;
    expect((await tried(3)).toSorted((a, b) => a - b)).toEqual([0, MINUTE_MS, MINUTE_MS]);
  });

  it('bars nobody for a day where the clock went back by one', async () => {
    await tried(LOGIN_TRIES + 1);
    now -= 24 * 60 * MINUTE_MS;
    expect(await tried(1)).toEqual([0]);
  });

  it('P1: keeps 16 bits of a keyed hash, and those no longer than they count', async () => {
    await tried(2);
    const rows = async () => (await database.db.client.execute('SELECT slot, full_at FROM login_tries')).rows;
    expect((await rows()).map(({ slot }) => Number(slot) < 65_536)).toEqual([true]);
    await forgetEndedAccess(database.db, now + 2 * MINUTE_MS);
    expect(await rows()).toEqual([]);
  });
});
