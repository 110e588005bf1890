// bench/quality/kmeans.ts: our k-means against scikit-learn's best of ten starts, in the same run on the same points.
import { spawnSync } from 'node:child_process';
import type { Points } from '../../segmenter/index.ts';
import { adjustedRandIndex, contingencyOf, partition, seededWords } from '../../segmenter/index.ts';
import { dataTable } from './data.ts';
import type { Measured } from './measured.ts';

const SEED = 42;
const ANSWER_BYTES_MAX = 2 ** 28;
/** Reads {width, k, values}, writes {inertia, labels, version}. */
const SKLEARN = `
import json, sys, numpy, sklearn
from sklearn.cluster import KMeans
task = json.load(sys.stdin)
points = numpy.array(task['values']).reshape(-1, task['width'])
model = KMeans(n_clusters=task['k'], n_init=10, random_state=0, tol=0, max_iter=1000).fit(points)
print(json.dumps({'inertia': model.inertia_, 'labels': model.labels_.tolist(), 'version': sklearn.__version__}))
`;

interface Answer {
  readonly inertia: number;
  readonly labels: readonly number[];
  readonly version: string;
}
interface Task {
  readonly name: string;
  readonly k: number;
  readonly points: Points;
  /** Where each point was put, of a mixture. */
  readonly truth?: readonly number[];
}

function askSklearn({ points, k }: Task): Answer | { readonly missing: string } {
  const input = JSON.stringify({ width: points.width, k, values: [...points.values] });
  const run = spawnSync('python3', ['-c', SKLEARN], { input, encoding: 'utf8', maxBuffer: ANSWER_BYTES_MAX });
  if (run.error !== undefined) return { missing: `python3 could not be run: ${run.error.message}` };
  if (run.status !== 0) return { missing: run.stderr.trim().split('\n').at(-1) ?? 'python3 failed' };
  return JSON.parse(run.stdout) as Answer;
}

/** Normal clouds around random centres, of unequal size and spread. */
function mixture(count: number, width: number, k: number, seed: number): Task {
  const words = seededWords(seed);
  const uniform = (): number => (words() + 0.5) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const centres = Array.from({ length: k }, () => Array.from({ length: width }, () => normal() * 3));
  const values = new Float64Array(count * width);
  const truth = Array.from({ length: count }, (_, row) => {
    // The square makes early clouds larger.
    const cloud = Math.floor(uniform() ** 2 * k);
    const spread = 0.6 + (cloud % 3) * 0.3;
    for (let d = 0; d < width; d++) values[row * width + d] = (centres[cloud]?.[d] ?? 0) + spread * normal();
    return cloud;
  });
  return { name: `mixture ${count} x ${width}, k = ${k}`, k, points: { count, width, values }, truth };
}

/** Numbers of a CSV file, on a logarithmic scale and standardised, as the segmenter clusters. */
function realSet(file: string, names: readonly string[], k: number): Task {
  const { header, rows } = dataTable(file);
  const values = new Float64Array(rows.length * names.length);
  names.forEach((name, d) => {
    const at = header.indexOf(name);
    const column = rows.map((row) => Math.log1p(Number(row[at])));
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length);
    column.forEach((value, row) => (values[row * names.length + d] = (value - mean) / deviation));
  });
  return { name: `${file}, k = ${k}`, k, points: { count: rows.length, width: names.length, values } };
}

/** Figures of k-means. */
export function measureKmeans(): Measured[] {
  const shoppers = ['Administrative', 'Informational', 'ProductRelated', 'ProductRelated_Duration', 'ExitRates'];
  const tasks = [
    mixture(20_000, 12, 8, 1),
    mixture(8_000, 5, 5, 2),
    mixture(30_000, 8, 4, 3),
    realSet('online_shoppers_intention.csv', shoppers, 4),
    realSet('hillstrom.csv', ['recency', 'history'], 5),
  ];
  let [ratio, agreement] = [0, 1];
  const details: Measured[] = [];
  let version = '';
  for (const task of tasks) {
    const theirs = askSklearn(task);
    if ('missing' in theirs) {
      const notMeasured = `scikit-learn is needed for the comparison: ${theirs.missing}`;
      return ['kmeans_inertia_vs_sklearn', 'kmeans_ari_with_sklearn'].map((figure) => ({ figure, notMeasured }));
    }
    const ours = partition(task.points, task.k, SEED);
    const labels = Array.from(ours.clusters, String);
    const ari = adjustedRandIndex(contingencyOf(labels, theirs.labels.map(String)));
    details.push({ figure: 'kmeans_inertia_ratio', value: ours.inertia / theirs.inertia, unit: task.name, digits: 7 });
    details.push({ figure: 'kmeans_ari', value: ari, unit: task.name, digits: 5 });
    if (task.truth !== undefined) {
      const found = adjustedRandIndex(contingencyOf(labels, task.truth.map(String)));
      details.push({ figure: 'kmeans_ari_with_truth', value: found, unit: task.name });
    }
    ratio = Math.max(ratio, ours.inertia / theirs.inertia);
    agreement = Math.min(agreement, ari);
    version = theirs.version;
  }
  const against = `scikit-learn ${version}, best of ten starts`;
  return [
    {
      figure: 'kmeans_inertia_vs_sklearn',
      value: ratio,
      unit: 'largest ratio',
      against: `<= 1.01; ${against}`,
      digits: 7,
    },
    {
      figure: 'kmeans_ari_with_sklearn',
      value: agreement,
      unit: 'least ARI',
      against: `>= 0.99; ${against}`,
      digits: 5,
    },
    ...details,
  ];
}
