// bench/reports.bench.ts: `npm run bench -- reports [events]`: funnels and the overview over a whole history, from the mirror.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SiteId } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { mirrorFolder, projectFolder } from '../runtime/index.ts';
import { addSite, readCohorts, readFunnel, readOverview, readPaths } from '../store/index.ts';
import { mirrorReports, syncMirror } from '../store/mirror.node.ts';
import { migrateFiles, openFiles } from '../store/open.node.ts';
import { median, printFigure, printMachine, spreadOf } from './figures.ts';
import { writeHistory } from './segmenter/history.ts';

const BENCH = 'reports';
const EVENTS = Number(process.argv[2] ?? '10000000');
const VISITORS = EVENTS / 20;
const FUNNELS = 20;
const OTHERS = 3;
const NAMES = ['page_view', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase'] as const;
/** The history of bench/segmenter/history.ts. */
const WHOLE = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1) + 301 * DAY_MS };

/** Five steps, in another order each time: no answer can be remembered. */
const stepsOf = (nth: number): string[] => {
  const rest: string[] = [...NAMES];
  const steps: string[] = [];
  for (let left = rest.length, code = nth * 7; left > 0; left -= 1) {
    steps.push(...rest.splice(code % left, 1));
    code = Math.floor(code / left) + nth;
  }
  return steps;
};

async function timed(times: number, work: (nth: number) => Promise<unknown>): Promise<number[]> {
  const ms: number[] = [];
  for (let nth = 0; nth < times; nth += 1) {
    const began = performance.now();
    await work(nth);
    ms.push(performance.now() - began);
  }
  return ms;
}

printMachine(BENCH);
const folder = await mkdtemp(join(tmpdir(), 'hushtag-reports-'));
const files = { ground: join(folder, 'ground.db'), derived: join(folder, 'derived.db') };
try {
  await migrateFiles(files, join(projectFolder(), 'migrations'));
  const plain = await openFiles(files);
  await addSite(plain, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: 0 });
  await writeHistory(plain, 1, { events: EVENTS, visitors: VISITORS, seed: 1 }, () => undefined);
  const mirror = mirrorFolder({ dataDir: folder });
  await syncMirror(plain, mirror, 1, async () => true);
  const db = { ...plain, reports: mirrorReports(plain, mirror) };
  // The first use loads DuckDB.
  await readFunnel(db, 1, WHOLE, NAMES);
  const details = { events: EVENTS, visitors: VISITORS };
  const funnels = (await timed(FUNNELS, (nth) => readFunnel(db, 1, WHOLE, stepsOf(nth)))).sort((a, b) => a - b);
  const p95 = funnels[Math.ceil(FUNNELS * 0.95) - 1] ?? Number.NaN;
  printFigure({
    bench: BENCH, figure: 'funnel_p95_ms', value: p95, unit: 'ms', against: '<= 1000 at 10 M events', spread: spreadOf(funnels),
    median: Math.round(median(funnels)), ...details,
  }); // biome-ignore format: a figure reads better in rows
  const others: Readonly<Record<string, () => Promise<unknown>>> = {
    overview_300_days_ms: () => readOverview(db, 1, WHOLE, WHOLE.to),
    overview_30_days_ms: () => readOverview(db, 1, { from: WHOLE.to - 31 * DAY_MS, to: WHOLE.to }, WHOLE.to),
    paths_30_days_ms: () => readPaths(db, 1, { from: WHOLE.to - 31 * DAY_MS, to: WHOLE.to }, 50),
    cohorts_8_weeks_ms: () => readCohorts(db, 1, WHOLE.to - 57 * DAY_MS, 8),
  };
  for (const [figure, work] of Object.entries(others)) {
    const ms = await timed(OTHERS, work);
    printFigure({ bench: BENCH, figure, value: median(ms), unit: 'ms', spread: spreadOf(ms), ...details });
  }
  printFigure({
    bench: BENCH,
    figure: 'peak_mb',
    value: process.resourceUsage().maxRSS / 1_024,
    unit: 'MB',
    ...details,
  });
  plain.client.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
