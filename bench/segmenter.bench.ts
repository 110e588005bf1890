// bench/segmenter.bench.ts: `npm run bench -- segmenter [events]`: a whole rebuild, a run after 1 % more events, and k-means.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SiteId } from '../contract/index.ts';
import { mirrorFolder, projectFolder } from '../runtime/index.ts';
import type { Db } from '../store/index.ts';
import { addSite } from '../store/index.ts';
import { syncMirror } from '../store/mirror.node.ts';
import { migrateFiles, openFiles } from '../store/open.node.ts';
import { median, printFigure, printMachine, spreadOf } from './figures.ts';
import { writeHistory } from './segmenter/history.ts';
import { RULES, setRules } from './segmenter/live.ts';

const BENCH = 'segmenter';
const EVENTS = Number(process.argv[2] ?? '10000000');
const VISITORS = EVENTS / 20;
const REBUILDS = 3;
const KMEANS_RUNS = 3;
/** Events of one live measurement. */
const LIVE_EVENTS = 50_000;
/** Days of the history; what comes new lies on its last ones. */
const LAST_DAY = 297;

interface Measured {
  readonly seconds: number;
  readonly peakMb: number;
  readonly eventsFolded: number;
  readonly profiles: number;
  readonly durationsMs: Readonly<Record<string, number>>;
  readonly p99Ms?: number;
}

const RUN = join(projectFolder(), 'dist', 'server', 'bench', 'servers', 'segmenter-run.js');
const inProcess = (work: string, folder: string): Measured =>
  JSON.parse(execFileSync(process.execPath, [RUN, work, folder], { encoding: 'utf8' })) as Measured;
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const folder = await mkdtemp(join(tmpdir(), 'hushtag-segmenter-'));
const files = { ground: join(folder, 'ground.db'), derived: join(folder, 'derived.db') };
const withDb = async <T>(use: (db: Db) => Promise<T>): Promise<T> => {
  const db = await openFiles(files);
  try {
    return await use(db);
  } finally {
    db.client.close();
  }
};

/** What comes after everybody was judged by fifty rules, folded a commit's worth at a time. */
async function measureLive(): Promise<void> {
  await withDb((db) => setRules(db, { row: 1, id: 'shop' }));
  const sweep = inProcess('live', folder);
  say(`everybody judged by ${RULES} rules in ${sweep.seconds} s`);
  const events = Math.min(LIVE_EVENTS, EVENTS / 20);
  const folds: Measured[] = [];
  for (let nth = 0; nth < REBUILDS; nth += 1) {
    const size = { events, visitors: VISITORS, seed: 10 + nth, fromDay: LAST_DAY };
    await withDb((db) => writeHistory(db, 1, size, () => undefined));
    folds.push(inProcess('live', folder));
  }
  const rates = folds.map((one) => one.eventsFolded / one.seconds);
  const details = { rules: RULES, newEvents: events, visitors: VISITORS };
  printFigure({
    bench: BENCH,
    figure: 'live_fold_events_per_s',
    value: median(rates),
    unit: 'events/s',
    against: '>= 50000',
    spread: spreadOf(rates),
    ...details,
    sweepSeconds: sweep.seconds,
  });
  printFigure({
    bench: BENCH,
    figure: 'membership_lookup_p99_ms',
    value: inProcess('lookups', folder).p99Ms ?? Number.NaN,
    unit: 'ms',
    against: '< 2 at 1 M visitors',
    ...details,
  });
}

printMachine(BENCH);
try {
  await migrateFiles(files, join(projectFolder(), 'migrations'));
  await withDb(async (db) => {
    await addSite(db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: 0 });
    let told = 0;
    await writeHistory(db, 1, { events: EVENTS, visitors: VISITORS, seed: 1 }, (done) => {
      if (done - told < EVENTS / 10) return;
      told = done;
      say(`${done} of ${EVENTS} events written`);
    });
  });
  const syncBegan = performance.now();
  await withDb((db) => syncMirror(db, mirrorFolder({ dataDir: folder }), 1, async () => true));
  const details = { events: EVENTS, visitors: VISITORS };
  printFigure({
    bench: BENCH,
    figure: 'mirror_events_per_s',
    value: (EVENTS / (performance.now() - syncBegan)) * 1_000,
    unit: 'events/s',
    ...details,
  });
  const rebuilds: Measured[] = [];
  for (let nth = 0; nth < REBUILDS; nth += 1) {
    // Another state version is what makes a run fold everything again.
    await withDb((db) => db.client.execute('UPDATE watermarks SET state_version = 0'));
    rebuilds.push(inProcess('run', folder));
    say(JSON.stringify(rebuilds.at(-1)));
  }
  const seconds = rebuilds.map((one) => one.seconds);
  const folds = rebuilds.map((one) => (one.eventsFolded / (one.durationsMs['fold'] ?? Number.NaN)) * 1_000);
  printFigure({
    bench: BENCH,
    figure: 'rebuild_10m_s',
    value: median(seconds),
    unit: 's',
    against: '<= 30 for 10 M events',
    spread: spreadOf(seconds),
    ...details,
    stagesMs: rebuilds[0]?.durationsMs,
  });
  printFigure({
    bench: BENCH,
    figure: 'rebuild_peak_mb',
    value: Math.max(...rebuilds.map((one) => one.peakMb)),
    unit: 'MB',
    against: '<= 2000',
    ...details,
  });
  printFigure({
    bench: BENCH,
    figure: 'fold_events_per_s',
    value: median(folds),
    unit: 'events/s',
    against: '>= 1500000',
    spread: spreadOf(folds),
    ...details,
  });
  await withDb((db) =>
    writeHistory(db, 1, { events: EVENTS / 100, visitors: VISITORS, seed: 2, fromDay: LAST_DAY }, () => undefined),
  );
  const incremental = inProcess('run', folder);
  printFigure({
    bench: BENCH,
    figure: 'incremental_vs_full',
    value: incremental.seconds / median(seconds),
    unit: 'ratio',
    against: '<= 0.05',
    newEvents: EVENTS / 100,
    stagesMs: incremental.durationsMs,
    ...details,
  });
  await measureLive();
  const starts = Array.from({ length: KMEANS_RUNS }, () => inProcess('kmeans', folder));
  printFigure({
    bench: BENCH,
    figure: 'kmeans_1m_s',
    value: median(starts.map((one) => one.seconds)),
    unit: 's',
    against: '< 2 a start',
    starts: 'ten on a sample of 10,000, one on all',
    spread: spreadOf(starts.map((one) => one.seconds)),
  });
  printFigure({
    bench: BENCH,
    figure: 'kmeans_1m_mb',
    value: Math.max(...starts.map((one) => one.peakMb)),
    unit: 'MB',
    against: '< 300',
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
