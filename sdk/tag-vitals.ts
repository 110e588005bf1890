// sdk/tag-vitals.ts: entry of dist/tag.vitals.js: LCP, INP, CLS, FCP and TTFB as web.dev defines them.
import { callTag } from './chunk.ts';
import { safely } from './safely.ts';

/** A session window of layout shifts ends after this pause, and after this length, ms (web.dev/articles/cls). */
const SHIFT_GAP_MS = 1_000;
const SHIFT_WINDOW_MS = 5_000;
/** INP leaves out one interaction of fifty, the slowest first (web.dev/articles/inp): the 98th percentile or so. */
const INTERACTIONS_PER_OUTLIER = 50;
/** Interactions whose length is kept. */
const INTERACTIONS_MAX = 5_000;
/** Of a shift score, and of milliseconds: browsers tell them no finer than tenths. */
const DECIMALS = 3;
/** The shortest event that is observed, ms: what the Event Timing API allows. Faster pages have no INP but of first inputs. */
const EVENT_MS_MIN = 16;

interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}
interface Load extends PerformanceNavigationTiming {
  /** When a prerendered page was shown. */
  readonly activationStart?: number;
}
interface Interaction extends PerformanceEntry {
  readonly interactionId?: number;
}
type Metric = 'lcp' | 'inp' | 'cls' | 'fcp' | 'ttfb';
type Values = Partial<Record<Metric, number>>;

// Of a view of the page: its load, or its return from the back/forward cache. Its times count from `startedAt`.
let values: Values = { cls: 0 };
let told: Values = {};
let startedAt = 0;
let shiftWindow = 0;
let windowBegan = 0;
let shiftedLast = 0;
/** The longest event of each interaction, ms. */
let lengths = new Map<number, number>();
/** Interactions of earlier views. */
let countedBefore = 0;
// What appears in a page that nobody sees is not measured.
let hiddenAt = document.hidden && !document.prerendering ? 0 : Infinity;
let isLcpFinal = false;
// Of the page that was loaded: in a single-page app the address is another by the time it is told.
const [address] = location.href.split('#');

const onShift = ({ startTime, value, hadRecentInput }: Shift): void => {
  if (hadRecentInput) return;
  if (startTime - shiftedLast >= SHIFT_GAP_MS || startTime - windowBegan >= SHIFT_WINDOW_MS) {
    shiftWindow = 0;
    windowBegan = startTime;
  }
  shiftedLast = startTime;
  shiftWindow += value;
  values.cls = Math.max(values.cls as number, shiftWindow);
};

const onInteraction = ({ interactionId, duration }: Interaction): void => {
  // Hovering and scrolling are no interactions.
  if (!interactionId || lengths.size >= INTERACTIONS_MAX) return;
  lengths.set(interactionId, Math.max(lengths.get(interactionId) ?? 0, duration));
  // Those too short to be observed count as well, where the browser tells how many there were.
  const count = (performance.interactionCount ?? lengths.size) - countedBefore;
  const place = Math.min(lengths.size - 1, Math.floor(count / INTERACTIONS_PER_OUTLIER));
  values.inp = [...lengths.values()].sort((one, other) => other - one)[place] as number;
};

/** Of the view, ms; what was before it took no time of it. */
const sinceStart = (time: number): number => Math.max(time - startedAt, 0);

const onPaint = (metric: Metric, { startTime }: PerformanceEntry): void => {
  if (startTime < hiddenAt) values[metric] = sinceStart(startTime);
};

/** Observes one type of entry; @returns what takes those that were not told to us yet. */
// A browser that does not know a type, or none, throws; the other metrics go on.
const observe = safely((type: string, act: (entry: never) => void): (() => void) => {
  const take = safely((entries: PerformanceEntryList) => (entries as never[]).forEach(act));
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  // The threshold is for `event` alone.
  observer.observe({ type, buffered: true, durationThreshold: EVENT_MS_MIN } as PerformanceObserverInit);
  return () => take(observer.takeRecords());
});
const observed = [
  observe('largest-contentful-paint', (entry) => !isLcpFinal && onPaint('lcp', entry)),
  observe('paint', (entry: PerformanceEntry) => entry.name.endsWith('contentful-paint') && onPaint('fcp', entry)),
  observe('layout-shift', onShift),
  observe('event', onInteraction),
  observe('first-input', onInteraction),
];

/** Takes all that was observed; what is painted from now on is no LCP. */
const settle = (): void => {
  observed.forEach((take) => take?.());
  isLcpFinal = true;
};

const on = safely((type: string, act: (event: PageTransitionEvent) => void): void =>
  addEventListener(type, safely(act as never), true),
);

// The first input ends LCP: what is painted later, it may have caused.
const onInput = ({ isTrusted }: Event): void => {
  if (isTrusted) settle();
};
on('keydown', onInput);
on('click', onInput);

on('visibilitychange', () => {
  if (!document.hidden) return;
  settle();
  hiddenAt = Math.min(hiddenAt, performance.now());
  // What grows later is told again when the page is hidden again.
  const changed: Values = {};
  for (const [metric, value] of Object.entries(values) as [Metric, number][]) {
    const rounded = Number(value.toFixed(DECIMALS));
    if (told[metric] !== rounded) told[metric] = changed[metric] = rounded;
  }
  if (Object.keys(changed)[0]) callTag('track', 'web_vitals', changed, address);
});

on('pageshow', ({ persisted, timeStamp }) => {
  if (!persisted) return;
  values = { cls: 0, ttfb: 0 };
  told = {};
  lengths = new Map();
  countedBefore = performance.interactionCount ?? 0;
  shiftedLast = -SHIFT_GAP_MS; // The next shift begins a window.
  startedAt = timeStamp;
  // A restored page is painted with the next frame but one.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      if (!document.hidden) values.lcp = values.fcp = performance.now() - startedAt;
    }),
  );
});

const readLoad = safely(() => {
  const [load] = performance.getEntriesByType('navigation') as [Load];
  // Without one, this throws, and there is no TTFB.
  startedAt = load.activationStart ?? 0;
  values.ttfb = sinceStart(load.responseStart);
});
readLoad();
// A prerendered page's times count from when it was shown, and nothing of it is painted before.
on('prerenderingchange', readLoad);
