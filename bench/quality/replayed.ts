// bench/quality/replayed.ts: do visitors keep their clusters? A real shop's history, run by run, a day at a time.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RetailEvent } from '../../cli/replay/index.ts';
import { exampleFile, mapRetail, readRetailRows } from '../../cli/replay/index.ts';
import type { EpochMs } from '../../contract/index.ts';
import { bitsOf, DAY_MS, parseSiteId } from '../../contract/index.ts';
import { projectFolder } from '../../runtime/index.ts';
import { runSegmenter } from '../../segmenter/index.ts';
import type { Db, EventRow, Site } from '../../store/index.ts';
import { acceptJobs, addSite, findSite, readClusterMembers } from '../../store/index.ts';
import { migrateFiles, openFiles } from '../../store/open.node.ts';
import type { Measured } from './measured.ts';

const FLOOR = 50;
const PUBLISH_KEY_BYTES = 32;
const KEPT_MIN = 0.95;
/** Rows written at once. */
const ROWS_MAX = 1_000;

const hexOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24);

/** The event as the edge would store it, but for its keys, which are hashes here: no numbers hang on them. */
function rowOf({ event, firstPartyId }: RetailEvent): EventRow {
  const { transactionId, items, ...money } = event.commerce ?? {};
  return {
    id: event.id.replaceAll('-', ''),
    at: event.at,
    name: event.name,
    visitor: firstPartyId === undefined ? undefined : hexOf(firstPartyId),
    linked: firstPartyId === undefined ? 0 : 1,
    purposes: firstPartyId === undefined ? 0 : bitsOf(['measure', 'profile']),
    policyVersion: 1,
    ...money,
    orderKey: transactionId === undefined ? undefined : hexOf(transactionId),
    items: items === undefined ? undefined : JSON.stringify(items),
  };
}

/** Runs the segmenter as of the end of a day and says who is in which cluster. */
async function clustersAfter(db: Db, site: Site, day: number): Promise<Map<number, string>> {
  const end = ((day + 1) * DAY_MS - 1) as EpochMs;
  const run = await runSegmenter({
    db,
    site,
    now: end,
    holder: 'quality',
    clock: () => end,
    publishKey: new Uint8Array(PUBLISH_KEY_BYTES).fill(7),
  });
  if (!run.ok) throw new Error(`a run of the segmenter was refused: ${run.error}`);
  return readClusterMembers(db, site.row);
}

async function replay(db: Db, site: Site) {
  const { events } = mapRetail(await readRetailRows(exampleFile()));
  const days = new Map<number, RetailEvent[]>();
  for (const entry of events) {
    const day = Math.floor(entry.event.at / DAY_MS);
    const list = days.get(day);
    if (list === undefined) days.set(day, [entry]);
    else list.push(entry);
  }
  let last = new Map<number, string>();
  let [kept, all, pairs] = [0, 0, 0];
  let worst = { share: 1, day: '' };
  let daysBelow = 0;
  for (const [day, list] of [...days].sort(([a], [b]) => a - b)) {
    const rows = list.map(rowOf);
    for (let from = 0; from < rows.length; from += ROWS_MAX) {
      await acceptJobs(db, [{ site: site.row, day, rows: rows.slice(from, from + ROWS_MAX), ledger: [] }]);
    }
    const now = await clustersAfter(db, site, day);
    let [same, both] = [0, 0];
    for (const [visitor, cluster] of now) {
      const before = last.get(visitor);
      if (before === undefined) continue;
      both += 1;
      same += Number(before === cluster);
    }
    last = now;
    if (both === 0) continue;
    pairs += 1;
    kept += same;
    all += both;
    if (same / both < KEPT_MIN) daysBelow += 1;
    if (same / both < worst.share)
      worst = { share: same / both, day: new Date(day * DAY_MS).toISOString().slice(0, 10) };
  }
  return { share: kept / all, pairs, daysBelow, worst };
}

/** Figures of the replayed shop. */
export async function measureReplay(): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-quality-'));
  try {
    const files = { ground: join(folder, 'ground.db'), derived: join(folder, 'derived.db') };
    await migrateFiles(files, join(projectFolder(), 'migrations'));
    const db = await openFiles(files);
    try {
      const id = parseSiteId('shop');
      if (!id.ok) throw new Error('shop is a site id');
      await addSite(db, { id: id.value, origins: [], policy: 'standard', floor: FLOOR, at: 0 });
      const site = await findSite(db, id.value);
      if (site === undefined) throw new Error('the site was not added');
      const { share, pairs, daysBelow, worst } = await replay(db, site);
      return [
        { figure: 'labels_kept_pct', value: share * 100, unit: '% of visitors', against: '>= 95', digits: 5 },
        { figure: 'labels_kept_days_below_95', value: daysBelow, unit: `of ${pairs} pairs of days` },
        { figure: 'labels_kept_worst_day_pct', value: worst.share * 100, unit: `% on ${worst.day}` },
      ];
    } finally {
      db.client.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
