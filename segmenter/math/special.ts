// segmenter/math/special.ts: the special functions that likelihoods of purchases need.
import { invariant } from '../../core/index.ts';

/** Terms of a series at most; far more than any argument of ours needs. */
const SERIES_TERMS_MAX = 100_000;
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** Lanczos coefficients for g = 7, nine terms (Godfrey 2001): relative error near 1e-15. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function, for `x > 0`. */
export function logGamma(x: number): number {
  invariant(x > 0, 'M1: logGamma takes positive numbers');
  // Reflection: below one half the series loses digits.
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  let sum = LANCZOS[0] ?? 0;
  for (let i = 1; i < LANCZOS.length; i++) sum += (LANCZOS[i] ?? 0) / (shifted + i);
  const base = shifted + 7.5;
  return HALF_LOG_TWO_PI + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** Natural logarithm of the beta function, for positive arguments. */
export const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/**
 * Gauss's hypergeometric function 2F1(a, b; c; z) by its series (Abramowitz & Stegun 15.1.1), for positive a, b and c and
 * 0 <= z < 1. All terms are then positive, so that nothing cancels.
 */
export function hypergeometric(a: number, b: number, c: number, z: number): number {
  invariant(a > 0 && b > 0 && c > 0 && z >= 0 && z < 1, 'M1: the hypergeometric series converges');
  let term = 1;
  let sum = 1;
  for (let n = 0; n < SERIES_TERMS_MAX; n++) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z;
    term *= ratio;
    sum += term;
    // The rest is below a geometric series once the ratio falls.
    if (ratio < 1 && term * Math.max(1, ratio / (1 - ratio)) < sum * 1e-15) return sum;
  }
  return sum;
}

/** ln(e^a + e^b) without overflow. */
export function logAddExp(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === Number.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

/** 1 / (1 + e^-x) without overflow. */
export const logistic = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/**
 * Quantile of the standard normal distribution by bisection on {@link normalCdf}: for intervals, where twelve digits are
 * more than enough. @param probability strictly between 0 and 1.
 */
export function normalQuantile(probability: number): number {
  invariant(probability > 0 && probability < 1, 'M1: a probability lies between 0 and 1');
  let [low, high] = [-10, 10];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Distribution function of the standard normal, by Marsaglia's series (2004, "Evaluating the Normal Distribution"). */
export function normalCdf(x: number): number {
  if (x < -9) return 0;
  if (x > 9) return 1;
  let term = x;
  let sum = x;
  for (let i = 3; i < SERIES_TERMS_MAX; i += 2) {
    term *= (x * x) / i;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - HALF_LOG_TWO_PI);
}
