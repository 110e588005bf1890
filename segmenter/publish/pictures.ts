// segmenter/publish/pictures.ts: what a map of the clusters and a curve of their number are drawn from, as far as it may be seen (P3).
import type { MapPoint, NumberOfClusters } from '../../contract/index.ts';
import type { WordsSecret } from '../../core/index.ts';
import { FLOOR_MARGIN, NOISE_SCALE, discreteLaplace, invariant, publishQuality, setWords } from '../../core/index.ts';
import type { KCurve } from '../clusters/choose-k.ts';
import { SILHOUETTE_POINTS_MAX } from '../clusters/choose-k.ts';
import type { TraitSummary } from '../clusters/summary.ts';
import { principalComponents, project } from '../math/pca.ts';
import { SILHOUETTE_REACH } from '../math/silhouette.ts';
import { memberSetDigest } from './member-set.ts';

const DECIMALS = 2;
/** Figures of each number of clusters that share a budget: stability and silhouette. */
const FIGURES = 2;
/**
 * How far one of n visitors moves an adjusted Rand index that is near 1, in 1 / n: 2 / (1 - 1 / k) for k clusters of one size, which
 * is most for two. Where sizes are unequal it is more.
 */
const STABILITY_REACH = 4;
const encoder = new TextEncoder();

const rounded = (value: number): number => Number(value.toFixed(DECIMALS));

/** A published segment and what sets it apart. */
export interface Placed {
  readonly segment: string;
  /** Published visitors. */
  readonly size: number;
  readonly summaries: readonly TraitSummary[];
}

/**
 * Where clusters lie to each other: the first two principal components of their centres. A centre is made of the noisy
 * differences that words are made of too, so the map tells nothing that means and words don't (post-processing).
 */
export function mapOf(placed: readonly Placed[]): MapPoint[] {
  const traits = [...new Set(placed.flatMap(({ summaries }) => summaries.map(({ trait }) => trait.id)))].sort();
  const centres = placed.map(({ summaries }) => {
    const differences = new Map(summaries.map(({ trait, difference }) => [trait.id, difference]));
    return traits.map((id) => differences.get(id) ?? 0);
  });
  const middle = traits.map((_, column) => centres.reduce((sum, row) => sum + (row[column] ?? 0), 0) / centres.length);
  const values = Float64Array.from(centres.flatMap((row) => row.map((value, column) => value - (middle[column] ?? 0))));
  const points = { count: centres.length, width: traits.length, values };
  const isFlat = values.every((value) => value === 0);
  const components = isFlat ? undefined : principalComponents(points, 1);
  const axes = components?.axes.slice(0, 2) ?? [];
  const scores = components === undefined ? undefined : project(points, { ...components, axes });
  const at = (row: number, axis: number): number =>
    // -0 is written as 0 and read back as another number.
    axis < axes.length ? rounded(scores?.values[row * axes.length + axis] ?? 0) + 0 : 0;
  return placed.map(({ segment, size }, row) => ({ segment, x: at(row, 0), y: at(row, 1), size }));
}

/**
 * The curve that a number of clusters was chosen by. Stability and silhouette are blurred as figures of a model are (ADR 0034). Smallest clusters are sets of visitors that nothing else is told of: their
 * counts share the noise that one count has, each with that many times its scale, and below the floor they are not told.
 * @param visitorsOf numbers of the visitors of some rows. Noise is drawn anew by each round.
 */
export async function publishCurve(
  { candidates, points }: KCurve,
  visitorsOf: (rows: readonly number[]) => readonly number[],
  { floor, secret, round }: { readonly floor: number; readonly secret: WordsSecret; readonly round: number },
): Promise<NumberOfClusters[]> {
  invariant(points > 0, 'P3: a curve is of somebody');
  const curve: NumberOfClusters[] = [];
  // All figures of a curve are told at once: together they have the noise that one has.
  const figures = Math.sqrt(FIGURES * candidates.length);
  const onMap = Math.min(points, SILHOUETTE_POINTS_MAX);
  for (const { k, stability, silhouette, smallest } of candidates) {
    const digest = await memberSetDigest(visitorsOf(smallest));
    const words = await setWords(
      secret,
      Uint8Array.of(...encoder.encode(`hushtag smallest cluster ${round}`), ...digest),
    );
    const count = smallest.length + (await discreteLaplace(words, NOISE_SCALE * candidates.length));
    const isSeen = smallest.length >= floor && count >= floor + FLOOR_MARGIN * candidates.length;
    const quality = (figure: number, of: number, name: string, reach: number): Promise<number> =>
      publishQuality(figure, of, secret, `curve ${round} ${k} ${name}`, reach * figures);
    curve.push({
      k,
      stability: await quality(stability, points, 'stability', STABILITY_REACH),
      silhouette: await quality(silhouette, onMap, 'silhouette', SILHOUETTE_REACH),
      smallest: isSeen ? rounded(Math.min(1 / k, count / points)) : null,
    });
  }
  return curve;
}
