// bench/proof/noise-chance.ts: how likely noise and rounded numbers are; by the rule, not the code that publishes.
import { COUNT_STEP } from '../../core/index.ts';

/** Noise of the discrete Laplace distribution, by its scale. */
export interface NoiseChance {
  /** Noise beyond has a chance below 10^-13. */
  readonly max: number;
  readonly of: (noise: number) => number;
}

/** Makes it: P(y) ∝ exp(-|y| / scale). */
export function noiseChance(scale: number): NoiseChance {
  const decay = Math.exp(-1 / scale);
  return { max: 30 * scale, of: (noise) => ((1 - decay) / (1 + decay)) * decay ** Math.abs(noise) };
}

/**
 * Makes the chance that a number of people is shown as `shown`, or not at all where that is null: with noise, in steps, from three scales
 * above the floor on.
 */
export function shownChance(floor: number, scale: number): (shown: number | null, count: number) => number {
  const { max, of } = noiseChance(scale);
  const known = new Map<string, number>();
  return (shown, count) => {
    const name = `${shown} ${count}`;
    const held = known.get(name);
    if (held !== undefined) return held;
    let sum = 0;
    for (let noise = -max; noise <= max; noise++) {
      const isShown = count >= floor && count + noise >= floor + 3 * scale;
      const rounded = Math.floor((count + noise + COUNT_STEP / 2) / COUNT_STEP) * COUNT_STEP;
      if ((isShown ? rounded : null) === shown) sum += of(noise);
    }
    known.set(name, sum);
    return sum;
  };
}
