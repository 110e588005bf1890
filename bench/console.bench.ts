// bench/console.bench.ts: `npm run bench -- console [ROUNDS]`: a first view of the console and a click in it, over the demo's data.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { chromium } from 'playwright-core';
import { exampleFile, findChromium, replay } from '../cli/replay/index.ts';
import type { EpochMs } from '../contract/index.ts';
import { parseSiteId } from '../contract/index.ts';
import { firstOwnerCode, issueToken, tokenKeysFrom } from '../edge/index.ts';
import { configuredKeys, readConfig, segmentSite, startNode } from '../runtime/index.ts';
import { addSite, findSite } from '../store/index.ts';
import { median, printFigure, printMachine, spreadOf } from './figures.ts';

const BENCH = 'console';
const ROUNDS = Number(process.argv[2] ?? '7');
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const now = (): EpochMs => Date.now() as EpochMs;

/** What one visit of a page cost. */
interface Visit {
  readonly first_paint_ms: number;
  readonly largest_paint_ms: number;
  readonly shown_ms: number;
  readonly layout_shift: number;
  readonly long_tasks_ms: number;
  readonly transferred_kb: number;
  readonly interaction_ms: number;
}
const UNITS: Readonly<Record<keyof Visit, string>> = {
  first_paint_ms: 'ms',
  largest_paint_ms: 'ms',
  shown_ms: 'ms',
  layout_shift: 'score',
  long_tasks_ms: 'ms',
  transferred_kb: 'kB',
  interaction_ms: 'ms',
};

/** Runs in the page before anything else: what the browser says of it (web.dev/articles/lcp, cls, inp). */
const OBSERVE = `(() => {
  const seen = (globalThis.seen = { lcp: 0, cls: 0, long: 0, event: 0 });
  const watch = (type, on, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(on)).observe({ type, buffered: true, ...more });
  watch('largest-contentful-paint', (one) => { seen.lcp = one.startTime; });
  watch('layout-shift', (one) => { if (!one.hadRecentInput) seen.cls += one.value; });
  watch('longtask', (one) => { seen.long += one.duration - 50; });
  watch('event', (one) => { if (one.interactionId) seen.event = Math.max(seen.event, one.duration); }, { durationThreshold: 16 });
})()`;

interface Seen {
  readonly fcp: number;
  readonly lcp: number;
  readonly cls: number;
  readonly long: number;
  readonly event: number;
  readonly bytes: number;
}
const READ = `({
  ...globalThis.seen,
  fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  bytes: [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')].reduce((sum, one) => sum + one.transferSize, 0),
})`;

async function visitOnce(context: BrowserContext, origin: string): Promise<Visit> {
  const page = await context.newPage();
  await page.addInitScript(OBSERVE);
  const began = performance.now();
  await page.goto(`${origin}/console/shop/segments`);
  await page.locator('tbody tr').first().waitFor();
  const shown = performance.now() - began;
  const first = await page.evaluate<Seen>(READ);
  await page.locator('nav a', { hasText: 'Loss ledger' }).click();
  await page.locator('.stack-bar').waitFor();
  // The browser tells of an event once what it changed is painted.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const { event } = await page.evaluate<Seen>(READ);
  await page.close();
  return {
    first_paint_ms: first.fcp,
    largest_paint_ms: first.lcp,
    shown_ms: shown,
    layout_shift: first.cls,
    long_tasks_ms: first.long,
    transferred_kb: first.bytes / 1_000,
    interaction_ms: event,
  };
}

async function measure(origin: string, code: string): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('No Chromium: install the package chromium, or set CHROMIUM_PATH.');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const owner = await browser.newContext();
  const page = await owner.newPage();
  await page.goto(`${origin}/console/`);
  await page.locator('input[type=password]').fill(code);
  await page.keyboard.press('Enter');
  await page.locator('nav').waitFor();
  const storageState = await owner.storageState();
  const visits: Visit[] = [];
  // The first warms nothing but the server: each visit has a browser cache of its own.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const context = await browser.newContext({ storageState, viewport: { width: 1_280, height: 860 } });
    const visit = await visitOnce(context, origin);
    if (round > 0) visits.push(visit);
    await context.close();
  }
  await browser.close();
  for (const figure of Object.keys(UNITS) as (keyof Visit)[]) {
    const values = visits.map((visit) => visit[figure]);
    const runs = { runs: values.length, spread: spreadOf(values) };
    printFigure({ bench: BENCH, figure, value: median(values), unit: UNITS[figure], ...runs });
  }
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-bench-console-'));
  const read = readConfig({ HUSHTAG_DATA_DIR: join(folder, 'data'), HUSHTAG_KEY_DIR: join(folder, 'keys') }, folder);
  const id = parseSiteId('shop');
  if (!read.ok || !id.ok) throw new Error('the configuration of this benchmark is sound');
  const config = { ...read.value, port: 0, segmentMinutes: 0 };
  const server = await startNode(config, { write: () => undefined });
  try {
    const { db, origin } = server;
    const keys = await configuredKeys(config);
    await addSite(db, { id: id.value, origins: ['https://shop.example'], policy: 'standard', floor: 50, at: now() });
    const signing = await tokenKeysFrom(await keys.secret('tokens', randomBytes(32)));
    const asked = { site: id.value, scopes: ['import'] as const, lifeSeconds: 600, id: randomBytes(16), now: now() };
    const token = await issueToken(signing, asked);
    const file = exampleFile('data/online_retail.parquet');
    const { lastAt } = await replay({ collector: new URL(origin), site: id.value, token, file });
    const site = await findSite(db, id.value);
    if (site === undefined) throw new Error('the site was added');
    await segmentSite({ db, keys, now, randomBytes, asOf: lastAt as EpochMs }, site);
    printMachine(BENCH);
    await measure(origin, (await firstOwnerCode({ db, now, randomBytes })) ?? '');
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

await main();
