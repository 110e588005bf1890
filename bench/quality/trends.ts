// bench/quality/trends.ts: a week's forecast of a real shop's daily orders, from every day on, against last week again.
import { exampleFile, mapRetail, readRetailRows } from '../../cli/replay/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import { trendOf } from '../../segmenter/index.ts';
import type { Measured } from './measured.ts';

const FIRST_ORIGIN = 56;
const HORIZON = 7;

async function dailyOrders(): Promise<Float64Array> {
  const { events } = mapRetail(await readRetailRows(exampleFile()));
  const days = events
    .filter(({ event }) => event.name === 'purchase')
    .map(({ event }) => Math.floor(event.at / DAY_MS))
    .sort((a, b) => a - b);
  const first = days[0] ?? 0;
  const counts = new Float64Array((days.at(-1) ?? first) - first + 1);
  for (const day of days) counts[day - first] = (counts[day - first] ?? 0) + 1;
  return counts;
}

/** Figures of trends. */
export async function measureTrends(): Promise<Measured[]> {
  const orders = await dailyOrders();
  let [ours, naive, held, all] = [0, 0, 0, 0];
  for (let origin = FIRST_ORIGIN; origin + HORIZON <= orders.length; origin++) {
    const trend = trendOf(orders.slice(0, origin), { horizonDays: HORIZON, scale: 'log', forecastShare: 0.9 });
    if (!trend.ok) throw new Error(`the trend was refused: ${trend.error}`);
    trend.value.forecast.forEach(({ expected, low, high }, i) => {
      const actual = orders[origin + i] ?? 0;
      ours += Math.abs(expected - actual);
      naive += Math.abs((orders[origin + i - HORIZON] ?? 0) - actual);
      held += Number(low <= actual && actual <= high);
      all += 1;
    });
  }
  return [
    { figure: 'forecast_error_vs_last_week', value: ours / naive, unit: 'ratio of mean absolute errors' },
    { figure: 'forecast_interval_held_pct', value: (held / all) * 100, unit: '% of days', against: '90 asked for' },
  ];
}
