// bench/quality/recommendations.ts: does item-to-item find the item left out of a basket more often than popularity?
import { basketsOf, recommend, similarItems } from '../../segmenter/index.ts';
import { dataLines } from './data.ts';
import type { Measured } from './measured.ts';

const SHOWN = 10;
/** Every fifth basket is held out. */
const HELD_OUT_STEP = 5;

/** Figures of recommendations on Groceries: one item of each held-out basket is to be found. */
export function measureRecommendations(): Measured[] {
  const lists = dataLines('groceries.basket.csv').map((line) => [...new Set(line.split(','))].sort());
  const baskets = basketsOf(lists.filter((_, i) => i % HELD_OUT_STEP !== 0));
  const numbers = new Map(baskets.names.map((name, number) => [name, number]));
  const similarities = similarItems(baskets);
  const counts = new Float64Array(baskets.names.length);
  for (const item of baskets.items) counts[item] = (counts[item] ?? 0) + 1;
  const popular = [...counts.keys()].sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  let [tried, found, foundByPopularity] = [0, 0, 0];
  lists.forEach((list, i) => {
    if (i % HELD_OUT_STEP !== 0 || list.length < 2) return;
    const items = list.flatMap((name) => numbers.get(name) ?? []);
    // The items stand by name and the place is that of the basket: as good as chance.
    const left = items[i % items.length];
    if (left === undefined) return;
    const others = items.filter((item) => item !== left);
    tried += 1;
    found += Number(recommend(similarities, others, SHOWN).some(({ item }) => item === left));
    const shown = popular.filter((item) => !others.includes(item)).slice(0, SHOWN);
    foundByPopularity += Number(shown.includes(left));
  });
  return [
    {
      figure: 'groceries_hit_rate_10',
      value: found / tried,
      unit: `of ${tried} baskets`,
      against: `popularity ${(foundByPopularity / tried).toFixed(4)}`,
    },
  ];
}
