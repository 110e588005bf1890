// core/histogram.ts: how long things took, in buckets, as Prometheus counts them.

/** What a histogram has counted. */
export interface Histogram {
  /** Counts one value. */
  readonly observe: (value: number) => void;
  readonly read: () => HistogramState;
}

/** Counts so far. */
export interface HistogramState {
  /** Upper bound and how many values were at most that, in rising order; the last bound is infinite. */
  readonly buckets: readonly (readonly [bound: number, count: number])[];
  readonly sum: number;
  readonly count: number;
}

/** Makes one. `bounds` rise; what is above the last one is counted too. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const limits = [...bounds, Number.POSITIVE_INFINITY];
  const counts = limits.map(() => 0);
  let sum = 0;
  return {
    observe: (value) => {
      const index = limits.findIndex((limit) => value <= limit);
      counts[index] = (counts[index] ?? 0) + 1;
      sum += value;
    },
    read: () => {
      let count = 0;
      const buckets = limits.map((bound, index) => [bound, (count += counts[index] ?? 0)] as const);
      return { buckets, sum, count };
    },
  };
}
