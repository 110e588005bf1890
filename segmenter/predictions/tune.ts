// segmenter/predictions/tune.ts: which method with which settings, by successive halving (Karnin, Koren & Somekh 2013; Jamieson & Talwalkar 2016).
//
// Candidates learn from an earlier stretch of time and are judged on a later one. All of them see a part of the examples, and
// those that rank best see all: the budget is in fits and examples, not in seconds, so that a seed gives the same choice anywhere (M1).
// Of those that may be the best by all that the later stretch can tell, the simplest is taken (Breiman and others 1984, the rule of one
// standard error): the first in the list.
import { sampleIndices } from '../math/random.ts';
import { boost, boostedOdds } from './boost.ts';
import type { Examples } from './examples.ts';
import { encode, examplesAt, holdOut, learnEncoding, stratifiedFolds } from './examples.ts';
import { fitLogistic, logisticOdds, RIDGE } from './logistic.ts';
import { areaUnderCurve } from './measures.ts';
import type { PredictorOptions } from './predictor.ts';

/** What may be chosen. */
export type Settings = Pick<PredictorOptions, 'method' | 'ridge' | 'trees'>;

/** The candidates, the simplest first. */
export const CANDIDATES: readonly Settings[] = [
  { method: 'logistic', ridge: RIDGE },
  { method: 'logistic', ridge: 10 },
  { method: 'logistic', ridge: 100 },
  { method: 'trees', trees: { leavesMax: 2, rate: 0.1 } },
  { method: 'trees', trees: { leavesMax: 4, leafRowsMin: 60 } },
  { method: 'trees', trees: { leavesMax: 4 } },
  { method: 'trees', trees: { leafRowsMin: 60, ridge: 10 } },
  { method: 'trees' },
  { method: 'trees', trees: { leavesMax: 24, leafRowsMin: 40 } },
];
/** Candidates that see all examples; the first in the list is always among them. */
export const FINALISTS = 3;
/** Examples of the first round: this share of them, but no fewer than this many. */
const FIRST_SHARE = 1 / 4;
/** As many at least; where there are no more, all candidates see all. */
export const FIRST_EXAMPLES_MIN = 1_000;
/** Parts into which examples are dealt, of which trees stop by one. */
const FOLDS = 4;

const hasBoth = (labels: Uint8Array): boolean => labels.includes(0) && labels.includes(1);

/**
 * Makes what judges settings by a model of earlier examples: the area under the curve of later ones. All that does not hang on the settings is
 * done once. @returns undefined where there is nothing to learn from.
 */
function judgeBy(earlier: Examples, later: Examples, seed: number): ((settings: Settings) => number) | undefined {
  const { columns, labels } = earlier;
  const rows = [...labels.keys()];
  const encoding = learnEncoding(columns, rows);
  const features = encode(columns, encoding, rows).map(({ values }) => values);
  if (features.length === 0 || !hasBoth(labels)) return undefined;
  const asked = encode(later.columns, encoding, [...later.labels.keys()]).map(({ values }) => values);
  const { seen, held } = holdOut(features, labels, stratifiedFolds(labels, FOLDS, seed), 0);
  const canStop = hasBoth(seen.labels) && hasBoth(held.labels);
  const oddsBy = ({ method, ridge, trees }: Settings): Float64Array | undefined => {
    if (method === 'logistic') return logisticOdds(fitLogistic(features, labels, ridge), asked);
    return canStop ? boostedOdds(boost(seen, held, { ...trees, seed }), asked) : undefined;
  };
  return (settings) => {
    const odds = oddsBy(settings);
    return odds === undefined ? Number.NaN : areaUnderCurve(odds, later.labels);
  };
}

/** Standard error of an area under the curve (Hanley & McNeil 1982, eq. 1 and 2, of exponential scores). */
export function areaError(auc: number, positives: number, negatives: number): number {
  const bothPositive = auc / (2 - auc);
  const bothNegative = (2 * auc * auc) / (1 + auc);
  const variance =
    (auc * (1 - auc) + (positives - 1) * (bothPositive - auc * auc) + (negatives - 1) * (bothNegative - auc * auc)) /
    (positives * negatives);
  return Math.sqrt(Math.max(0, variance));
}

/** How well a candidate ranks after learning from so many examples; NaN where that can't be said. */
export type Judge<Candidate> = (candidate: Candidate, examples: number) => number;

/**
 * Halves the candidates once: all learn from `part` examples, the best and the first from all.
 * @param errorOf how far a judgement may be off. @returns the first that is as good as the best for all that can be told.
 */
export function halve<Candidate>(
  candidates: readonly Candidate[],
  { part, all }: { readonly part: number; readonly all: number },
  judge: Judge<Candidate>,
  errorOf: (judged: number) => number,
): Candidate | undefined {
  const judged = (from: readonly Candidate[], examples: number) =>
    from
      .map((candidate) => ({ candidate, score: judge(candidate, examples) }))
      .filter(({ score }) => !Number.isNaN(score));
  let last = judged(candidates, part);
  if (part < all && last.length > 1) {
    const best = [...last].sort((a, b) => b.score - a.score).slice(0, FINALISTS);
    const finalists = last.filter((one, place) => place === 0 || best.includes(one));
    last = judged(
      finalists.map(({ candidate }) => candidate),
      all,
    );
  }
  const top = last.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY);
  return last.find(({ score }) => score >= top - errorOf(top))?.candidate;
}

/**
 * Chooses settings by examples of an earlier time and what came later, of the same columns. The same ones and the same seed give the same
 * choice. @returns undefined where nothing can be judged: an outcome is missing from either.
 */
export function tune(earlier: Examples, later: Examples, seed: number): Settings | undefined {
  const all = earlier.labels.length;
  const part = Math.min(all, Math.max(FIRST_EXAMPLES_MIN, Math.ceil(all * FIRST_SHARE)));
  const few = part === all ? earlier : examplesAt(earlier, sampleIndices(all, part, seed));
  const positives = later.labels.reduce((sum, label) => sum + label, 0);
  const byPart = judgeBy(few, later, seed);
  const byAll = part === all ? byPart : judgeBy(earlier, later, seed);
  const judge: Judge<Settings> = (settings, examples) => (examples === all ? byAll : byPart)?.(settings) ?? Number.NaN;
  return halve(CANDIDATES, { part, all }, judge, (auc) => areaError(auc, positives, later.labels.length - positives));
}
