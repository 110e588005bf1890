// segmenter/predictions/bg-nbd.ts: how many purchases will follow: the beta-geometric/NBD model.
// Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2); equations by its numbers.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { invariant } from '../../core/index.ts';
import { minimise } from '../math/minimise.ts';
import { hypergeometric, logAddExp, logGamma } from '../math/special.ts';

/** Buyers that a fit needs: below this the four parameters are hardly determined. */
export const BUYERS_MIN = 100;
/** Buyers with a repeat purchase that a fit needs. */
export const REPEAT_BUYERS_MIN = 20;
/** Logarithms of parameters stay within this distance of 0; a fit that ends there has not found a maximum. */
const LOG_PARAMETER_MAX = 10;

/** Purchases of many buyers, by column, all in one unit of time. */
export interface PurchaseHistories {
  /** Purchases after the first one, whole numbers (x). */
  readonly repeats: Float64Array;
  /** Time from the first purchase to the last, 0 without repeats (t_x). */
  readonly lastAt: Float64Array;
  /** Time from the first purchase to the end of observation (T). */
  readonly observed: Float64Array;
}

/** One buyer of {@link PurchaseHistories}. */
export interface PurchaseHistory {
  readonly repeats: number;
  readonly lastAt: number;
  readonly observed: number;
}

/** Rates are gamma(r, alpha) among buyers, chances to drop out after a purchase beta(a, b). `alpha` is in units of time. */
export interface BgNbd {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

/** Why no model was fitted. */
export type BgNbdRefusal = 'too_few_buyers' | 'too_few_repeat_buyers' | 'no_maximum_found';

/** A fitted model and its log-likelihood on what it was fitted to. */
export interface FittedBgNbd {
  readonly model: BgNbd;
  readonly logLikelihood: number;
}

/** Fits by maximum likelihood. The same histories give the same model whatever unit of time they are in, `alpha` apart. */
export function fitBgNbd(histories: PurchaseHistories): Result<FittedBgNbd, BgNbdRefusal> {
  const { repeats, lastAt, observed } = histories;
  invariant(repeats.length === lastAt.length && repeats.length === observed.length, 'M1: columns are equally long');
  if (repeats.length < BUYERS_MIN) return err('too_few_buyers');
  if (repeats.filter((count) => count > 0).length < REPEAT_BUYERS_MIN) return err('too_few_repeat_buyers');
  // In mean observation times alpha is of the order of the other parameters, which a search from 1 needs.
  const unit = observed.reduce((sum, time) => sum + time, 0) / observed.length;
  if (!(unit > 0)) return err('no_maximum_found');
  const scaled = { repeats, lastAt: lastAt.map((t) => t / unit), observed: observed.map((t) => t / unit) };
  const found = minimise(
    (logs) => (logs.some(outOfReach) ? Number.POSITIVE_INFINITY : -logLikelihoodOf(modelAt(logs), scaled)),
    [0, 0, 0, 0],
  );
  if (!Number.isFinite(found.value) || found.at.some((log) => Math.abs(log) > LOG_PARAMETER_MAX - 0.1)) {
    return err('no_maximum_found');
  }
  const { r, alpha, a, b } = modelAt(found.at);
  const model = { r, alpha: alpha * unit, a, b };
  return ok({ model, logLikelihood: logLikelihoodOf(model, histories) });
}

const outOfReach = (log: number): boolean => Math.abs(log) > LOG_PARAMETER_MAX;
function modelAt(logs: readonly number[]): BgNbd {
  const [r = 1, alpha = 1, a = 1, b = 1] = logs.map(Math.exp);
  return { r, alpha, a, b };
}

/** Log-likelihood of histories, each by eq. (6), in the form that needs no large powers. */
export function logLikelihoodOf({ r, alpha, a, b }: BgNbd, { repeats, lastAt, observed }: PurchaseHistories): number {
  // What depends on the number of repeats alone is needed for a few numbers again and again.
  const byRepeats = new Map<number, { readonly always: number; readonly gone: number }>();
  const constant = -logGamma(r) + r * Math.log(alpha) + logGamma(a + b) - logGamma(b);
  let sum = 0;
  for (let i = 0; i < repeats.length; i++) {
    const x = repeats[i] ?? 0;
    let known = byRepeats.get(x);
    if (known === undefined) {
      const always = constant + logGamma(r + x) + logGamma(b + x) - logGamma(a + b + x);
      known = { always, gone: x === 0 ? Number.NEGATIVE_INFINITY : Math.log(a) - Math.log(b + x - 1) };
      byRepeats.set(x, known);
    }
    const alive = -(r + x) * Math.log(alpha + (observed[i] ?? 0));
    const gone = x === 0 ? Number.NEGATIVE_INFINITY : known.gone - (r + x) * Math.log(alpha + (lastAt[i] ?? 0));
    sum += known.always + logAddExp(alive, gone);
  }
  return sum;
}

/**
 * The chance that a buyer has not dropped out. It is 1 for every buyer without a repeat, by the model's assumption, so it
 * must not rank churn: on the CDNOW data it ranks worse than chance; {@link expectedPurchases} ranks well.
 */
export function probabilityAlive({ r, alpha, a, b }: BgNbd, { repeats: x, lastAt, observed }: PurchaseHistory): number {
  if (x === 0) return 1;
  return 1 / (1 + (a / (b + x - 1)) * ((alpha + observed) / (alpha + lastAt)) ** (r + x));
}

/** Purchases expected in the `horizon` after the end of observation, given the history: eq. (10). */
export function expectedPurchases(model: BgNbd, history: PurchaseHistory, horizon: number): number {
  const { r, alpha, b } = model;
  // The formula divides by a - 1; its limit there is reached closely enough from beside it.
  const a = Math.abs(model.a - 1) < 1e-6 ? 1 + 1e-6 : model.a;
  const { repeats: x, observed } = history;
  if (horizon <= 0) return 0;
  const later = alpha + observed + horizon;
  const c = a + b + x - 1;
  // At x = 0 and a + b <= 1 the series is not defined; such a model says that nearly nobody ever comes back.
  if (c <= 0) return 0;
  const stay = ((alpha + observed) / later) ** (r + x) * hypergeometric(r + x, b + x, c, horizon / later);
  return Math.max(0, (c / (a - 1)) * (1 - stay) * probabilityAlive({ ...model, a }, history));
}
