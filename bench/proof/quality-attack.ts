// bench/proof/quality-attack.ts: an attack on what models say of themselves (ADR 0034, 0035), by somebody who knows the law of its noise.
//
// The question of every trial: does one visitor count for as much as anybody can in all figures, or for as little? The attacker
// knows everybody else's part of each figure, has dummies so that each release is of another set, and takes the likelihood of all
// figures of all releases that the cap allows in a period. Of the agreement with the last version it sees the very table.
import type { Hmac } from '../../core/index.ts';
import { CELL_SCALES_MIN, publishCells, publishQuality, QUALITY_SCALE, RELEASES_MAX } from '../../core/index.ts';
import { publishCurve } from '../../segmenter/index.ts';
import { ALL_MEANS, laplaceBelow, meansTrial } from './means-attack.ts';
import type { AttackReport, Trial } from './trials.ts';
import { runTrials } from './trials.ts';

/** Figures of one model, and how far one visitor's part of each goes. */
const FIGURES = [
  { name: 'silhouette', reach: 2 },
  { name: 'explained variance', reach: 1 },
  { name: 'changed', reach: 1 },
] as const;
/** Numbers of clusters that a curve is of: as many as there can be. */
const CURVE = [2, 3, 4, 5, 6, 7, 8] as const;
const CURVE_FIGURES = [
  { name: 'stability', reach: 4 },
  { name: 'silhouette', reach: 2 },
] as const;
const CURVE_WIDTH = Math.sqrt(CURVE.length * CURVE_FIGURES.length);
const CELLS_FROM = CELL_SCALES_MIN * QUALITY_SCALE;
const HALF_STEP = 0.005;

/** One release that the attacker looks at. */
interface Release {
  readonly round: number;
  readonly counts: boolean;
  readonly people: number;
  readonly parts: readonly number[];
  readonly secret: Hmac;
}

/** One trial: the log of how much likelier all figures are if the target counts. */
const qualityTrial: Trial = async (counts, secret, random) => {
  const known = 100 + random.below(200);
  const parts = Array.from({ length: FIGURES.length + CURVE_FIGURES.length }, () => 0.3 + random.below(400) / 1_000);
  let evidence = 0;
  for (let nth = 0; nth < RELEASES_MAX; nth++) {
    // The target, those who are known, and a dummy more each time.
    const release = { round: nth, counts, people: known + nth + 1, parts, secret };
    evidence += (await ofFigures(release)) + (await ofTable(release)) + (await ofCurve(release));
  }
  return evidence;
};

/** Runs it many times. */
export const runQualityAttack = (trials: number, seed: number): Promise<AttackReport> =>
  runTrials(trials, seed, qualityTrial);

/**
 * All that one model tells in a period at once (ADR 0057): sizes and means of two segments, where the target is extreme in all traits of the one
 * it is in, and the figures, in which it counts for as much as anybody can or for as little.
 */
export function modelTrial(): Trial {
  const ofMeans = meansTrial(ALL_MEANS);
  return async (truth, secret, random) =>
    (await ofMeans(truth, secret, random)) + (await qualityTrial(truth, secret, random));
}

/** Runs it many times. */
export const runModelAttack = (trials: number, seed: number): Promise<AttackReport> =>
  runTrials(trials, seed, modelTrial());

/** A figure without the target's part, and with it. */
const bothWays = ({ people, parts }: Release, nth: number, reach: number): readonly [number, number] => {
  const others = ((parts[nth] ?? 0) * (people - 1)) / people;
  return [others, others + reach / people];
};

async function ofFigures(release: Release): Promise<number> {
  const { counts, people, secret } = release;
  let evidence = 0;
  for (const [nth, { name, reach }] of FIGURES.entries()) {
    const [without, included] = bothWays(release, nth, reach);
    const shown = await publishQuality(counts ? included : without, people, secret, `model shop ${name}`, reach);
    const scale = (QUALITY_SCALE * reach) / people;
    evidence += Math.log(chance(shown, included, scale) / chance(shown, without, scale));
  }
  return evidence;
}

/** The target is in one cell of the table or in another, each as large as it need be to be tipped. */
async function ofTable({ counts, people, secret }: Release): Promise<number> {
  const others = [CELLS_FROM, people];
  const cells = others.map((count, nth) => count + ((nth === 0) === counts ? 1 : 0));
  const shown = await publishCells(cells, secret, 'model shop agreement row 0');
  const likelihood = (first: boolean): number =>
    shown.reduce((sum, count, nth) => {
      const members = (others[nth] ?? 0) + ((nth === 0) === first ? 1 : 0);
      const least = laplaceBelow(CELLS_FROM - 0.5, members, QUALITY_SCALE);
      const at = laplaceBelow(count + 0.5, members, QUALITY_SCALE) - laplaceBelow(count - 0.5, members, QUALITY_SCALE);
      return sum + Math.log(count === 0 ? least : at);
    }, 0);
  return likelihood(true) - likelihood(false);
}

async function ofCurve(release: Release): Promise<number> {
  const { round, counts, people, secret } = release;
  const exact = CURVE_FIGURES.map(({ reach }, nth) => bothWays(release, FIGURES.length + nth, reach));
  const [stability = 0, silhouette = 0] = exact.map(([without, included]) => (counts ? included : without));
  const candidates = CURVE.map((k) => ({ k, stability, silhouette, smallest: [] }));
  const shown = await publishCurve({ candidates, points: people }, (rows) => rows, { floor: 50, secret, round });
  let evidence = 0;
  for (const one of shown) {
    for (const [nth, { name, reach }] of CURVE_FIGURES.entries()) {
      const [without, included] = exact[nth] ?? [0, 0];
      const scale = (QUALITY_SCALE * reach * CURVE_WIDTH) / people;
      evidence += Math.log(chance(one[name], included, scale) / chance(one[name], without, scale));
    }
  }
  return evidence;
}

/** The chance that a figure is shown as it was: Laplace noise, two decimals, cut off at -1 and 1. */
function chance(shown: number, figure: number, scale: number): number {
  const upper = shown >= 1 ? 1 : laplaceBelow(shown + HALF_STEP, figure, scale);
  const lower = shown <= -1 ? 0 : laplaceBelow(shown - HALF_STEP, figure, scale);
  return Math.max(upper - lower, Number.MIN_VALUE);
}
