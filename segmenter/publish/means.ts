// segmenter/publish/means.ts: what groups of visitors have on average, with noise that belongs to each (P3).
//
// Labels, descriptions, the order of traits and what is called higher or lower follow from the noisy means alone: words of
// the exact ones would tell by tipping what the numbers hide.
import type { EpochMs } from '../../contract/index.ts';
import type { WordSource } from '../../core/index.ts';
import {
  chooseBound,
  contribute,
  invariant,
  mayShowMean,
  MEAN_NOISE,
  MEAN_STEPS,
  noisySum,
  RELEASE_PERIOD_MS,
} from '../../core/index.ts';
import type { TraitSummary } from '../clusters/summary.ts';
import type { Trait } from '../profiles/traits.ts';
import type { SetNoise } from './set-noise.ts';

/** Scales of noise that a difference must exceed before it is spoken of: noise alone does so once in 150 times. */
const SPOKEN_SCALES = 5;

/** Visitors and their values of some traits. */
export interface MeasuredGroup {
  readonly visitors: readonly number[];
  /** Values of each trait by visitor, NaN where one does not have it. */
  readonly values: ReadonlyMap<Trait, Float64Array>;
}

/** Bounds of values by trait, chosen once a period: each choice tells a little. */
export interface ChosenBounds {
  /** Epoch ms. */
  readonly at: number;
  readonly of: Readonly<Record<string, number>>;
}

/** A mean with noise, and whether its number may be shown. */
export interface NoisyMean extends TraitSummary {
  readonly bound: number;
  readonly isShown: boolean;
}

/** What is measured under. */
export interface MeasureContext {
  readonly floor: number;
  readonly noise: SetNoise;
}

/** The words that belong to a set, by what they are for. */
const wordsOf = (
  noise: SetNoise,
  { visitors }: MeasuredGroup,
  use: readonly (string | number)[],
): Promise<WordSource> => noise.words(visitors, JSON.stringify(['hushtag published mean 1', ...use]));

/** The bounds of before while their period lasts, and new ones for traits that have none. */
export async function boundsFor(
  all: MeasuredGroup,
  noise: SetNoise,
  at: EpochMs,
  before?: ChosenBounds,
): Promise<ChosenBounds> {
  const held = before !== undefined && at - before.at < RELEASE_PERIOD_MS ? before : { at, of: {} };
  const of: Record<string, number> = { ...held.of };
  const missing = [...all.values].filter(([{ id }]) => of[id] === undefined);
  if (missing.length === 0) return held;
  for (const [{ id, unit }, column] of missing) {
    const present = column.filter((value) => !Number.isNaN(value));
    // A share has its bound by definition.
    of[id] = unit === 'share' ? 1 : await chooseBound(present, await wordsOf(noise, all, ['bound', id]));
  }
  return { at: held.at, of };
}

interface Sums {
  readonly trait: Trait;
  readonly bound: number;
  /** Contributions in {@link MEAN_STEPS}. */
  readonly steps: number;
  readonly holders: number;
  /** Of the contributions, each from 0 to 1. */
  readonly deviation: number;
}

function sumsOf({ visitors, values }: MeasuredGroup, bounds: ChosenBounds): Sums[] {
  const traits = [...values.keys()];
  const limits = traits.map(({ id }) => bounds.of[id] ?? 1);
  const columns = [...values.values()];
  const sums = traits.map(() => ({ steps: 0, holders: 0, sum: 0, squares: 0 }));
  const shares = new Float64Array(traits.length);
  for (let row = 0; row < visitors.length; row++) {
    contribute(columns, row, limits, shares);
    for (let nth = 0; nth < sums.length; nth++) {
      const [of, share] = [sums[nth], shares[nth] ?? Number.NaN];
      if (of === undefined || Number.isNaN(share)) continue;
      of.steps += Math.round(share * MEAN_STEPS);
      of.holders += 1;
      of.sum += share;
      of.squares += share * share;
    }
  }
  return traits.map((trait, nth) => {
    const { steps = 0, holders = 0, sum = 0, squares = 0 } = sums[nth] ?? {};
    const mean = holders === 0 ? 0 : sum / holders;
    const variance = holders === 0 ? 0 : Math.max(0, squares / holders - mean * mean);
    return { trait, bound: limits[nth] ?? 1, steps, holders, deviation: Math.sqrt(variance) };
  });
}

/** A noisy mean from 0 to 1, its noise's scale and its noisy sum. */
interface Blurred extends Sums {
  readonly share: number;
  readonly scale: number;
  readonly sum: number;
}

/** The noise is of the set and its sum: a set whose values changed must not show the change as a difference of two means. */
async function blurred(group: MeasuredGroup, bounds: ChosenBounds, { noise }: MeasureContext): Promise<Blurred[]> {
  const all: Blurred[] = [];
  for (const sums of sumsOf(group, bounds)) {
    const { trait, bound, steps, holders } = sums;
    invariant(Number.isSafeInteger(steps), 'P3: a sum of contributions is a whole number');
    const words = await wordsOf(noise, group, ['sum', trait.id, bound, steps, holders]);
    const sum = await noisySum(steps, words);
    const of = Math.max(1, holders);
    all.push({ ...sums, sum, share: sum / of, scale: MEAN_NOISE / of });
  }
  return all;
}

const meanOf = ({ share, bound }: Blurred): number => Math.max(0, share) * bound;

/** Means of groups and of everybody, with noise. Traits that nobody of a group has are left out of it. */
export async function measure(
  groups: readonly MeasuredGroup[],
  all: MeasuredGroup,
  bounds: ChosenBounds,
  context: MeasureContext,
): Promise<{ readonly groups: readonly (readonly NoisyMean[])[]; readonly all: ReadonlyMap<string, number> }> {
  const overall = new Map((await blurred(all, bounds, context)).map((of) => [of.trait.id, of]));
  const measured: NoisyMean[][] = [];
  for (const group of groups) {
    const means = await blurred(group, bounds, context);
    measured.push(
      means
        .filter(({ holders }) => holders > 0)
        .map((of): NoisyMean => {
          const { trait, bound, sum, share, scale } = of;
          const against = overall.get(trait.id);
          const gap = share - (against?.share ?? share);
          const isSpoken = Math.abs(gap) >= SPOKEN_SCALES * Math.hypot(scale, against?.scale ?? 0);
          const deviation = against?.deviation ?? 0;
          return {
            trait,
            bound,
            mean: meanOf(of),
            difference: isSpoken && deviation > 0 ? gap / deviation : 0,
            isShown: mayShowMean(sum, context.floor),
          };
        }),
    );
  }
  const shown = [...overall].filter(([, { sum }]) => mayShowMean(sum, context.floor));
  return { groups: measured, all: new Map(shown.map(([id, of]) => [id, meanOf(of)])) };
}
