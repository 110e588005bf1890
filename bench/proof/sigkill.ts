// bench/proof/sigkill.ts: privacy work killed with SIGKILL before each of its calls, then begun again: nothing stays half done.
import { spawnSync } from 'node:child_process';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EpochMs, FirstPartyId } from '../../contract/index.ts';
import { DAY_MS, MINUTE_MS } from '../../contract/index.ts';
import { destroyAbandonedKeys, destroyExpiredSalts, knownVisitorKey } from '../../edge/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import type { Db } from '../../store/index.ts';
import {
  checkRetention,
  findSite,
  purgeExpired,
  readAuditLog,
  readLongSalts,
  replayTombstones,
  setRetention,
} from '../../store/index.ts';
import { openFiles } from '../../store/open.node.ts';
import { segmentNow, sendAs, sendVisitors, SITE, startStage } from './pipeline.ts';

const ID = 'first-party-visitor-killed-work' as FirstPartyId;
const MARK = 'killmark-eight';
const POINTS_MAX = 500;
/** A killed run's lease has ended by then. */
const LATER_MS = 10 * MINUTE_MS;
const FAR_AHEAD_MS = 1_000 * DAY_MS;
const CHILD = fileURLToPath(new URL('../servers/killed-work.js', import.meta.url));

/** The pieces of work. */
export const WORKS = ['purge', 'erasure', 'rotation', 'salt_change'] as const;
type Work = (typeof WORKS)[number];

interface Place {
  readonly dataDir: string;
  readonly keyDir: string;
}

/** A data folder with everything in it that the three pieces of work find something in. */
export async function makeTemplate(folder: string): Promise<void> {
  const stage = await startStage(folder);
  await sendVisitors(stage);
  for (let nth = 0; nth < 5; nth++) await sendAs(stage, ID, { h: MARK, n: 'view_item', m: { l: [{ i: MARK }] } });
  await segmentNow(stage);
  const site = await findSite(stage.server.db, SITE);
  if (site !== undefined)
    await setRetention(stage.server.db, site, { events: 30, profiles: 30 }, Date.now() as EpochMs);
  await stage.server.close();
}

/** How one piece of work took being killed. */
export interface KillReport {
  /** Calls it was killed before, one run each. */
  readonly points: number;
  readonly halfDone: readonly string[];
}

/** Kills a piece of work before each of its calls, restarts and looks. */
export async function killEverywhere(template: string, scratch: string, work: Work): Promise<KillReport> {
  const halfDone: string[] = [];
  for (let point = 0; point < POINTS_MAX; point++) {
    await rm(scratch, { recursive: true, force: true });
    await cp(template, scratch, { recursive: true });
    const place = { dataDir: join(scratch, 'data'), keyDir: join(scratch, 'keys') };
    const now = Date.now() + (work === 'rotation' ? FAR_AHEAD_MS : 0);
    const args = [CHILD, place.dataDir, place.keyDir, work, String(point), String(now), ID];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const isKilled = run.signal === 'SIGKILL';
    if (!isKilled && run.status !== 0) throw new Error(`the work failed by itself: ${run.stderr}`);
    for (const fault of await restart(place, work, (now + LATER_MS) as EpochMs, point)) {
      halfDone.push(`${work} killed before call ${point}: ${fault}`);
    }
    if (!isKilled) return { points: point, halfDone };
  }
  throw new Error('the work has no end');
}

async function restart(place: Place, work: Work, now: EpochMs, point: number): Promise<string[]> {
  const db = await openFiles({ ground: join(place.dataDir, 'ground.db'), derived: join(place.dataDir, 'derived.db') });
  const faults: string[] = [];
  try {
    await readAuditLog(db);
    if (work === 'purge') faults.push(...(await afterPurge(db, now)));
    else if (work === 'erasure') faults.push(...(await afterErasure(db, place, now, point)));
    else if (work === 'rotation') faults.push(...(await afterRotation(db, place, now)));
    else faults.push(...(await afterSaltChange(db, place, now)));
  } finally {
    db.client.close();
  }
  return faults;
}

async function afterPurge(db: Db, now: EpochMs): Promise<string[]> {
  await purgeExpired({ db, holder: 'restart', clock: () => now }, now);
  return (await checkRetention(db, now)).filter(({ holds }) => !holds).map(({ claim }) => claim);
}

async function afterErasure(db: Db, { keyDir }: Place, now: EpochMs, point: number): Promise<string[]> {
  const replayed = await replayTombstones({ db, holder: 'restart', clock: () => now });
  // Killed before its first write, the erasure promised nothing yet; nobody was given a receipt.
  if (point === 0) return [];
  const site = await findSite(db, SITE);
  const keys = await configuredKeys({ keyDir });
  const key = site === undefined ? undefined : await knownVisitorKey({ db, keys }, site, ID, now);
  const { rows } = await db.client.execute({
    sql: `SELECT 'key' FROM visitors WHERE key = unhex(?1) UNION ALL SELECT 'text' FROM strings WHERE value = ?2
      UNION ALL SELECT 'event' FROM events WHERE items LIKE '%' || ?2 || '%'`,
    args: [key ?? '', MARK],
  });
  const orphans = (await checkRetention(db, now)).filter(({ holds, limitDays }) => !holds && limitDays === undefined);
  return [
    ...(replayed.ok ? [] : ['busy']),
    ...rows.map((row) => row[0] as string),
    ...orphans.map(({ claim }) => claim),
  ];
}

async function afterRotation(db: Db, { keyDir }: Place, now: EpochMs): Promise<string[]> {
  await destroyExpiredSalts({ db, keys: await configuredKeys({ keyDir }) }, now);
  const { rows } = await db.client.execute('SELECT kek_id FROM salts');
  const keys = (await readdir(keyDir)).filter((name) => name.endsWith('.kek'));
  return [...rows.map(() => 'a row'), ...keys.map(() => 'a key')];
}

/** Either nothing happened, or the successor is there and the salt before it ends: and no key belongs to no salt. */
async function afterSaltChange(db: Db, { keyDir }: Place, now: EpochMs): Promise<string[]> {
  const keys = await configuredKeys({ keyDir });
  await destroyAbandonedKeys({ db, keys }, now);
  const salts = await readLongSalts(db, 1);
  const [newest, former] = salts;
  const files = (await readdir(keyDir)).filter((name) => name.endsWith('.kek'));
  const { rows } = await db.client.execute('SELECT count(*) FROM salts');
  const opened = await Promise.all(salts.map((salt) => keys.read(salt.kekId)));
  return [
    ...(salts.length === 1 || (former !== undefined && newest !== undefined && former.destroyAt < newest.destroyAt)
      ? []
      : ['half a change']),
    ...(opened.includes(undefined) ? ['a salt without a key'] : []),
    ...(files.length === Number(rows[0]?.[0]) ? [] : ['a key without a salt']),
  ];
}
