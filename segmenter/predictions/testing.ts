// segmenter/predictions/testing.ts: seeded draws for tests of the predictions. Imported by tests only.
import { seededWords } from '../math/random.ts';
import type { Examples } from './examples.ts';

/** Uniform numbers strictly between 0 and 1. */
export function uniforms(seed: number): () => number {
  const words = seededWords(seed);
  return () => (words() + 0.5) / 2 ** 32;
}

/** Standard normal numbers (Box & Muller 1958). */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A gamma number with a whole shape and rate 1: the sum of that many exponentials. */
export const gammaOf = (uniform: () => number, shape: number): number =>
  Array.from({ length: shape }, uniform).reduce((sum, u) => sum - Math.log(u), 0);

/** Examples with a known chance: log odds of 2·strong − 1.5·hidden + 1 for red − 1; `noise` says nothing. */
export function someExamples(count: number, seed: number): Examples {
  const [normal, uniform] = [normals(seed), uniforms(seed + 1)];
  const number = (): Float64Array => Float64Array.from({ length: count }, normal);
  const [strong, noise, hidden] = [number(), number(), number()];
  const colours = Array.from({ length: count }, () => ['red', 'green', 'blue'][Math.floor(uniform() * 3)] ?? 'red');
  const labels = Uint8Array.from(strong, (value, i) => {
    const odds = 2 * value - 1.5 * (hidden[i] ?? 0) + Number(colours[i] === 'red') - 1;
    return Number(uniform() < 1 / (1 + Math.exp(-odds)));
  });
  return {
    columns: [
      { name: 'strong', kind: 'number', values: strong },
      { name: 'noise', kind: 'number', values: noise },
      { name: 'hidden', kind: 'number', values: hidden },
      { name: 'colour', kind: 'category', values: colours },
    ],
    labels,
  };
}
