// segmenter/predictions/measures.ts: how good predicted chances are: order (AUC, lift) and truth (Brier, log loss).

/**
 * Area under the ROC curve: the chance that a random positive has the higher score, equal scores counting half
 * (Hanley & McNeil 1982). NaN where one outcome is missing.
 */
export function areaUnderCurve(scores: Float64Array, labels: Uint8Array): number {
  const order = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let [positives, rankSum] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to += 1;
    // Equal scores share the mean of their ranks, which are from + 1 … to.
    for (let i = from; i < to; i++) {
      if (labels[order[i] ?? 0] !== 1) continue;
      positives += 1;
      rankSum += (from + 1 + to) / 2;
    }
    from = to;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean squared difference of chance and outcome (Brier 1950): 0 is perfect. */
export function brierScore(chances: Float64Array, labels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += ((chances[i] ?? 0) - (labels[i] ?? 0)) ** 2;
  return sum / labels.length;
}

/** Mean of -ln(chance of what happened), from log odds. */
export function logLoss(logOdds: Float64Array, labels: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const odds = logOdds[i] ?? 0;
    sum += Math.max(odds, 0) - odds * (labels[i] ?? 0) + Math.log1p(Math.exp(-Math.abs(odds)));
  }
  return sum / labels.length;
}

/** What choosing the best part of all visitors gives. */
export interface LiftPoint {
  /** Part of all examples, best scores first. */
  readonly share: number;
  /** Part of all positives that is in it. */
  readonly captured: number;
  /** Rate of positives in it over the overall rate. */
  readonly lift: number;
}

/** The lift curve in `parts` equal steps; equal scores keep the order of rows. */
export function liftCurve(scores: Float64Array, labels: Uint8Array, parts = 10): LiftPoint[] {
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return Array.from({ length: parts }, (_, i) => {
    const size = Math.round((order.length * (i + 1)) / parts);
    let held = 0;
    for (const row of order.slice(0, size)) held += labels[row] ?? 0;
    const share = size / order.length;
    const captured = held / positives;
    return { share, captured, lift: captured / share };
  });
}
