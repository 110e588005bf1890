// console/parts/scatter.tsx: named circles on a plane, each as large as what it stands for; the numbers stand in a table beside it.
import type { JSX } from 'preact';

/** A circle. `size` is its area's measure. */
export interface MapPoint {
  readonly id: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

const WIDTH = 640;
const HEIGHT = 340;
/** Room for circles and names at the edges. */
const EDGE = 70;
const RADIUS_MAX = 34;
const SERIES = 7;

/** Places a value of a range between two edges; in the middle where all are equal. */
const placed = (value: number, [low, high]: readonly [number, number], from: number, to: number): number =>
  high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from);

const rangeOf = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)];

/** The plane. */
export function Scatter({
  label,
  points,
}: {
  readonly label: string;
  readonly points: readonly MapPoint[];
}): JSX.Element {
  const [across, up] = [rangeOf(points.map(({ x }) => x)), rangeOf(points.map(({ y }) => y))];
  const largest = Math.max(1, ...points.map(({ size }) => size));
  return (
    <figure aria-label={label}>
      <svg class="scatter" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <path
          class="scatter-axes"
          d={`M${EDGE / 2} ${HEIGHT / 2}H${WIDTH - EDGE / 2}M${WIDTH / 2} 16V${HEIGHT - 16}`}
        />
        {points.map(({ id, name, x, y, size }, nth) => {
          const radius = Math.max(5, RADIUS_MAX * Math.sqrt(size / largest));
          const [left, top] = [placed(x, across, EDGE, WIDTH - EDGE), placed(y, up, HEIGHT - EDGE, EDGE)];
          return (
            <g key={id}>
              <circle class={`scatter-dot stroke-${(nth % SERIES) + 1}`} cx={left} cy={top} r={radius} />
              <text x={left} y={top + radius + 16} text-anchor="middle" translate={false}>
                {name}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
