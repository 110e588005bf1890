// bench/proof/sigkill.ts: privacy work killed with SIGKILL before each of its calls, then begun again: nothing stays half done.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EpochMs } from '../../contract/index.ts';
import { DAY_MS, MINUTE_MS } from '../../contract/index.ts';
import { mirrorFolder } from '../../runtime/index.ts';
import { acceptJobs, findSite, setDestination, setRetention } from '../../store/index.ts';
import { syncMirror } from '../../store/mirror.node.ts';
import { openFiles } from '../../store/open.node.ts';
import type { Place, Work } from './after-kill.ts';
import { findHalfDone } from './after-kill.ts';
import { beforeRekey, ERASED, rekeyJob, WITHDRAWN } from './killed-data.ts';
import { segmentNow, sendAs, sendRefusal, sendVisitors, SITE, startStage } from './pipeline.ts';

const POINTS_MAX = 500;
/** A killed run's lease has ended by then. */
const LATER_MS = 10 * MINUTE_MS;
const FAR_AHEAD_MS = 1_000 * DAY_MS;
const CHILD = fileURLToPath(new URL('../servers/killed-work.js', import.meta.url));

/** A data folder with everything in it that the pieces of work find something in. */
export async function makeTemplate(folder: string): Promise<void> {
  const stage = await startStage(folder);
  await sendVisitors(stage);
  for (let nth = 0; nth < 5; nth++)
    await sendAs(stage, ERASED.id, { h: ERASED.mark, n: 'view_item', m: { l: [{ i: ERASED.mark }] } });
  for (let nth = 0; nth < 5; nth++) await sendAs(stage, WITHDRAWN.id, { h: `${WITHDRAWN.mark} ${nth}` });
  await segmentNow(stage);
  const { db } = stage.server;
  const now = Date.now() as EpochMs;
  const site = await findSite(db, SITE);
  if (site === undefined) throw new Error('the site is there');
  await setRetention(db, site, { events: 30, profiles: 30 }, now);
  await setDestination(db, site, { name: 'mail', url: 'https://mail.example/hooks', purpose: 'newsletters' }, now);
  await sendRefusal(stage, WITHDRAWN.id);
  await acceptJobs(db, [beforeRekey(site.row, now)]);
  await mkdir(mirrorFolder(stage.config), { recursive: true });
  await syncMirror(db, mirrorFolder(stage.config), site.row, () => Promise.resolve(true));
  await stage.server.close();
}

/** How one piece of work took being killed. */
export interface KillReport {
  /** Calls it was killed before, one run each. */
  readonly points: number;
  readonly halfDone: readonly string[];
}

/** Gives the folder what a rotation leaves: former keys, and second names of orders. */
async function rekey({ dataDir }: Place, now: EpochMs): Promise<void> {
  const db = await openFiles({ ground: join(dataDir, 'ground.db'), derived: join(dataDir, 'derived.db') });
  await acceptJobs(db, [rekeyJob(1, now)]);
  db.client.close();
}

/** Kills a piece of work before each of its calls, restarts and looks. */
export async function killEverywhere(template: string, scratch: string, work: Work): Promise<KillReport> {
  const halfDone: string[] = [];
  for (let point = 0; point < POINTS_MAX; point++) {
    await rm(scratch, { recursive: true, force: true });
    await cp(template, scratch, { recursive: true });
    const place = { dataDir: join(scratch, 'data'), keyDir: join(scratch, 'keys') };
    const now = Date.now() + (work === 'rotation' ? FAR_AHEAD_MS : 0);
    if (work === 'rotation') await rekey(place, now as EpochMs);
    const visitor = work === 'withdrawal' ? WITHDRAWN.id : ERASED.id;
    const args = [CHILD, place.dataDir, place.keyDir, work, String(point), String(now), visitor];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const isKilled = run.signal === 'SIGKILL';
    if (!isKilled && run.status !== 0) throw new Error(`the work failed by itself: ${run.stderr}`);
    for (const fault of await findHalfDone(place, work, (now + LATER_MS) as EpochMs, point)) {
      halfDone.push(`${work} killed before call ${point}: ${fault}`);
    }
    if (!isKilled) return { points: point, halfDone };
  }
  throw new Error('the work has no end');
}
