// core/published-means.ts: the rules by which a mean may leave (P3): bounded contributions, sticky noise, a margin.
//
// A sum of values that are each at most a bound moves by at most that bound when one visitor comes or goes: noise of a
// multiple of the bound hides them (Dwork, McSherry, Nissim and Smith 2006, "Calibrating noise to sensitivity in private
// data analysis"). A visitor is in the means of all traits at once, so what bounds them is the length of the vector of all
// their contributions, as where gradients are clipped (Abadi et al. 2016, "Deep learning with differential privacy").
import type { WordSource } from './publishing.ts';
import { discreteLaplace, NOISE_SCALE } from './publishing.ts';

/**
 * Scale of a mean's noise, in largest contributions of one visitor. Means share one budget with sizes and the figures of their model:
 * over four publications the best guesser has less than 0.60 by all of them together (docs/adr/0057-one-budget-for-a-model.md).
 */
export const MEAN_NOISE = 20;
/**
 * Length of one visitor's vector of contributions at most, each 1 at its bound. Visitors are rarely near their bound in
 * many traits; who is counts for less in each.
 */
export const MEAN_NORM = 2;
/**
 * How far above the floor a noisy sum must be, in largest contributions, before its mean is shown. A sum of so much has as
 * many contributors at least; one of fewer than the floor is shown with a chance below 3 %, and noise is less than a sixth of the mean.
 */
export const MEAN_MARGIN: number = 3 * MEAN_NOISE;
/** Steps in which contributions are counted: sums are whole numbers, which floating-point noise can't give away. */
export const MEAN_STEPS = 65_536;
/** The share of visitors whose values lie beyond a bound, about. */
const BEYOND_SHARE = 0.02;
/** Scale of the noise of a bound, visitors: twice that of a size, because an extreme visitor may be beyond those of all traits. */
const BOUND_NOISE: number = 2 * NOISE_SCALE;
/** Powers of two at most that a bound may reach: more than a safe integer needs. */
const BOUND_POWERS = 53;

/** Bounds to choose from: 1, 1.5, 2, 3, 4, 6, 8 … so coarse that a visitor's own value never shows. */
const BOUNDS: readonly number[] = Array.from({ length: BOUND_POWERS }, (_, power) => [
  2 ** power,
  1.5 * 2 ** power,
]).flat();

/**
 * The first bound beyond which few values lie, blurred on both sides: the sparse vector technique (Dwork and Roth 2014,
 * algorithm 1), in which only the answer that ends the search costs.
 */
export async function chooseBound(values: Float64Array, words: WordSource): Promise<number> {
  // One scale above the share: of few visitors, noise would else let the search run past all of them.
  const threshold = values.length * BEYOND_SHARE + BOUND_NOISE + (await discreteLaplace(words, BOUND_NOISE));
  for (const bound of BOUNDS) {
    let beyond = 0;
    for (const value of values) if (value > bound) beyond += 1;
    if (beyond + (await discreteLaplace(words, BOUND_NOISE)) <= threshold) return bound;
  }
  return BOUNDS.at(-1) ?? 1;
}

/**
 * What one visitor's values count for, from 0 to 1 at its bound each, all scaled down where they are too long together. NaN
 * stays. @param into is written to, so that a pass over all visitors makes nothing anew.
 */
export function contribute(
  columns: readonly Float64Array[],
  row: number,
  bounds: readonly number[],
  into: Float64Array,
): void {
  let squares = 0;
  for (let nth = 0; nth < columns.length; nth++) {
    const [value, bound] = [columns[nth]?.[row] ?? Number.NaN, bounds[nth] ?? 1];
    const share = Math.min(Math.max(value, 0), bound) / bound;
    into[nth] = share;
    if (!Number.isNaN(share)) squares += share * share;
  }
  if (squares <= MEAN_NORM * MEAN_NORM) return;
  const factor = MEAN_NORM / Math.sqrt(squares);
  for (let nth = 0; nth < columns.length; nth++) into[nth] = (into[nth] ?? 0) * factor;
}

/** Adds noise to a sum of contributions in {@link MEAN_STEPS}. @returns the noisy sum, in largest contributions. */
export const noisySum = async (steps: number, words: WordSource): Promise<number> =>
  (steps + (await discreteLaplace(words, MEAN_NOISE * MEAN_STEPS))) / MEAN_STEPS;

/** Whether a mean of this noisy sum may be shown. */
export const mayShowMean = (sum: number, floor: number): boolean => sum >= floor + MEAN_MARGIN;

/**
 * How far a mean over so many visitors may be off by its noise, 19 times in 20: -ln(0.05) scales. More where not all of them
 * have the trait.
 */
export const meanError = (bound: number, visitors: number): number =>
  visitors > 0 ? (-Math.log(0.05) * MEAN_NOISE * bound) / visitors : bound;
