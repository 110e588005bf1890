// bench/quality/shoppers.ts: who buys in a session: UCI's online shoppers, stratified 5-fold, the pipeline as it is.
import type { Column, Examples, PredictorOptions } from '../../segmenter/index.ts';
import {
  areaUnderCurve,
  brierScore,
  examplesAt,
  predictChances,
  stratifiedFolds,
  trainPredictor,
} from '../../segmenter/index.ts';
import { dataTable } from './data.ts';
import type { Measured } from './measured.ts';

const FOLDS = 5;
const SEED = 42;
const LABEL = 'Revenue';
/** Written as numbers, but names of systems and places. */
const CATEGORIES = new Set(['Month', 'OperatingSystems', 'Browser', 'Region', 'TrafficType', 'VisitorType', 'Weekend']);

function readShoppers(): Examples {
  const { header, rows } = dataTable('online_shoppers_intention.csv');
  const columns = header.map((name, c): Column => {
    const cells = rows.map((row) => row[c] ?? '');
    return CATEGORIES.has(name)
      ? { name, kind: 'category', values: cells }
      : { name, kind: 'number', values: Float64Array.from(cells, Number) };
  });
  const label = header.indexOf(LABEL);
  return {
    columns: columns.filter(({ name }) => name !== LABEL),
    labels: Uint8Array.from(rows, (row) => Number(row[label] === 'TRUE')),
  };
}

/** Means over the folds of AUC and of the Brier score, on rows that training never saw. */
function crossValidate(all: Examples, method: PredictorOptions['method']) {
  const { labels } = all;
  const folds = stratifiedFolds(labels, FOLDS, SEED);
  let [auc, brier] = [0, 0];
  for (let fold = 0; fold < FOLDS; fold++) {
    const [train, test] = [false, true].map((isTest) => {
      const rows = [...labels.keys()].filter((row) => (folds[row] === fold) === isTest);
      return examplesAt(all, rows);
    });
    if (train === undefined || test === undefined) continue;
    const trained = trainPredictor(train, { method, seed: SEED });
    if (!trained.ok) throw new Error(`the prediction was refused: ${trained.error}`);
    const chances = predictChances(trained.value, test.columns);
    auc += areaUnderCurve(chances, test.labels) / FOLDS;
    brier += brierScore(chances, test.labels) / FOLDS;
  }
  return { auc, brier };
}

/** Figures of the online shoppers. */
export function measureShoppers(): Measured[] {
  const all = readShoppers();
  const without = { ...all, columns: all.columns.filter(({ name }) => name !== 'PageValues') };
  const trees = crossValidate(all, 'trees');
  const logistic = crossValidate(all, 'logistic');
  return [
    { figure: 'shoppers_auc_trees', value: trees.auc, unit: 'AUC', against: '>= 0.934; XGBoost 0.937 published' },
    { figure: 'shoppers_auc_logistic', value: logistic.auc, unit: 'AUC', against: '>= 0.912' },
    {
      figure: 'shoppers_auc_trees_without_pagevalues',
      value: crossValidate(without, 'trees').auc,
      unit: 'AUC',
      against: '>= 0.78',
    },
    {
      figure: 'shoppers_auc_logistic_without_pagevalues',
      value: crossValidate(without, 'logistic').auc,
      unit: 'AUC',
    },
    { figure: 'shoppers_brier_trees', value: trees.brier, unit: 'Brier', against: '<= 0.069' },
    { figure: 'shoppers_brier_logistic', value: logistic.brier, unit: 'Brier' },
  ];
}
