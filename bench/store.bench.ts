// bench/store.bench.ts: `npm run bench -- store`: bytes an event takes on disk, indexes and dictionaries included.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventIdFrom } from '../contract/index.ts';
import { storedEventId } from '../core/index.ts';
import { projectFolder } from '../runtime/index.ts';
import type { EventRow } from '../store/index.ts';
import { acceptJobs } from '../store/index.ts';
import { migrateFiles, openGround } from '../store/open.node.ts';
import { printFigure, printMachine } from './figures.ts';

const BENCH = 'store';
const EVENTS = Number(process.argv[2] ?? '1000000');
const EVENTS_A_COMMIT = 500;
/** Events of one visit: a browsing stream, not a stream of strangers. */
const EVENTS_A_VISIT = 5;
const PATHS = 2_000;

const folder = await mkdtemp(join(tmpdir(), 'hushtag-store-'));
const files = { ground: join(folder, 'ground.db'), derived: join(folder, 'derived.db') };
await migrateFiles(files, join(projectFolder(), 'migrations'));
const db = await openGround(files);

/**
 * Contexts of a site's visits: a few are most of them, hundreds are rare. A visit keeps its own but for the channel, which
 * its first page alone has.
 */
const CONTEXTS = 1_500;
let contextOf: (isFirst: boolean) => string = () => '';
function nextContext(): void {
  // Zipf's law by inversion, roughly: rank r is met about 1/r as often as the first.
  const rank = Math.floor(CONTEXTS ** Math.random());
  const [country, device, browser, os] = [rank % 37, 1 + (rank % 2), 1 + (rank % 7), 1 + (rank % 6)];
  const shared = `${String.fromCharCode(65 + (country % 26), 65 + (country % 7))}|${rank % 5 === 0 ? 'BE' : ''}|${device}|${browser}|${os}|${['de', 'en', 'fr'][rank % 3]}||`;
  contextOf = (isFirst) => `${shared}${isFirst ? 1 + (rank % 9) : 0}`;
}

let visitor = '';
const START = Date.UTC(2026, 0, 1);
const rowOf = (nth: number): EventRow => {
  if (nth % EVENTS_A_VISIT === 0) {
    visitor = randomBytes(12).toString('hex');
    nextContext();
  }
  const at = START + nth * 50;
  const page = (nth * 7_919) % PATHS;
  return {
    id: storedEventId(eventIdFrom(at, randomBytes(10))),
    at,
    name: 'page_view',
    visitor,
    linked: 0,
    purposes: 0,
    policyVersion: 1,
    path: `/products/category-${page % 40}/product-${page}`,
    title: `Product ${page} | Example shop`,
    context: contextOf(nth % EVENTS_A_VISIT === 0),
    ...(nth % EVENTS_A_VISIT === 0
      ? { referrer: `search-${nth % 9}.example`, campaign: 'utm_source=news&utm_medium=email' }
      : {}),
  };
};

printMachine(BENCH);
const began = performance.now();
for (let from = 0; from < EVENTS; from += EVENTS_A_COMMIT) {
  const rows = Array.from({ length: Math.min(EVENTS_A_COMMIT, EVENTS - from) }, (_, nth) => rowOf(from + nth));
  await acceptJobs(db, [
    { site: 1, day: 20_000, rows, ledger: [{ outcome: 'received', reason: '', events: rows.length }] },
  ]);
}
const seconds = (performance.now() - began) / 1_000;
await db.client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
db.client.close();
const { size } = await stat(files.ground);
await rm(folder, { recursive: true });
printFigure({
  bench: BENCH,
  figure: 'bytes_per_event',
  value: size / EVENTS,
  unit: 'bytes',
  against: '<= 100',
  events: EVENTS,
});
printFigure({
  bench: BENCH,
  figure: 'insert_events_per_s',
  value: EVENTS / seconds,
  unit: 'events/s',
  eventsPerCommit: EVENTS_A_COMMIT,
});
