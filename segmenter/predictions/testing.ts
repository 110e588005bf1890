// segmenter/predictions/testing.ts: seeded draws for tests of the predictions. Imported by tests only.
import { seededWords } from '../math/random.ts';

/** Uniform numbers strictly between 0 and 1. */
export function uniforms(seed: number): () => number {
  const words = seededWords(seed);
  return () => (words() + 0.5) / 2 ** 32;
}

/** A gamma number with a whole shape and rate 1: the sum of that many exponentials. */
export const gammaOf = (uniform: () => number, shape: number): number =>
  Array.from({ length: shape }, uniform).reduce((sum, u) => sum - Math.log(u), 0);
