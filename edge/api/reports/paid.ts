// edge/api/reports/paid.ts: answers about people that span days: frozen when they are first given, and paid for (P3).
import { DAY_MS } from '../../../contract/index.ts';
import { REPORT_PERIOD_MS, REPORT_UNITS_MAX } from '../../../core/index.ts';
import type { ReportRange, Site } from '../../../store/index.ts';
import { hasArrivals, keepResults, newestArrival, readResults, readSpent } from '../../../store/index.ts';
import type { Port } from '../../port.ts';

/** An answer older than this is made anew where events came to its days since. */
const REFRESH_MS: number = DAY_MS;

/** What is asked. */
export interface PaidQuestion {
  readonly kind: string;
  /** Normalised: the same of the same question. */
  readonly key: string;
  /** Sets of visitors that one visitor can be in by the answer. */
  readonly units: number;
  /** The days it is about; without them an answer stays as it is. */
  readonly range?: ReportRange;
}

/** What is left of a site's budget. */
export interface Budget {
  readonly left: number;
  readonly of: number;
  /** When the oldest answer is forgotten and its units come back, epoch ms; null where nothing was spent. */
  readonly moreAt: number | null;
}

/** An answer, or that it can't be paid for. */
export type Paid<T> =
  | { readonly isPaid: true; readonly at: number; readonly answer: T; readonly budget: Budget }
  | { readonly isPaid: false; readonly budget: Budget };

/** What a site has left. */
export async function budgetOf({ db, now }: Pick<Port, 'db' | 'now'>, site: Site): Promise<Budget> {
  const { units, firstAt } = await readSpent(db, site.row, now() - REPORT_PERIOD_MS);
  return {
    left: Math.max(0, REPORT_UNITS_MAX - units),
    of: REPORT_UNITS_MAX,
    moreAt: firstAt === undefined ? null : firstAt + REPORT_PERIOD_MS,
  };
}

/** Digest of a question that is too long for a key. */
export async function keyOf(question: unknown): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(question));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return btoa(String.fromCharCode(...digest)).slice(0, 22);
}

/**
 * Gives the frozen answer of a question, or makes it where the site can pay.
 * @param compute gives the published form. What noise is drawn by names the instant it is given: were a number that stayed the same
 * shown the same when the answer is made anew, it would tell that nobody moved it.
 */
export async function answerPaid<T>(
  port: Pick<Port, 'db' | 'now'>,
  site: Site,
  question: PaidQuestion,
  compute: (at: number) => Promise<T>,
): Promise<Paid<T>> {
  const { kind, key, units, range } = question;
  const { db } = port;
  const now = port.now();
  const held = (await readResults(db, site.row, kind, [key])).get(key);
  const budget = await budgetOf(port, site);
  const isStale =
    held !== undefined &&
    range !== undefined &&
    now - held.at >= REFRESH_MS &&
    (await hasArrivals(db, site.row, range, held.seq));
  const given = (): Paid<T> =>
    held === undefined
      ? { isPaid: false, budget }
      : { isPaid: true, at: held.at, answer: JSON.parse(held.result) as T, budget };
  if ((held !== undefined && !isStale) || budget.left < units) return given();
  const seq = await newestArrival(db);
  const answer = await compute(now);
  const result = { kind, key, at: now, units, seq, result: JSON.stringify(answer) };
  const isKept = await keepResults(db, site.row, [result], {
    since: now - REPORT_PERIOD_MS,
    budget: REPORT_UNITS_MAX,
  });
  return isKept ? { isPaid: true, at: now, answer, budget: await budgetOf(port, site) } : given();
}
