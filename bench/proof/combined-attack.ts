// bench/proof/combined-attack.ts: everything that is published, put together by one attacker: in one period, and in a year of them.
//
// The question of every trial: did one visitor do this all along, or that? Which group they are in, what they bought, what they count
// for in reports and which rule they fulfil all follow from it, which is the worst there is: a real visitor ties fewer of these together.
// The attacker knows everybody else, and adds up the likelihood of all kinds of numbers, each at the cap of its own allowance.
import type { Hmac } from '../../core/index.ts';
import { publishReportCount, RELEASES_MAX, REPORT_NOISE_SCALE, REPORT_UNITS_MAX } from '../../core/index.ts';
import { basketTrial } from './basket-attack.ts';
import { shownChance } from './noise-chance.ts';
import { modelTrial } from './quality-attack.ts';
import type { AttackReport, Trial } from './trials.ts';
import { runTrials } from './trials.ts';

const FLOOR = 50;
/** Periods of 28 days in a year. */
export const YEAR_PERIODS = 13;
const LEAST = 1e-12;

/** The chance that so many are shown as `shown`, or withheld where that is null. */
const chance = shownChance(FLOOR, REPORT_NOISE_SCALE);

/** Numbers of reports that are asked until the budget is spent: the target is in each, or in none. */
const reportTrial: Trial = async (isIn, secret, random) => {
  let evidence = 0;
  for (let nth = 0; nth < REPORT_UNITS_MAX; nth++) {
    const others = 120 + random.below(300);
    const shown = await publishReportCount(others + Number(isIn), FLOOR, secret, `combined report ${nth}`);
    evidence += Math.log((chance(shown, others + 1) + LEAST) / (chance(shown, others) + LEAST));
  }
  return evidence;
};

/** The sizes of two rules a week apart: the target fulfils one of them or the other. */
const ruleTrial: Trial = async (isFirst, secret, random) => {
  const others = [120 + random.below(300), 120 + random.below(300)];
  let evidence = 0;
  for (let week = 0; week < RELEASES_MAX; week++) {
    for (const [nth, count] of others.entries()) {
      const shown = await publishReportCount(
        count + Number((nth === 0) === isFirst),
        FLOOR,
        secret,
        `combined rule ${nth} ${week}`,
      );
      const ratio = Math.log((chance(shown, count + 1) + LEAST) / (chance(shown, count) + LEAST));
      evidence += nth === 0 ? ratio : -ratio;
    }
  }
  return evidence;
};

/** Noise of each period is drawn by itself: as by a secret of its own. */
const ofPeriod =
  (secret: Hmac, period: number): Hmac =>
  async (message) => {
    const named = new Uint8Array(message.length + 1);
    named[0] = period;
    named.set(message, 1);
    return secret(named);
  };

/** Runs it many times over so many periods. */
export function runCombinedAttack(periods: number, trials: number, seed: number): Promise<AttackReport> {
  const kinds: readonly Trial[] = [modelTrial(), reportTrial, basketTrial, ruleTrial];
  return runTrials(trials, seed, async (truth, secret, random) => {
    let evidence = 0;
    for (let period = 0; period < periods; period++)
      for (const kind of kinds) evidence += await kind(truth, ofPeriod(secret, period), random);
    return evidence;
  });
}
