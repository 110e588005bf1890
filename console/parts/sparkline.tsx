// console/parts/sparkline.tsx: a few numbers as a line so small that it stands in a table.
import type { JSX } from 'preact';

const WIDTH = 96;
const HEIGHT = 24;
const PAD = 2;

/** The line; it begins at nothing, so that a small change looks small. @param label says the same in words. */
export function Sparkline({
  values,
  label,
}: {
  readonly values: readonly number[];
  readonly label: string;
}): JSX.Element {
  const most = Math.max(1, ...values);
  const xOf = (nth: number): number => PAD + (nth * (WIDTH - 2 * PAD)) / Math.max(1, values.length - 1);
  const yOf = (value: number): number => HEIGHT - PAD - (value * (HEIGHT - 2 * PAD)) / most;
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
    >
      <polyline points={values.map((value, nth) => `${xOf(nth).toFixed(1)},${yOf(value).toFixed(1)}`).join(' ')} />
    </svg>
  );
}
