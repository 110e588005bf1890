// bench/tag.bench.ts: `npm run bench -- tag [--docs] [ROUNDS]`: what our scripts cost on the wire, against their budgets, and on
// the wire, the main thread and the heap against other trackers in the same run.
import { brotliCompressSync, constants } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { findChromium } from '../cli/replay/index.ts';
import { DOCS_SWITCH, writeRegion } from './doc-region.ts';
import { median, printFigure, printMachine, spreadOf } from './figures.ts';
import { ownScript } from './tag-bundles.ts';
import type { Contestant } from './tag/contestants.ts';
import { loadContestants } from './tag/contestants.ts';
import type { PageCost } from './tag/page-cost.ts';
import { measurePage, servePage } from './tag/page-cost.ts';

const BENCH = 'tag';
const given = process.argv.slice(2);
const ROUNDS = Number(given.find((word) => word !== DOCS_SWITCH) ?? '9');
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
// The budgets of issue 5; the build fails over them.
const SCRIPTS = [
  { figure: 'core_bytes_br', file: 'tag.js', bytesMax: 1_400 },
  { figure: 'full_bytes_br', file: 'tag.full.js', bytesMax: 2_400 },
] as const;
const COSTS = [
  { figure: 'script_ms', cost: 'scriptMs', unit: 'ms' },
  { figure: 'task_ms', cost: 'taskMs', unit: 'ms' },
  { figure: 'heap_kb', cost: 'heapKb', unit: 'kB' },
] as const;

const bytesOf = (code: string): number => brotliCompressSync(code, QUALITY).length;

/** Measures all in turn, each page in a fresh profile: first a page without any script, to be taken off. */
async function measureAll(
  contestants: readonly Contestant[],
): Promise<ReadonlyMap<Contestant | undefined, PageCost[]>> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium: install the package chromium, or set CHROMIUM_PATH.');
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-blink-features=AutomationControlled'];
  const costs = new Map<Contestant | undefined, PageCost[]>();
  const measure = async (browser: Browser, contestant: Contestant | undefined, round: number): Promise<void> => {
    const { url, close } = await servePage(contestant);
    const cost = await measurePage(browser, url);
    close();
    // The first round warms the browser up.
    if (round > 0) costs.set(contestant, [...(costs.get(contestant) ?? []), cost]);
  };
  const browser = await chromium.launch({ executablePath, args });
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const contestant of [undefined, ...contestants]) await measure(browser, contestant, round);
    process.stderr.write(`round ${round} of ${ROUNDS}\n`);
  }
  await browser.close();
  return costs;
}

printMachine(BENCH);
for (const { figure, file, bytesMax } of SCRIPTS) {
  const code = ownScript(file);
  const against = `<= ${bytesMax}`;
  printFigure({ bench: BENCH, figure, value: bytesOf(code), unit: 'bytes', against, rawBytes: code.length });
}
const contestants = await loadContestants();
for (const { name, script, isOurs } of contestants) {
  if (isOurs) continue;
  printFigure({ bench: BENCH, figure: 'rival_bytes_br', value: bytesOf(script), unit: 'bytes', against: name });
}
const measured = await measureAll(contestants);
/** A cost over that of a page without any script, round by round. */
const overEmpty = (contestant: Contestant, cost: keyof PageCost): readonly number[] => {
  const empty = median((measured.get(undefined) ?? []).map((page) => page[cost]));
  return (measured.get(contestant) ?? []).map((page) => page[cost] - empty);
};
for (const { figure, cost, unit } of COSTS) {
  for (const contestant of contestants) {
    const values = overEmpty(contestant, cost);
    const who = contestant.isOurs ? { tag: contestant.name } : { against: contestant.name };
    printFigure({
      bench: BENCH,
      figure,
      value: median(values),
      unit,
      spread: spreadOf(values),
      ...who,
      rounds: ROUNDS,
    });
  }
}
if (given.includes(DOCS_SWITCH)) {
  const cell = (contestant: Contestant, cost: keyof PageCost, digits: number): string => {
    const values = overEmpty(contestant, cost);
    const [low, high] = spreadOf(values);
    return `${median(values).toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  };
  writeRegion('tag-figures.md', BENCH, [
    ['Script', 'bytes, brotli 11', 'script, ms', 'main thread, ms', 'heap, kB'],
    ...contestants.map((contestant) => [
      contestant.name,
      bytesOf(contestant.script).toLocaleString('en'),
      cell(contestant, 'scriptMs', 1),
      cell(contestant, 'taskMs', 1),
      cell(contestant, 'heapKb', 0),
    ]),
  ]);
}
