// segmenter/math/minimise.ts: the minimum of a smooth function of a few unbounded parameters, without derivatives given.

/** Steps of the simplex at most. */
const SIMPLEX_STEPS_MAX = 2_000;
/** Steps of BFGS at most. */
const NEWTON_STEPS_MAX = 200;
/** Halvings of one line search at most. */
const HALVINGS_MAX = 40;
/** The simplex ends once its values differ by less than this share: BFGS does the rest. */
const SIMPLEX_TOLERANCE = 1e-9;
/** BFGS ends once a step gains less than this share. */
const GAIN_TOLERANCE = 1e-13;
/** Step of central differences: near the cube root of the rounding unit, where their error is least. */
const DIFFERENCE_STEP = 6e-6;
/** A step that falls by this share of what the slope promises is taken (Armijo). */
const ARMIJO = 1e-4;

/** A point and the function's value there. */
export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
}

type Objective = (at: readonly number[]) => number;

/**
 * Finds a local minimum: the simplex of Nelder & Mead (1965) to come near it from a poor start, then BFGS
 * (Nocedal & Wright 2006, algorithm 6.1) with central differences for the last digits. Deterministic.
 * @param objective may return Infinity where it is not defined; must be finite at `start`.
 */
export function minimise(objective: Objective, start: readonly number[]): Minimum {
  return descend(objective, contractSimplex(objective, start));
}

function contractSimplex(objective: Objective, start: readonly number[]): Minimum {
  const size = start.length;
  const point = (at: readonly number[]): Minimum => ({ at, value: objective(at) });
  const simplex = [point(start), ...start.map((_, i) => point(start.map((value, j) => value + (i === j ? 0.5 : 0))))];
  const ordered = (): Minimum[] => simplex.sort((a, b) => a.value - b.value);
  for (let step = 0; step < SIMPLEX_STEPS_MAX; step++) {
    const [best, worst, second] = [ordered()[0], simplex[size], simplex[size - 1]];
    if (best === undefined || worst === undefined || second === undefined) break;
    if (worst.value - best.value <= SIMPLEX_TOLERANCE * (Math.abs(best.value) + SIMPLEX_TOLERANCE)) break;
    const centre = start.map((_, d) => simplex.slice(0, size).reduce((sum, { at }) => sum + (at[d] ?? 0), 0) / size);
    const along = (factor: number): Minimum =>
      point(centre.map((value, d) => value + factor * ((worst.at[d] ?? 0) - value)));
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      simplex[size] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < second.value) {
      simplex[size] = reflected;
    } else {
      const contracted = reflected.value < worst.value ? along(-0.5) : along(0.5);
      if (contracted.value < Math.min(worst.value, reflected.value)) simplex[size] = contracted;
      else for (let i = 1; i <= size; i++) simplex[i] = point(halfway(best.at, simplex[i]?.at ?? best.at));
    }
  }
  return ordered()[0] ?? point(start);
}

const halfway = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((value, d) => (value + (b[d] ?? 0)) / 2);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
const identity = (size: number): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_unused, j) => Number(i === j)));

/** The gradient by central differences. */
function slopeOf(objective: Objective, at: readonly number[]): number[] {
  return at.map((value, d) => {
    const step = DIFFERENCE_STEP * Math.max(1, Math.abs(value));
    const shifted = (by: number): number => objective(at.map((old, i) => (i === d ? old + by : old)));
    return (shifted(step) - shifted(-step)) / (2 * step);
  });
}

function descend(objective: Objective, start: Minimum): Minimum {
  let current = start;
  let slope = slopeOf(objective, current.at);
  let inverse = identity(start.at.length);
  let wasReset = true;
  for (let step = 0; step < NEWTON_STEPS_MAX && slope.every(Number.isFinite); step++) {
    const direction = inverse.map((row) => -dot(row, slope));
    const next = lineSearch(objective, current, direction, dot(direction, slope));
    if (next === undefined || current.value - next.value <= GAIN_TOLERANCE * Math.abs(current.value)) {
      if (next !== undefined) current = next;
      // Once more along the gradient itself, in case only the approximated curvature was wrong.
      if (wasReset) break;
      inverse = identity(start.at.length);
      wasReset = true;
      slope = slopeOf(objective, current.at);
      continue;
    }
    const moved = next.at.map((value, d) => value - (current.at[d] ?? 0));
    const nextSlope = slopeOf(objective, next.at);
    inverse = updated(
      inverse,
      moved,
      nextSlope.map((value, d) => value - (slope[d] ?? 0)),
    );
    [current, slope, wasReset] = [next, nextSlope, false];
  }
  return current;
}

function lineSearch(
  objective: Objective,
  from: Minimum,
  direction: readonly number[],
  descent: number,
): Minimum | undefined {
  if (!(descent < 0)) return undefined;
  let length = Math.min(1, 1 / Math.max(...direction.map(Math.abs)));
  for (let halving = 0; halving < HALVINGS_MAX; halving++, length /= 2) {
    const at = from.at.map((value, d) => value + length * (direction[d] ?? 0));
    const value = objective(at);
    if (value <= from.value + ARMIJO * length * descent) return { at, value };
  }
  return undefined;
}

/** The BFGS update of the inverse curvature (Nocedal & Wright, eq. 6.17); left alone where the curvature is not positive. */
function updated(inverse: number[][], moved: readonly number[], turned: readonly number[]): number[][] {
  const curvature = dot(moved, turned);
  if (!(curvature > 1e-12)) return inverse;
  const image = inverse.map((row) => dot(row, turned));
  const scale = (1 + dot(turned, image) / curvature) / curvature;
  return inverse.map((row, i) =>
    row.map(
      (value, j) =>
        value +
        scale * (moved[i] ?? 0) * (moved[j] ?? 0) -
        ((image[i] ?? 0) * (moved[j] ?? 0) + (moved[i] ?? 0) * (image[j] ?? 0)) / curvature,
    ),
  );
}
