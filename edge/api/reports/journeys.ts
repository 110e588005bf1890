// edge/api/reports/journeys.ts: funnels, cohorts and paths as they may be seen.
import { DAY_MS, isEventName } from '../../../contract/index.ts';
import type { ReportCount } from '../../../core/index.ts';
import { COUNT_STEP, publishNested, publishReportCount, roundCount } from '../../../core/index.ts';
import type { ReportRange, Site } from '../../../store/index.ts';
import { FUNNEL_STEPS_MAX, readFunnel, readPaths, readCohorts, RETENTION_WEEKS_MAX } from '../../../store/index.ts';
import type { ReportParts } from './overview.ts';
import type { Budget } from './paid.ts';
import { answerPaid, budgetOf } from './paid.ts';
import type { Days } from './range.ts';
import { daysOf, utcDay } from './range.ts';

/** The funnel of a shop. */
export const SHOP_FUNNEL = ['page_view', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase'] as const;
/** What a caller is told whose steps can't be read. */
export const STEPS_HELP = `steps is 2 to ${FUNNEL_STEPS_MAX} names of events with commas between, in their order.`;

/** Why a number is not there. */
type Withheld = 'below_floor' | 'budget_spent' | 'day_open';

/** Reads the steps of a query; undefined where they can't be read. */
export function readSteps(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return SHOP_FUNNEL;
  const steps = text.split(',');
  return steps.length >= 2 && steps.length <= FUNNEL_STEPS_MAX && steps.every(isEventName) ? steps : undefined;
}

/** The days of a range that are over: what spans days counts these alone, so that its answer can stand. */
function completeDays({ range }: Days, now: number): ReportRange | undefined {
  const to = Math.min(range.to, Math.floor(now / DAY_MS) * DAY_MS);
  return to > range.from ? { from: range.from, to } : undefined;
}

/** A funnel as it may be seen. */
export interface Funnel {
  readonly from: string;
  readonly to: string;
  readonly at: number | null;
  readonly steps: readonly {
    readonly step: string;
    readonly visitors: ReportCount;
    /** Of the first step's visitors, two decimals. */
    readonly share: number | null;
    readonly withheld: Withheld | null;
  }[];
  readonly budget: Budget;
}

const shareOf = (count: ReportCount | undefined, whole: ReportCount | undefined): number | null =>
  count == null || whole == null || whole === 0 ? null : Number((count / whole).toFixed(2));

/** Makes a funnel over the days that are over. */
export async function makeFunnel(
  { port, secretOf }: ReportParts,
  site: Site,
  days: Days,
  steps: readonly string[],
): Promise<Funnel> {
  const range = completeDays(days, port.now());
  const shown = daysOf(range ?? days.range);
  const none = (why: Withheld) => steps.map((step) => ({ step, visitors: null, share: null, withheld: why }));
  const head = { from: shown.from, to: shown.to };
  if (range === undefined) {
    return { ...head, at: null, steps: none('day_open'), budget: await budgetOf(port, site) };
  }
  const key = `${head.from} ${head.to} ${steps.join()}`;
  const paid = await answerPaid(port, site, { kind: 'funnel', key, units: 1, range }, async (at) => {
    const reached = await readFunnel(port.db, site.row, range, steps);
    return publishNested(reached, site.floor, await secretOf(site), `funnel ${at} ${key}`);
  });
  if (!paid.isPaid) return { ...head, at: null, steps: none('budget_spent'), budget: paid.budget };
  const counts = paid.answer;
  return {
    ...head,
    at: paid.at,
    steps: steps.map((step, nth) => {
      const visitors = counts[nth] ?? null;
      return {
        step,
        visitors,
        share: shareOf(visitors, counts[0]),
        withheld: visitors === null ? 'below_floor' : null,
      };
    }),
    budget: paid.budget,
  };
}

/** Cohorts by week as they may be seen. */
export interface Retention {
  readonly from: string;
  readonly to: string;
  readonly at: number | null;
  readonly cohorts: readonly {
    /** The first day of the week in which they were first seen in the range. */
    readonly week: string;
    readonly visitors: ReportCount;
    /** Of them, who came in each week after it. */
    readonly returned: readonly { readonly visitors: ReportCount; readonly share: number | null }[];
  }[];
  readonly withheld: Withheld | null;
  readonly budget: Budget;
}

/** Makes a retention report over the last whole weeks of the days that are over. */
export async function makeRetention({ port, secretOf }: ReportParts, site: Site, days: Days): Promise<Retention> {
  const range = completeDays(days, port.now());
  const weeks = Math.min(
    RETENTION_WEEKS_MAX,
    range === undefined ? 0 : Math.floor((range.to - range.from) / (7 * DAY_MS)),
  );
  if (range === undefined || weeks === 0) {
    const budget = await budgetOf(port, site);
    return { from: days.from, to: days.to, at: null, cohorts: [], withheld: 'day_open', budget };
  }
  const used = { from: range.to - weeks * 7 * DAY_MS, to: range.to };
  const head = daysOf(used);
  const key = `${head.from} ${head.to}`;
  // One visitor is in one cohort, and in each of its weeks at most.
  const paid = await answerPaid(port, site, { kind: 'retention', key, units: weeks, range: used }, async (at) => {
    const secret = await secretOf(site);
    const cohorts: ReportCount[][] = [];
    for (const { week, returned } of await readCohorts(port.db, site.row, used.from, weeks)) {
      const counts: ReportCount[] = [];
      for (const [after, count] of returned.entries()) {
        counts.push(await publishReportCount(count, site.floor, secret, `retention ${at} ${key} ${week} ${after}`));
      }
      cohorts.push(counts);
    }
    return cohorts;
  });
  const cohorts = paid.isPaid ? paid.answer : [];
  return {
    from: head.from,
    to: head.to,
    at: paid.isPaid ? paid.at : null,
    cohorts: cohorts.map((counts, week) => ({
      week: utcDay(used.from + week * 7 * DAY_MS),
      visitors: counts[0] ?? null,
      returned: counts.slice(1).map((visitors) => ({ visitors, share: shareOf(visitors, counts[0]) })),
    })),
    withheld: paid.isPaid ? null : 'budget_spent',
    budget: paid.budget,
  };
}

/** Moves between pages as they may be seen: events, from the floor's number of visitors on, in tens. */
export async function makePaths(
  { port, cache }: ReportParts,
  site: Site,
  days: Days,
): Promise<readonly { readonly from: string | null; readonly to: string | null; readonly moves: number }[]> {
  const visitorsMin = Math.max(site.floor, COUNT_STEP);
  const moves = await cache(site.row, days.range, 'paths', () => readPaths(port.db, site.row, days.range, visitorsMin));
  return moves.map(({ from, to, moves: count }) => ({ from: from ?? null, to: to ?? null, moves: roundCount(count) }));
}
