// segmenter/predictions/gamma-gamma.ts: what a purchase will be worth: the gamma-gamma model of spend.
// Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value, brucehardie.com/notes/025; equations by its numbers.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { invariant } from '../../core/index.ts';
import { minimise } from '../math/minimise.ts';
import { logGamma } from '../math/special.ts';

/** Buyers with a positive mean that a fit needs. */
export const SPENDERS_MIN = 50;
const LOG_PARAMETER_MAX = 10;

/** What many buyers paid, by column. */
export interface Spends {
  /** Purchases that the mean is of, from 1. */
  readonly purchases: Float64Array;
  /** Mean value of a purchase in one currency; buyers whose mean is not positive are left out of a fit. */
  readonly mean: Float64Array;
}

/** Values of one buyer are gamma(p, nu), nu among buyers gamma(q, gamma). `gamma` is in money. */
export interface GammaGamma {
  readonly p: number;
  readonly q: number;
  readonly gamma: number;
}

/** Why no model was fitted. */
export type GammaGammaRefusal = 'too_few_buyers' | 'no_maximum_found';

/** Fits by maximum likelihood of eq. (1a). The same spends in another currency unit give the same `p` and `q`. */
export function fitGammaGamma({ purchases, mean }: Spends): Result<GammaGamma, GammaGammaRefusal> {
  invariant(purchases.length === mean.length, 'M1: columns are equally long');
  const rows = [...mean.keys()].filter((i) => (mean[i] ?? 0) > 0 && (purchases[i] ?? 0) > 0);
  if (rows.length < SPENDERS_MIN) return err('too_few_buyers');
  const unit = rows.reduce((sum, i) => sum + (mean[i] ?? 0), 0) / rows.length;
  const counts = Float64Array.from(rows, (i) => purchases[i] ?? 0);
  const values = Float64Array.from(rows, (i) => (mean[i] ?? 0) / unit);
  const objective = (logs: readonly number[]): number =>
    logs.some((log) => Math.abs(log) > LOG_PARAMETER_MAX)
      ? Number.POSITIVE_INFINITY
      : -logLikelihood(modelAt(logs), counts, values);
  const found = minimise(objective, [0, 0, 0]);
  if (!Number.isFinite(found.value) || found.at.some((log) => Math.abs(log) > LOG_PARAMETER_MAX - 0.1)) {
    return err('no_maximum_found');
  }
  const { p, q, gamma } = modelAt(found.at);
  return ok({ p, q, gamma: gamma * unit });
}

function modelAt(logs: readonly number[]): GammaGamma {
  const [p = 1, q = 1, gamma = 1] = logs.map(Math.exp);
  return { p, q, gamma };
}

function logLikelihood({ p, q, gamma }: GammaGamma, purchases: Float64Array, mean: Float64Array): number {
  const constant = q * Math.log(gamma) - logGamma(q);
  let sum = 0;
  for (let i = 0; i < purchases.length; i++) {
    const x = purchases[i] ?? 0;
    const z = mean[i] ?? 0;
    sum += constant + logGamma(p * x + q) - logGamma(p * x);
    sum += (p * x - 1) * Math.log(z) + p * x * Math.log(x) - (p * x + q) * Math.log(gamma + x * z);
  }
  return sum;
}

/**
 * The mean value of a buyer's purchases to come, given the past ones: eq. (5), a weighted mean of the buyer's and
 * everybody's. @returns undefined for a buyer without purchases in a model whose population mean is infinite (q <= 1).
 */
export function expectedValue({ p, q, gamma }: GammaGamma, purchases: number, mean: number): number | undefined {
  const weight = p * purchases + q - 1;
  return weight <= 0 ? undefined : (p * (gamma + purchases * mean)) / weight;
}
