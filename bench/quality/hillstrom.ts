// bench/quality/hillstrom.ts: what two mailings changed in a real retailer's randomised test, and for whom.
import type { Column, Effect, Examples } from '../../segmenter/index.ts';
import {
  differenceInMeans,
  examplesAt,
  predictUplift,
  qiniCoefficient,
  stratifiedFolds,
  trainUplift,
} from '../../segmenter/index.ts';
import { dataTable } from './data.ts';
import type { Measured } from './measured.ts';

const FOLDS = 5;
const SEED = 42;
const NUMBERS = ['recency', 'history', 'mens', 'womens', 'newbie'];
const CATEGORIES = ['zip_code', 'channel'];
const CONTROL = 'No E-Mail';

interface Experiment {
  readonly examples: Examples;
  readonly arms: readonly string[];
  readonly spend: Float64Array;
}

function readHillstrom(): Experiment {
  const { header, rows } = dataTable('hillstrom.csv');
  const cells = (name: string): string[] => {
    const at = header.indexOf(name);
    return rows.map((row) => row[at] ?? '');
  };
  const columns: Column[] = [
    ...NUMBERS.map((name): Column => ({ name, kind: 'number', values: Float64Array.from(cells(name), Number) })),
    ...CATEGORIES.map((name): Column => ({ name, kind: 'category', values: cells(name) })),
  ];
  const labels = Uint8Array.from(cells('visit'), Number);
  return { examples: { columns, labels }, arms: cells('segment'), spend: Float64Array.from(cells('spend'), Number) };
}

function effectOf({ arms }: Experiment, arm: string, outcomes: ArrayLike<number>): Effect {
  const of = (name: string): Float64Array => Float64Array.from(outcomes).filter((_, row) => arms[row] === name);
  const effect = differenceInMeans(of(arm), of(CONTROL));
  if (effect === undefined) throw new Error(`an arm of hillstrom.csv is empty: ${arm}`);
  return effect;
}

/** Qini of rows scored by models that had not seen them. */
function unseenQini(experiment: Experiment, arm: string): number {
  const rows = [...experiment.arms.keys()].filter((row) => [arm, CONTROL].includes(experiment.arms[row] ?? ''));
  const examples = examplesAt(experiment.examples, rows);
  const treated = Uint8Array.from(rows, (row) => Number(experiment.arms[row] === arm));
  const folds = stratifiedFolds(treated, FOLDS, SEED);
  const scores = new Float64Array(rows.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const seen = [...rows.keys()].filter((row) => folds[row] !== fold);
    const held = [...rows.keys()].filter((row) => folds[row] === fold);
    const arms = Uint8Array.from(seen, (row) => treated[row] ?? 0);
    const uplift = trainUplift(examplesAt(examples, seen), arms, { method: 'logistic', seed: SEED });
    if (!uplift.ok) throw new Error(`the uplift was refused: ${uplift.error}`);
    const found = predictUplift(uplift.value, examplesAt(examples, held).columns);
    held.forEach((row, i) => (scores[row] = found[i] ?? 0));
  }
  return qiniCoefficient({ scores, treated, outcomes: Float64Array.from(examples.labels) });
}

/** Figures of Hillstrom's e-mail test. */
export function measureHillstrom(): Measured[] {
  const experiment = readHillstrom();
  const arms = [
    ['mens', 'Mens E-Mail', '+7.66 pp', '+0.770 USD'],
    ['womens', 'Womens E-Mail', '+4.52 pp', '+0.424 USD'],
  ] as const;
  const effects = arms.flatMap(([name, arm, visit, spend]): Measured[] => {
    const visits = effectOf(experiment, arm, experiment.examples.labels);
    const money = effectOf(experiment, arm, experiment.spend);
    return [
      {
        figure: `hillstrom_${name}_visit_pp`,
        value: visits.difference * 100,
        unit: 'percentage points',
        against: visit,
        interval95: [visits.low, visits.high].map((share) => Number((share * 100).toFixed(3))),
      },
      {
        figure: `hillstrom_${name}_spend_usd`,
        value: money.difference,
        unit: 'USD',
        against: spend,
        interval95: [money.low, money.high].map((usd) => Number(usd.toFixed(3))),
      },
    ];
  });
  const qini = arms.map(([name, arm]): Measured => {
    const against = name === 'womens' ? { against: '>= 0.006' } : {};
    return {
      figure: `hillstrom_${name}_qini`,
      value: unseenQini(experiment, arm),
      unit: 'visits per treated',
      ...against,
    };
  });
  return [...effects, ...qini];
}
