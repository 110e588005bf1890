// console/parts/curve.tsx: lines over whole numbers, with one of them marked; the numbers stand in a table beside it.
import type { JSX } from 'preact';

interface CurveProps {
  readonly label: string;
  readonly at: readonly number[];
  readonly marked: number | undefined;
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 44;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 30;

/** The curve, from 0 (or what is below) to 1. */
export function Curve({ label, at, marked, lines }: CurveProps): JSX.Element {
  const low = Math.min(0, ...lines.flatMap(({ values }) => values));
  const across = (nth: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * nth) / Math.max(1, at.length - 1);
  const up = (value: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (1 - low));
  const place = marked === undefined ? -1 : at.indexOf(marked);
  return (
    <figure aria-label={label}>
      <ul class="legend above">
        {lines.map(({ name }, nth) => (
          <li key={name}>
            <span class={`swatch series-${nth + 1}`} />
            {name}
          </li>
        ))}
      </ul>
      <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {[0, 0.5, 1].map((value) => (
          <g key={value}>
            <path class="scatter-axes" d={`M${LEFT} ${up(value)}H${WIDTH - RIGHT}`} />
            <text x={LEFT - 8} y={up(value) + 4} text-anchor="end">
              {value}
            </text>
          </g>
        ))}
        {place < 0 ? null : <path class="curve-mark" d={`M${across(place)} ${TOP}V${HEIGHT - BOTTOM}`} />}
        {at.map((one, nth) => (
          <text key={one} x={across(nth)} y={HEIGHT - 8} text-anchor="middle">
            {one}
          </text>
        ))}
        {lines.map(({ name, values }, line) => (
          <g key={name} class={`stroke-${line + 1}`}>
            <path class="curve-line" d={`M${values.map((value, nth) => `${across(nth)} ${up(value)}`).join('L')}`} />
            {values.map((value, nth) => (
              <circle key={at[nth]} class="curve-dot" cx={across(nth)} cy={up(value)} r="3.5" />
            ))}
          </g>
        ))}
      </svg>
    </figure>
  );
}
