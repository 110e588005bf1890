// bench/proof/threshold-attack.ts: is one visitor among those of a site? Asked of the moment at which it has enough to be segmented.
//
// The attacker knows everybody else, pads with dummies (others each day, so that the noise is drawn again) from well below
// the threshold to well above it, and sees on which day "not enough" ends. Its guess is the likelihood of what it saw.
import { NOISE_SCALE } from '../../core/index.ts';
import { isEnough } from '../../segmenter/index.ts';
import { noiseChance } from './noise-chance.ts';
import type { AttackReport } from './trials.ts';
import { nodeSha256, runTrials } from './trials.ts';

const NEEDED = 100;
const DAYS = 28;
const TARGET = 1;
const REAL = 40;
const DUMMIES = 1_000_000;
/** How far below and above the threshold the padding goes, visitors. */
const REACH = 30;
const { max: NOISE_MAX, of: chanceOf } = noiseChance(NOISE_SCALE);

const noises = Array.from({ length: 2 * NOISE_MAX + 1 }, (_, nth) => nth - NOISE_MAX);
/** The chance that noise is at least so much, by index from -NOISE_MAX on. */
const tails = noises.map(() => 0);
let sum = 0;
for (let nth = noises.length - 1; nth >= 0; nth--) {
  sum += chanceOf(noises[nth] ?? 0);
  tails[nth] = sum;
}
const tailOf = (least: number): number =>
  least > NOISE_MAX ? 0 : least <= -NOISE_MAX ? 1 : (tails[least + NOISE_MAX] ?? 0);

/** How likely it is that the first `days` answers were no and, where it ended, that the next was yes. */
function likelihood(sizes: readonly number[], ended: boolean, more: number): number {
  let all = 0;
  for (const ofSite of noises) {
    let chance = chanceOf(ofSite);
    for (const [day, size] of sizes.entries()) {
      const yes = tailOf(NEEDED + ofSite - size - more);
      chance *= ended && day === sizes.length - 1 ? yes : 1 - yes;
      if (chance === 0) break;
    }
    all += chance;
  }
  return all;
}

/** Runs the attack many times; the target is there or not by a coin. */
export const runThresholdAttack = (trials: number, seed: number): Promise<AttackReport> =>
  runTrials(trials, seed, async (isThere, secret, random) => {
    const from = NEEDED - REACH + random.below(10);
    const sizes: number[] = [];
    let ended = false;
    for (let day = 0; day < DAYS && !ended; day++) {
      const size = from + Math.floor((day * 2 * REACH) / DAYS);
      const others = Array.from({ length: size }, (_, nth) => (nth < REAL ? 1_000 + nth : DUMMIES + day * 1_000 + nth));
      sizes.push(size);
      ended = await isEnough(isThere ? [...others, TARGET] : others, NEEDED, secret, nodeSha256);
    }
    return likelihood(sizes, ended, 1) - likelihood(sizes, ended, 0);
  });
