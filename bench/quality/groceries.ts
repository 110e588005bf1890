// bench/quality/groceries.ts: association rules of a grocery shop's baskets, against what R's arules finds.
import { associationRules, basketsOf, countOfSupport } from '../../segmenter/index.ts';
import { dataLines } from './data.ts';
import type { Measured } from './measured.ts';

const SUPPORT = 0.001;
const CONFIDENCE = 0.8;

/** Figures of Groceries. */
export function measureGroceries(): Measured[] {
  const lists = dataLines('groceries.basket.csv').map((line) => line.split(','));
  const from = performance.now();
  const baskets = basketsOf(lists);
  const countMin = countOfSupport(SUPPORT, lists.length);
  const rules = associationRules(baskets, { countMin, confidenceMin: CONFIDENCE });
  const seconds = (performance.now() - from) / 1_000;
  if (!rules.ok) throw new Error(`the rules were refused: ${rules.error}`);
  return [
    { figure: 'groceries_rules', value: rules.value.length, unit: 'rules', against: '410' },
    {
      figure: 'groceries_top_lift',
      value: rules.value[0]?.lift ?? Number.NaN,
      unit: 'ratio',
      against: '11.235',
      digits: 5,
    },
    { figure: 'groceries_s', value: seconds, unit: 's', against: '< 1' },
  ];
}
