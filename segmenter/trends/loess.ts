// segmenter/trends/loess.ts: local straight lines through evenly spaced numbers.
// Cleveland, Cleveland, McRae & Terpenning (1990), STL, J. Official Statistics 6(1), section 2.

/** Nearer than this share of the bandwidth weighs 1, farther than the other 0: against rounding at the ends. */
const NEAR = 0.001;
const FAR = 0.999;
/** Below this share of the range the points are as good as one, and a line through them has no slope. */
const SPREAD_MIN = 0.001;

/** A window of a series: places `from` to `to`, both in it. */
interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * Smooths a series by a line through each point's `span` nearest neighbours (tricube weights).
 * @param span neighbours, odd; more than there are widens the bandwidth. @param weights of the points, for robustness.
 */
export function smoothed(values: Float64Array, span: number, weights?: Float64Array): Float64Array {
  const count = values.length;
  const width = Math.min(span, count);
  const half = Math.floor((width + 1) / 2);
  return Float64Array.from(values, (value, at) => {
    const from = Math.min(Math.max(0, at + 1 - half), count - width);
    return lineAt(values, span, at, { from, to: from + width - 1 }, weights) ?? value;
  });
}

/** The smooth one step before the series and one step behind it. */
export function beyond(values: Float64Array, span: number, weights?: Float64Array): [before: number, behind: number] {
  const last = values.length - 1;
  const before = lineAt(values, span, -1, { from: 0, to: Math.min(span, values.length) - 1 }, weights);
  const behind = lineAt(values, span, last + 1, { from: Math.max(0, last + 1 - span), to: last }, weights);
  return [before ?? values[0] ?? 0, behind ?? values[last] ?? 0];
}

/** The local line's value at a place; undefined where every neighbour weighs nothing. */
function lineAt(
  values: Float64Array,
  span: number,
  place: number,
  { from, to }: Window,
  weights?: Float64Array,
): number | undefined {
  const count = values.length;
  const wider = span > count ? Math.floor((span - count) / 2) : 0;
  const bandwidth = Math.max(place - from, to - place) + wider;
  const local = new Float64Array(to - from + 1);
  let total = 0;
  for (let i = from; i <= to; i++) {
    const distance = Math.abs(i - place);
    if (distance > FAR * bandwidth) continue;
    const near = distance <= NEAR * bandwidth ? 1 : (1 - (distance / bandwidth) ** 3) ** 3;
    local[i - from] = near * (weights?.[i] ?? 1);
    total += local[i - from] ?? 0;
  }
  if (total <= 0) return undefined;
  let centre = 0;
  for (let i = from; i <= to; i++) centre += ((local[i - from] ?? 0) / total) * i;
  let spread = 0;
  for (let i = from; i <= to; i++) spread += ((local[i - from] ?? 0) / total) * (i - centre) ** 2;
  const hasSlope = Math.sqrt(spread) > SPREAD_MIN * (count - 1);
  let value = 0;
  for (let i = from; i <= to; i++) {
    const lever = hasSlope ? 1 + ((place - centre) / spread) * (i - centre) : 1;
    value += ((local[i - from] ?? 0) / total) * lever * (values[i] ?? 0);
  }
  return value;
}
