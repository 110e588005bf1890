// segmenter/predictions/boost.ts: gradient-boosted trees on the log loss (Friedman 2001, algorithm 5), by histograms.
import { invariant } from '../../core/index.ts';
import { logistic } from '../math/special.ts';
import { sampleIndices } from '../math/random.ts';
import type { BinnedFeature } from './bins.ts';
import { binFeature } from './bins.ts';
import { logLoss } from './measures.ts';
import type { Derivatives, Tree, TreeOptions } from './tree.ts';
import { addTree, growTree } from './tree.ts';

/** How trees are boosted. */
export interface BoostOptions extends TreeOptions {
  readonly roundsMax: number;
  /** What each tree's values are multiplied by. */
  readonly rate: number;
  /** Rounds without a better loss on the held-out part after which it stops. */
  readonly patience: number;
  /** Share of the features that each tree may ask for, drawn anew from the seed. */
  readonly featureShare: number;
  readonly seed: number;
}

/** What is used where nothing else is said. */
export const BOOST_DEFAULTS: BoostOptions = {
  leavesMax: 12,
  depthMax: 8,
  leafRowsMin: 20,
  ridge: 1,
  roundsMax: 600,
  rate: 0.05,
  patience: 25,
  featureShare: 1,
  seed: 42,
};
/** Leaves of a tree at most, whatever is asked for. */
const LEAVES_LIMIT = 256;

/** Trees whose sum is the log odds. Plain data. */
export interface BoostedModel {
  /** Log odds before the first tree. */
  readonly bias: number;
  readonly trees: readonly Tree[];
}

/** Features by column and the labels of their rows. */
export interface LabelledRows {
  readonly features: readonly Float64Array[];
  readonly labels: Uint8Array;
}

/**
 * Boosts trees until the loss on `heldOut` has not fallen for `patience` rounds, and keeps those up to the best round;
 * without a held-out part it makes `roundsMax` trees. The same rows, options and seed give the same trees.
 */
export function boost(
  { features, labels }: LabelledRows,
  heldOut: LabelledRows | undefined,
  over: Partial<BoostOptions> = {},
): BoostedModel {
  const options = { ...BOOST_DEFAULTS, ...over };
  invariant(options.leavesMax >= 2 && options.leavesMax <= LEAVES_LIMIT, 'M1: a tree has 2 to 256 leaves');
  const binned = features.map((values, f) => binFeature(values, options.seed + f));
  const positives = labels.reduce((sum, label) => sum + label, 0);
  invariant(positives > 0 && positives < labels.length, 'M1: both outcomes occur');
  const bias = Math.log(positives / (labels.length - positives));
  const odds = new Float64Array(labels.length).fill(bias);
  const heldOutOdds = new Float64Array(heldOut?.labels.length ?? 0).fill(bias);
  const derivatives = { slope: new Float64Array(labels.length), curvature: new Float64Array(labels.length) };
  const trees: Tree[] = [];
  let best = { rounds: 0, loss: heldOut === undefined ? 0 : logLoss(heldOutOdds, heldOut.labels) };
  for (let round = 0; round < options.roundsMax; round++) {
    const tree = oneRound(binned, labels, odds, derivatives, options, round);
    trees.push(tree);
    if (heldOut === undefined) continue;
    addTree(tree, heldOut.features, heldOutOdds);
    const loss = logLoss(heldOutOdds, heldOut.labels);
    if (loss < best.loss) best = { rounds: trees.length, loss };
    if (trees.length - best.rounds >= options.patience) break;
  }
  return { bias, trees: heldOut === undefined ? trees : trees.slice(0, best.rounds) };
}

function oneRound(
  binned: readonly BinnedFeature[],
  labels: Uint8Array,
  odds: Float64Array,
  derivatives: Derivatives,
  options: BoostOptions,
  round: number,
): Tree {
  for (let i = 0; i < labels.length; i++) {
    const chance = logistic(odds[i] ?? 0);
    derivatives.slope[i] = chance - (labels[i] ?? 0);
    derivatives.curvature[i] = chance * (1 - chance);
  }
  const size = Math.max(1, Math.ceil(binned.length * options.featureShare));
  const asked = sampleIndices(binned.length, size, options.seed * 1_000_003 + round);
  const offered = asked.flatMap((feature) => binned.slice(feature, feature + 1));
  const order = Uint32Array.from(labels, (_, row) => row);
  const tree = growTree(offered, derivatives, order, options, options.rate, (rows, value) => {
    for (const row of rows) odds[row] = (odds[row] ?? 0) + value;
  });
  // The tree numbers the features it was offered; the model numbers all of them.
  return { ...tree, features: tree.features.map((feature) => (feature < 0 ? feature : (asked[feature] ?? 0))) };
}

/** Log odds of each row. */
export function boostedOdds({ bias, trees }: BoostedModel, features: readonly Float64Array[]): Float64Array {
  const odds = new Float64Array(features[0]?.length ?? 0).fill(bias);
  for (const tree of trees) addTree(tree, features, odds);
  return odds;
}
