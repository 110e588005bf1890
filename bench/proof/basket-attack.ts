// bench/proof/basket-attack.ts: which of two baskets did one visitor buy? Asked of what is bought together (ADR 0053).
//
// The attacker knows every other order and adds some each week, so that all noise is drawn again. It sees more than is published:
// the very numbers that rules, their order and recommendations are computed of. Its guess is the likelihood of all weeks of a period.
import { blurredSets, ORDER_NOISE_SCALE, setKey } from '../../segmenter/index.ts';
import { shownChance } from './noise-chance.ts';
import type { AttackReport, Trial } from './trials.ts';
import { runTrials } from './trials.ts';

const FLOOR = 50;
const WEEKS = 4;
/** As many items as are taken of one order. */
const BASKETS = ['a', 'b'].map((of) => Array.from({ length: 5 }, (_, nth) => `${of}${nth}`));

/** The chance that a set of so many orders is shown as `shown`, or not at all where that is null. */
const chance = shownChance(FLOOR, ORDER_NOISE_SCALE);

/** Every set of up to three items of a basket. */
function setsOf(basket: readonly string[]): string[] {
  const sets: string[] = [];
  const grow = (from: number, items: readonly string[]): void => {
    if (items.length > 0) sets.push(setKey(items));
    if (items.length === 3) return;
    for (let nth = from; nth < basket.length; nth++) grow(nth + 1, [...items, basket[nth] ?? '']);
  };
  grow(0, []);
  return sets;
}

/** One trial; the target bought the first basket or the second. */
export const basketTrial: Trial = async (isFirst, secret, random) => {
  const least = 1e-12;
  let evidence = 0;
  // Between the margin, where a set is shown or not, and where all are shown.
  const others = BASKETS.map(() => 130 + random.below(120));
  for (let week = 0; week < WEEKS; week++) {
    const counts = others.map((count) => count + week);
    const lists = BASKETS.flatMap((basket, nth) =>
      Array.from({ length: (counts[nth] ?? 0) + ((nth === 0) === isFirst ? 1 : 0) }, () => basket),
    );
    const found = await blurredSets(lists, { floor: FLOOR, secret, period: week });
    for (const [nth, basket] of BASKETS.entries()) {
      const without = counts[nth] ?? 0;
      for (const set of setsOf(basket)) {
        const shown = found?.sets.get(set)?.orders ?? null;
        const [has, hasNot] = [chance(shown, without + 1), chance(shown, without)];
        evidence += (nth === 0 ? 1 : -1) * Math.log((has + least) / (hasNot + least));
      }
    }
  }
  return evidence;
};

/** Runs it many times, by a coin. */
export const runBasketAttack = (trials: number, seed: number): Promise<AttackReport> =>
  runTrials(trials, seed, basketTrial);
