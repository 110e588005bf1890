// runtime/wal-damage.test.ts: real logs of real databases, damaged and cut; what a crash leaves is told from what is lost.
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalWriter } from '../store/local-writer.ts';
import { openGround } from '../store/open.node.ts';
import { findWalDamage as find } from './wal-damage.ts';
import { FRAME_HEADER_BYTES, WAL_HEADER_BYTES } from './wal-frames.ts';

const FRAME_BYTES = FRAME_HEADER_BYTES + 4_096;
const COMMITS = 12;
const ROOM_BYTES = 1_000_000;
const findWalDamage = (path: string) => find(path, 0);

describe('D1: a damaged log', () => {
  let folder: string;
  let made: string;
  let copy: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-wal-'));
    made = join(folder, 'made.db');
    copy = join(folder, 'copy.db');
    const db = await openGround({ ground: made, derived: '' });
    await db.client.execute('CREATE TABLE events (id INTEGER PRIMARY KEY, value TEXT)');
    for (let nth = 0; nth < COMMITS; nth += 1) {
      await db.client.execute({ sql: 'INSERT INTO events (value) VALUES (?)', args: [`${nth} `.repeat(400)] });
    }
    // Copied while it is open: closing would move the log into the database.
    for (const end of ['', '-wal', '-shm']) await copyFile(`${made}${end}`, `${folder}/kept.db${end}`);
    db.client.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  const fresh = async (ends: readonly string[] = ['', '-wal', '-shm']): Promise<Uint8Array> => {
    for (const end of ['', '-wal', '-shm']) await rm(`${copy}${end}`, { force: true });
    for (const end of ends) await copyFile(`${folder}/kept.db${end}`, `${copy}${end}`);
    return readFile(`${copy}-wal`);
  };
  const WITHOUT_INDEX = ['', '-wal'];
  const rowsSeen = async (): Promise<number> => {
    const db = await openGround({ ground: copy, derived: '' });
    const { rows } = await db.client.execute('SELECT count(*) AS n FROM events');
    db.client.close();
    return Number(rows[0]?.['n']);
  };
  const flipped = async (bytes: Uint8Array, at: number, bit = 0): Promise<void> => {
    const changed = Uint8Array.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << bit);
    await writeFile(`${copy}-wal`, changed);
  };

  it('is no damage where the log was given room, before the first commit in it and after some', async () => {
    const roomy = join(folder, 'roomy.db');
    const writer = openLocalWriter({ ground: roomy, derived: '' });
    const keep = async (): Promise<void> => {
      for (const end of ['', '-wal', '-shm']) await copyFile(`${roomy}${end}`, `${copy}${end}`);
    };
    writer.run(['CREATE TABLE events (id INTEGER PRIMARY KEY, value TEXT)', 'INSERT INTO events VALUES (1, NULL)']);
    expect(writer.makeLogRoom(ROOM_BYTES)).toBe('made');
    await keep();
    expect(await findWalDamage(copy)).toBeUndefined();
    expect(await rowsSeen()).toBe(1);
    writer.run(['INSERT INTO events VALUES (2, NULL)']);
    writer.run(['INSERT INTO events VALUES (3, NULL)']);
    await keep();
    expect(await findWalDamage(copy)).toBeUndefined();
    expect(await rowsSeen()).toBe(3);
    writer.close();
  });

  it('is no damage where the log is whole, absent or empty', async () => {
    await fresh();
    expect(await findWalDamage(copy)).toBeUndefined();
    await writeFile(`${copy}-wal`, '');
    await rm(`${copy}-shm`);
    expect(await findWalDamage(copy)).toBeUndefined();
    await rm(`${copy}-wal`);
    expect(await findWalDamage(copy)).toBeUndefined();
  });

  it('is seen for any single flipped bit of header or frames, the last included, without the index', async () => {
    const bytes = await fresh(WITHOUT_INDEX);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 7 }),
        async (at, bit) => {
          await flipped(bytes, at, bit);
          expect(await findWalDamage(copy)).toBeDefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    { why: 'page number', at: 3 },
    { why: 'commit mark', at: 7 },
    { why: 'salt', at: 9 },
    { why: 'checksum', at: 20 },
    { why: 'page', at: 2_000 },
  ])('is seen in the $why of the last frame, whose transaction SQLite would drop', async ({ at }) => {
    const bytes = await fresh(WITHOUT_INDEX);
    await flipped(bytes, bytes.length - FRAME_BYTES + at);
    expect(await findWalDamage(copy)).toEqual({
      kind: 'flipped',
      frame: (bytes.length - WAL_HEADER_BYTES) / FRAME_BYTES - 1,
    });
    expect(await rowsSeen()).toBe(COMMITS - 1);
  });

  it('is seen where a page in the middle is overwritten: SQLite would drop every commit behind it', async () => {
    const bytes = await fresh(WITHOUT_INDEX);
    const middle = WAL_HEADER_BYTES + 6 * FRAME_BYTES + FRAME_HEADER_BYTES;
    await writeFile(`${copy}-wal`, Uint8Array.from(bytes).fill(0xa5, middle, middle + 512));
    expect(await findWalDamage(copy)).toEqual({ kind: 'behind', frame: 6 });
    expect(await rowsSeen()).toBeLessThan(COMMITS);
  });

  it('is none where the last frame is torn, as a crash leaves it', async () => {
    const bytes = await fresh(WITHOUT_INDEX);
    const last = bytes.length - FRAME_BYTES;
    await truncate(`${copy}-wal`, last + 1_000);
    expect(await findWalDamage(copy)).toBeUndefined();
    await writeFile(`${copy}-wal`, Uint8Array.from(bytes).fill(0, last + FRAME_HEADER_BYTES + 512));
    expect(await findWalDamage(copy)).toBeUndefined();
    expect(await rowsSeen()).toBe(COMMITS - 1);
  });

  it('is seen where the log is shorter than what its index says was committed', async () => {
    const bytes = await fresh();
    await truncate(`${copy}-wal`, bytes.length - 3 * FRAME_BYTES);
    expect(await findWalDamage(copy)).toMatchObject({ kind: 'cut' });
  });

  it('is seen where the header is overwritten, for which SQLite would take the log for empty', async () => {
    const bytes = await fresh(WITHOUT_INDEX);
    await writeFile(`${copy}-wal`, Uint8Array.from(bytes).fill(0, 0, 12));
    expect(await findWalDamage(copy)).toEqual({ kind: 'header', frame: 0 });
  });

  it.each([1, WAL_HEADER_BYTES - 1])('is seen where %i bytes are left of the log, no whole header', async (left) => {
    await fresh(WITHOUT_INDEX);
    await truncate(`${copy}-wal`, left);
    expect(await findWalDamage(copy)).toEqual({ kind: 'header', frame: 0 });
    expect(await rowsSeen().catch(() => 0)).toBeLessThan(COMMITS);
  });

  it('is none in what an earlier filling of the log left behind', async () => {
    await fresh(WITHOUT_INDEX);
    const db = await openGround({ ground: copy, derived: '' });
    await db.client.execute('PRAGMA wal_checkpoint(RESTART)');
    await db.client.execute("INSERT INTO events (value) VALUES ('next filling')");
    for (const end of ['', '-wal']) await copyFile(`${copy}${end}`, `${folder}/refilled.db${end}`);
    db.client.close();
    expect(await findWalDamage(join(folder, 'refilled.db'))).toBeUndefined();
  });
});
