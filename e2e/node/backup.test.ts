// e2e/node/backup.test.ts: a backup of a server that goes on, put back elsewhere without whom it may no longer hold.
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../contract/index.ts';
import type { EpochMs, EventId } from '../../contract/index.ts';
import { storedEventId } from '../../core/index.ts';
import { eraseByFirstPartyId } from '../../cli/commands/erasure.ts';
import { rightsOf } from '../../cli/rights.ts';
import type { Backup, Config } from '../../runtime/index.ts';
import { backUp, openData, restoreBackup, startNode, verifyBackup } from '../../runtime/index.ts';
import { pruneBackups } from '../../runtime/backup.ts';
import { configIn } from '../../runtime/testing.ts';
import { addSite, encodeKept, findSite, readAuditLog, readKept, setRetention } from '../../store/index.ts';
import type { EdgeUnderTest } from '../support/edge-under-test.ts';
import { collect, SHOP_ORIGIN, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { codeFor, logIn } from '../support/login.ts';
import { startNodeEdge } from '../support/node-edge.ts';

const VISITOR = '1795525000000-1840291-77120-99120481-5512';
const OTHER = '1795525000000-1840291-77120-99120481-5513';
const now = (): EpochMs => Date.now() as EpochMs;
// Where a test is about something else, nothing tells who was erased since.
const LOST = { acceptsLostErasures: true } as const;

describe('D1: backups', () => {
  let edge: EdgeUnderTest & { readonly folder: string; readonly keyDir: string };
  let config: Config;
  let backup: Backup;
  const acked: string[] = [];
  const ackedBefore: string[] = [];
  const mine = wireEvent({ n: 'of_the_erased' });
  const sendOne = async (): Promise<void> => {
    const event = wireEvent();
    const from = `198.51.100.${acked.length % 250}`;
    if ((await collect(edge, wireBatch({ e: [event] }), { 'x-forwarded-for': from })).status === 202)
      acked.push(event.i);
  };
  const target = (name: string): Config => ({
    ...config,
    dataDir: join(edge.folder, name, 'data'),
    backupDir: join(edge.folder, name, 'backups'),
  });
  const idsIn = async (at: Config): Promise<Set<string>> => {
    const db = await openData(at);
    const { rows } = await db.client.execute('SELECT lower(hex(id)) AS id FROM events');
    db.client.close();
    return new Set(rows.map((row) => String(row['id'])));
  };
  const stored = (id: string): string => storedEventId(id as EventId);

  beforeAll(async () => {
    edge = await startNodeEdge();
    config = {
      ...configIn(edge.folder),
      dataDir: join(edge.folder, 'data'),
      keyDir: edge.keyDir,
      backupDir: join(edge.folder, 'backups'),
    };
    await addSite(edge.db, {
      id: siteId('shop'),
      origins: [SHOP_ORIGIN],
      policy: 'standard',
      floor: 50,
      at: Date.now(),
    });
    await collect(edge, wireBatch({ c: ['g', 15, 1], i: VISITOR, e: [mine] }));
    await collect(edge, wireBatch({ c: ['g', 15, 1], i: OTHER }));
    for (let nth = 0; nth < 40; nth += 1) await sendOne();
    ackedBefore.push(...acked);
    const state = { done: false };
    const writing = (async () => {
      while (!state.done) await Promise.all([sendOne(), sendOne(), sendOne(), sendOne()]);
    })();
    ({ backup } = await backUp(config, Date.now));
    const during = acked.length;
    state.done = true;
    await writing;
    expect(during).toBeGreaterThan(ackedBefore.length);
  });
  afterAll(() => edge.close());

  it('holds what was acknowledged before it began, balances, and is readable by its owner alone', async () => {
    expect(await verifyBackup(backup.folder)).toEqual(backup);
    expect(backup.figures.events).toBeGreaterThanOrEqual(ackedBefore.length + 2);
    for (const name of await readdir(backup.folder))
      expect((await stat(join(backup.folder, name))).mode & 0o777).toBe(0o600);
    expect(((await stat(backup.folder)).mode & 0o777).toString(8)).toBe('700');
    expect((await readdir(join(edge.folder, 'backups'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('P2: holds no key: no file of the key folder has its bytes in it', async () => {
    const bytes = await readFile(join(backup.folder, 'ground.db'));
    const keys = await readdir(edge.keyDir);
    expect(keys.length).toBeGreaterThan(1);
    for (const name of keys)
      expect({ name, found: bytes.includes(await readFile(join(edge.keyDir, name))) }).toEqual({ name, found: false });
  });

  it('goes back into an empty folder, all of it, and a server serves it', async () => {
    const at = target('plain');
    const restored = await restoreBackup(at, backup.folder, { now, ...LOST });
    expect(restored).toMatchObject({ events: backup.figures.events, erasedAgain: 0, purged: 0, saltsWithoutKey: 0 });
    const ids = await idsIn(at);
    expect(ackedBefore.filter((id) => !ids.has(stored(id)))).toEqual([]);
    expect(await readdir(at.dataDir)).not.toContain('.restoring');
    const server = await startNode(at, { write: () => undefined });
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
    expect((await readAuditLog(server.db)).at(-1)?.open?.text).toMatch(/backup_restored|purge/);
    await server.close();
  });

  it.each(['ground.db', 'derived.db', 'mirror', 'ground.db-wal'])('refuses to overwrite a %s', async (name) => {
    const at = target(`taken-${name}`);
    await mkdir(at.dataDir, { recursive: true });
    await writeFile(join(at.dataDir, name), 'mine');
    await expect(restoreBackup(at, backup.folder, { now })).rejects.toMatchObject({ code: 'in_the_way' });
    expect(await readFile(join(at.dataDir, name), 'utf8')).toBe('mine');
    expect(await readdir(at.dataDir)).toEqual([name]);
  });

  it('P4: an erasure after the backup holds after the restore, by the second place or a file', async () => {
    const shop = await findSite(edge.db, siteId('shop'));
    if (shop === undefined) throw new Error('the site is there');
    await eraseByFirstPartyId(await rightsOf(config, edge.db), shop, VISITOR);
    const kept = encodeKept(await readKept(edge.db));
    const second = join(edge.folder, 'second');
    await mkdir(second);
    await writeFile(join(second, 'erased.json'), kept);
    const bySecond = { ...target('second-place'), secondDir: second };
    expect(await restoreBackup(bySecond, backup.folder, { now })).toMatchObject({ erasedAgain: 1 });
    expect((await idsIn(bySecond)).has(stored(mine.i))).toBe(false);
    const byFile = target('by-file');
    const erased = join(second, 'erased.json');
    expect(await restoreBackup(byFile, backup.folder, { now, erased })).toMatchObject({ erasedAgain: 1 });
    expect((await idsIn(byFile)).has(stored(mine.i))).toBe(false);
    expect((await readFile(join(byFile.dataDir, 'ground.db'))).includes('of_the_erased')).toBe(false);
  });

  it('P6: nobody gets in by what was given before, unless that was accepted', async () => {
    const mine = await edge.token(siteId('shop'), ['ledger:read']);
    const kim = await logIn(edge, [{ site: null, role: 'owner' }]);
    await edge.db.client.execute({
      sql: `INSERT INTO person_logins (digest, person, kind) VALUES (x'${'ab'.repeat(32)}', ?, 'email')`,
      args: [kim.person],
    });
    const later = await backUp({ ...config, backupDir: join(edge.folder, 'later-backups') }, Date.now);
    const statuses = async (name: string, keepsAccess: boolean) => {
      const at = target(name);
      const restored = await restoreBackup(at, later.backup.folder, { now, keepsAccess, ...LOST });
      const server = await startNode({ ...at, port: 0 }, { write: () => undefined });
      const ask = async (headers: Readonly<Record<string, string>>) =>
        (await fetch(`${server.origin}/v1/sites/shop/ledger`, { headers })).status;
      const seen = [await ask({ authorization: `Bearer ${mine}` }), await ask({ cookie: kim.cookie })];
      const { rows } = await server.db.client.execute('SELECT count(*) AS n FROM person_logins');
      const fresh = await codeFor(server.db, kim.person);
      const entered = await fetch(`${server.origin}/v1/session`, {
        method: 'POST',
        body: JSON.stringify({ code: fresh }),
      });
      await server.close();
      return { seen, bound: Number(rows[0]?.['n']), entered: entered.status, accessEnded: restored.accessEnded };
    };
    expect(await statuses('ended', false)).toEqual({ seen: [401, 401], bound: 0, entered: 201, accessEnded: true });
    expect(await statuses('kept', true)).toEqual({ seen: [200, 200], bound: 1, entered: 201, accessEnded: false });
  });

  it('P5: what is past its limit by now does not come back', async () => {
    const shop = await findSite(edge.db, siteId('shop'));
    if (shop === undefined) throw new Error('the site is there');
    await setRetention(edge.db, shop, { events: 30 }, now());
    const later = await backUp(config, Date.now);
    const at = target('late');
    const inAYear = (): EpochMs => (Date.now() + 365 * DAY_MS) as EpochMs;
    const restored = await restoreBackup(at, later.backup.folder, { now: inAYear, ...LOST });
    expect(restored.purged).toBeGreaterThan(0);
    expect(restored.events).toBe(0);
  });

  it('says so where the keys are lost', async () => {
    const at = { ...target('no-keys'), keyDir: join(edge.folder, 'no-keys', 'keys') };
    const restored = await restoreBackup(at, backup.folder, { now, ...LOST });
    expect(restored.saltsWithoutKey).toBeGreaterThan(0);
  });

  it.each([
    { why: 'a byte changed', harm: (path: string) => writeFile(path, 'x', { flag: 'r+' }) },
    { why: 'it was cut', harm: (path: string) => truncate(path, 8_192) },
    { why: 'it is missing', harm: (path: string) => rm(path) },
  ])('refuses a backup where $why, and leaves the folder as it was', async ({ harm }) => {
    const { backup: spoilt } = await backUp(config, Date.now);
    await harm(join(spoilt.folder, 'ground.db'));
    const at = target('spoilt');
    await expect(restoreBackup(at, spoilt.folder, { now })).rejects.toMatchObject({ code: 'altered' });
    expect(await readdir(at.dataDir).catch(() => [])).toEqual([]);
  });

  it('refuses what is no backup, and one of a newer version', async () => {
    await expect(restoreBackup(target('none'), edge.folder, { now })).rejects.toMatchObject({ code: 'no_backup' });
    const at = target('newer');
    await restoreBackup(at, backup.folder, { now, ...LOST });
    const db = await openData(at);
    await db.client.execute(`INSERT INTO ground_migrations (hash, created_at) VALUES ('later', ${now() + DAY_MS})`);
    db.client.close();
    const { backup: newer } = await backUp(at, Date.now);
    await expect(restoreBackup(target('from-newer'), newer.folder, { now })).rejects.toMatchObject({ code: 'newer' });
  });

  it('leaves nothing half written where it can not write', async () => {
    const out = join(edge.folder, 'closed');
    await mkdir(out);
    await writeFile(join(out, 'file'), '');
    await expect(backUp(config, Date.now, join(out, 'file'))).rejects.toMatchObject({ code: 'not_written' });
    await expect(backUp({ ...config, dataDir: out }, Date.now)).rejects.toMatchObject({ code: 'no_database' });
    expect(await readdir(out)).toEqual(['file']);
  });

  it('P5: removes backups past their days, and no other folder beside them', async () => {
    const parent = join(edge.folder, 'backups');
    await mkdir(join(parent, 'mine'));
    const before = (await readdir(parent)).length;
    expect(await pruneBackups({ ...config, backupDays: 30 }, backup.madeAt + 30 * DAY_MS - 1)).toBe(0);
    expect(await pruneBackups({ ...config, backupDays: 0 }, Date.now() + 900 * DAY_MS)).toBe(0);
    const removed = await pruneBackups({ ...config, backupDays: 30 }, Date.now() + 31 * DAY_MS);
    // The spoilt ones still say when they were made.
    expect(removed).toBe(before - 1);
    expect(await readdir(parent)).toEqual(['mine']);
  });
});
