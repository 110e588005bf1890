// segmenter/predictions/calibrate.ts: from scores to chances that come true as often as they say.
import { minimise } from '../math/minimise.ts';
import { logistic } from '../math/special.ts';
import { logLoss } from './measures.ts';

/** How log odds become a chance. Plain data. */
export type Calibration =
  | { readonly method: 'platt'; readonly slope: number; readonly shift: number }
  /** Chance of scores from each `from` on; below the first as there. */
  | { readonly method: 'isotonic'; readonly from: readonly number[]; readonly chances: readonly number[] };

/**
 * Platt's (1999) logistic curve over log odds, fitted to outcomes that the model had not seen. It keeps the order of
 * scores, so it changes no AUC; right where the scores are too sure or not sure enough.
 */
export function fitPlatt(odds: Float64Array, labels: Uint8Array): Calibration {
  const loss = ([logSlope = 0, shift = 0]: readonly number[]): number =>
    Math.abs(logSlope) > 10
      ? Number.POSITIVE_INFINITY
      : logLoss(
          odds.map((o) => Math.exp(logSlope) * o + shift),
          labels,
        );
  const [logSlope = 0, shift = 0] = minimise(loss, [0, 0]).at;
  return { method: 'platt', slope: Math.exp(logSlope), shift };
}

/**
 * The rising steps nearest to the outcomes by least squares, found by pooling adjacent violators (Ayer et al. 1955;
 * Zadrozny & Elkan 2002). Takes any shape but needs a thousand outcomes or more (Niculescu-Mizil & Caruana 2005).
 */
export function fitIsotonic(odds: Float64Array, labels: Uint8Array): Calibration {
  const order = [...odds.keys()].sort((a, b) => (odds[a] ?? 0) - (odds[b] ?? 0));
  const blocks: { from: number; sum: number; size: number }[] = [];
  for (let i = 0; i < order.length; ) {
    const from = odds[order[i] ?? 0] ?? 0;
    const block = { from, sum: 0, size: 0 };
    for (; i < order.length && odds[order[i] ?? 0] === from; i++) {
      block.sum += labels[order[i] ?? 0] ?? 0;
      block.size += 1;
    }
    blocks.push(block);
    pool(blocks);
  }
  return {
    method: 'isotonic',
    from: blocks.map(({ from }) => from),
    chances: blocks.map(({ sum, size }) => sum / size),
  };
}

/** Joins the last block with those before it until the means rise. */
function pool(blocks: { from: number; sum: number; size: number }[]): void {
  while (blocks.length >= 2) {
    const [before, last] = blocks.slice(-2);
    if (before === undefined || last === undefined || before.sum * last.size < last.sum * before.size) return;
    before.sum += last.sum;
    before.size += last.size;
    blocks.pop();
  }
}

/** Chances of log odds. */
export function calibrate(calibration: Calibration, odds: Float64Array): Float64Array {
  switch (calibration.method) {
    case 'platt':
      return odds.map((o) => logistic(calibration.slope * o + calibration.shift));
    case 'isotonic':
      return odds.map((o) => calibration.chances[blockOf(calibration.from, o)] ?? Number.NaN);
  }
}

function blockOf(from: readonly number[], odds: number): number {
  let [low, high] = [0, from.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((from[middle] ?? 0) <= odds) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
