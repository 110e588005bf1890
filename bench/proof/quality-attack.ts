// bench/proof/quality-attack.ts: an attack on what models say of themselves (ADR 0034), by somebody who knows the law of its noise.
//
// The question of every trial: does one visitor count as 1 in the means behind the figures, or as 0? The attacker knows
// everybody else's part of each mean, has dummies so that each release is of another set, and takes the likelihood of all
// figures of all releases that the cap allows in a period.
import { NOISE_SCALE, publishQuality, RELEASES_MAX } from '../../core/index.ts';
import { laplaceBelow } from './means-attack.ts';
import type { AttackReport } from './trials.ts';
import { runTrials } from './trials.ts';

/** Figures of one model that are means over its visitors, or near it: silhouette, variance kept, agreement with the last. */
const FIGURES = ['silhouette', 'explained variance', 'agreement'] as const;
const HALF_STEP = 0.005;
const SECRET_BYTES = 32;

/** Runs it many times. */
export const runQualityAttack = (trials: number, seed: number): Promise<AttackReport> =>
  runTrials(trials, seed, async (counts, _hmac, random) => {
    const secret = Uint8Array.from({ length: SECRET_BYTES }, () => random.below(256));
    const known = 100 + random.below(200);
    const parts = FIGURES.map(() => 0.3 + random.below(400) / 1_000);
    let evidence = 0;
    for (let release = 0; release < RELEASES_MAX; release++) {
      // The target, those who are known, and a dummy more each time.
      const people = known + release + 1;
      for (const [nth, name] of FIGURES.entries()) {
        const others = (parts[nth] ?? 0) * (people - 1);
        const [without, included] = [others / people, (others + 1) / people];
        const shown = await publishQuality(counts ? included : without, people, secret, `model shop ${name}`);
        evidence += Math.log(chance(shown, included, people) / chance(shown, without, people));
      }
    }
    return evidence;
  });

/** The chance that a figure over some people is shown as it was: Laplace noise, two decimals, cut off at -1 and 1. */
function chance(shown: number, figure: number, people: number): number {
  const scale = NOISE_SCALE / people;
  const upper = shown >= 1 ? 1 : laplaceBelow(shown + HALF_STEP, figure, scale);
  const lower = shown <= -1 ? 0 : laplaceBelow(shown - HALF_STEP, figure, scale);
  return Math.max(upper - lower, Number.MIN_VALUE);
}
