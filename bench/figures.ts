// bench/figures.ts: how a figure is printed, and what machine it was taken on.
import { cpus, totalmem } from 'node:os';

/** One figure. `against` names the rival or the limit of the same run. */
export interface Figure {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly against?: string;
  /** Smallest and largest of the runs that the value is the median of. */
  readonly spread?: readonly [low: number, high: number];
  readonly [detail: string]: unknown;
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/** Prints a figure as one JSON line. */
export function printFigure(figure: Figure): void {
  const spread = figure.spread === undefined ? {} : { spread: figure.spread.map(rounded) };
  process.stdout.write(`${JSON.stringify({ ...figure, value: rounded(figure.value), ...spread })}\n`);
}

/** Prints the machine once a run. */
export function printMachine(bench: string): void {
  const [cpu] = cpus();
  process.stdout.write(
    `${JSON.stringify({ bench, figure: 'machine', value: cpus().length, unit: 'cores', cpu: cpu?.model ?? 'unknown', memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version })}\n`,
  );
}

/** The median; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = low] =
    sorted.length % 2 === 0 ? [sorted[middle - 1], sorted[middle]] : [sorted[middle]];
  return (low + high) / 2;
}

/** The smallest and the largest. */
export const spreadOf = (values: readonly number[]): readonly [number, number] => [
  Math.min(...values),
  Math.max(...values),
];
