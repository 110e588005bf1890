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
const LINE_HEIGHT = 16;
/** About what a name takes; names nearer to each other than that would overlap on one line. */
const NAME_WIDTH = 130;

/** Places a value of a range between two edges; in the middle where all are equal. */
const placed = (value: number, [low, high]: readonly [number, number], from: number, to: number): number =>
  high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from);

const rangeOf = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)];

interface Placed extends MapPoint {
  readonly left: number;
  readonly top: number;
  readonly radius: number;
  /** Where the name's line of text stands. */
  readonly textTop: number;
}

/** Places circles and their names; a name that would stand upon another one goes below it. */
function placePoints(points: readonly MapPoint[]): readonly Placed[] {
  const [across, up] = [rangeOf(points.map(({ x }) => x)), rangeOf(points.map(({ y }) => y))];
  const largest = Math.max(1, ...points.map(({ size }) => size));
  const done: Placed[] = [];
  for (const point of points) {
    const radius = Math.max(5, RADIUS_MAX * Math.sqrt(point.size / largest));
    const [left, top] = [placed(point.x, across, EDGE, WIDTH - EDGE), placed(point.y, up, HEIGHT - EDGE, EDGE)];
    let textTop = top + radius + LINE_HEIGHT;
    // From above to below, so that one pass finds a free place.
    for (const other of [...done].sort((a, b) => a.textTop - b.textTop)) {
      const isBeside = Math.abs(other.left - left) > NAME_WIDTH;
      if (!isBeside && Math.abs(other.textTop - textTop) < LINE_HEIGHT) textTop = other.textTop + LINE_HEIGHT;
    }
    done.push({ ...point, left, top, radius, textTop });
  }
  return done;
}

/** The plane. */
export function Scatter({
  label,
  points,
}: {
  readonly label: string;
  readonly points: readonly MapPoint[];
}): JSX.Element {
  return (
    <figure aria-label={label}>
      <svg class="scatter" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <path
          class="scatter-axes"
          d={`M${EDGE / 2} ${HEIGHT / 2}H${WIDTH - EDGE / 2}M${WIDTH / 2} 16V${HEIGHT - 16}`}
        />
        {placePoints(points).map(({ id, name, left, top, radius, textTop }, nth) => (
          <g key={id}>
            <circle class={`scatter-dot stroke-${(nth % SERIES) + 1}`} cx={left} cy={top} r={radius} />
            <text x={left} y={textTop} text-anchor="middle" translate={false}>
              {name}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
