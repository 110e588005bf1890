// bench/delivery.bench.ts: `npm run bench -- delivery [--docs] [VISITS] [SEED] [CAUSE]`: events made, lost and counted twice, by what happens to
// the page, of our tag and of two rivals.
import { chromium } from 'playwright-core';
import { findChromium } from '../cli/replay/index.ts';
import { startSite } from './delivery/site.ts';
import type { Tracker } from './delivery/trackers.ts';
import { loadTrackers } from './delivery/trackers.ts';
import type { Cause, Errand, Outcome } from './delivery/visit.ts';
import { CAUSES, makeVisit } from './delivery/visit.ts';
import { DOCS_SWITCH, writeRegion } from './doc-region.ts';
import { printFigure, printMachine, spreadOf } from './figures.ts';
import { seeded } from './random.ts';

const BENCH = 'delivery';
const [visits, seed, only] = process.argv.slice(2).filter((word) => word !== DOCS_SWITCH);
/** Visits of each tracker for each cause. */
const VISITS = Number(visits ?? '25');
const SEED = Number(seed ?? '1');
/** Visits at a time, each in a profile of its own. */
const AT_A_TIME = 10;
/** Progress is told every so many visits. */
const PROGRESS_VISITS = 50;
/** The spread is over as many parts of the visits. */
const PARTS = 5;
const OURS = 'hushtag';

/** Makes the visits, some at a time; trackers take turns. */
async function makeVisits(errands: readonly Errand[]): Promise<ReadonlyMap<Errand, Outcome>> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium: install the package chromium, or set CHROMIUM_PATH.');
  const browser = await chromium.launch({
    executablePath,
    // A driven browser says so; Plausible’s tracker and our edge would set it aside.
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-blink-features=AutomationControlled'],
  });
  const site = await startSite();
  const outcomes = new Map<Errand, Outcome>();
  const waiting = errands.values();
  const visitor = async (): Promise<void> => {
    for (const errand of waiting) {
      outcomes.set(errand, await makeVisit(browser, site, errand));
      if (outcomes.size % PROGRESS_VISITS === 0) process.stderr.write(`${outcomes.size} of ${errands.length} visits\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, visitor));
  await browser.close();
  await site.close();
  return outcomes;
}

type Count = 'lost' | 'duplicated' | 'repeated';
const percent = (outcomes: readonly Outcome[], count: Count): number => {
  const made = outcomes.reduce((sum, outcome) => sum + outcome.made, 0);
  return made === 0 ? 0 : (100 * outcomes.reduce((sum, outcome) => sum + outcome[count], 0)) / made;
};

function print(cause: Cause, tracker: string, outcomes: readonly Outcome[]): void {
  const parts = Array.from({ length: PARTS }, (_, part) => outcomes.filter((_, nth) => nth % PARTS === part));
  const sum = (count: Count | 'made'): number => outcomes.reduce((all, outcome) => all + outcome[count], 0);
  const made = sum('made');
  const counts = { made, delivered: made - sum('lost'), lost: sum('lost'), duplicated: sum('duplicated') };
  for (const [figure, count] of [['lost_pct', 'lost'], ['duplicated_pct', 'duplicated']] as const) {
    printFigure({
      bench: BENCH,
      figure,
      value: percent(outcomes, count),
      unit: '%',
      cause,
      tracker,
      ...(tracker === OURS ? {} : { against: tracker }),
      spread: spreadOf(parts.filter((part) => part.length > 0).map((part) => percent(part, count))),
      ...counts,
      ...(count === 'duplicated' ? { sentTwicePct: percent(outcomes, 'repeated') } : {}),
      visits: outcomes.length,
      seed: SEED,
    });
  }
} // biome-ignore format: a table

printMachine(BENCH);
const causes = CAUSES.filter((cause) => only === undefined || cause === only);
const trackers = await loadTrackers();
const errands = Array.from({ length: VISITS }, (_, nth) =>
  causes.flatMap((cause) =>
    trackers.map((_, turn) => {
      const place = (turn + nth) % trackers.length;
      const tracker = trackers[place];
      if (tracker === undefined) throw new Error('a tracker at every place');
      const at = CAUSES.indexOf(cause);
      // The same numbers for each tracker: the same events at the same times.
      return { name: `${nth}.${at}.${place}`, cause, tracker, random: seeded(SEED + nth * CAUSES.length + at) };
    }),
  ),
).flat();
const outcomes = await makeVisits(errands);
const outcomesOf = (cause: Cause, { name }: Tracker): readonly Outcome[] =>
  errands
    .filter((errand) => errand.cause === cause && errand.tracker.name === name)
    .flatMap((errand) => outcomes.get(errand) ?? []);
for (const cause of causes) for (const tracker of trackers) print(cause, tracker.name, outcomesOf(cause, tracker));
if (process.argv.includes(DOCS_SWITCH)) {
  const cell = (cause: Cause, tracker: Tracker, count: Count): string =>
    `${percent(outcomesOf(cause, tracker), count).toFixed(1)} %`;
  writeRegion('tag-figures.md', BENCH, [
    ['Cause', ...trackers.flatMap(({ name }) => [`${name}: lost`, 'twice'])],
    ...causes.map((cause) => [
      cause,
      ...trackers.flatMap((tracker) => [cell(cause, tracker, 'lost'), cell(cause, tracker, 'duplicated')]),
    ]),
  ]);
}
