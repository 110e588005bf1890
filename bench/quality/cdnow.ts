// bench/quality/cdnow.ts: BG/NBD and gamma-gamma on the CDNOW cohort, as the papers fit them.
import type { PurchaseHistories, Spends } from '../../segmenter/index.ts';
import { expectedPurchases, fitBgNbd, fitGammaGamma } from '../../segmenter/index.ts';
import type { Measured } from './measured.ts';
import { correlation, rootMeanSquare } from './measured.ts';
import { dataLines } from './data.ts';

const DAY_MS = 86_400_000;
const DAYS_A_WEEK = 7;
/** The paper's calibration ends with 30 September 1997, 39 weeks in; the holdout is the 39 weeks after. */
const CALIBRATION_END = dayOf('19970930');
const HOLDOUT_WEEKS = 39;

interface Cohort {
  readonly histories: PurchaseHistories;
  readonly spends: Spends;
  readonly holdout: Float64Array;
}

function dayOf(text: string): number {
  return Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6, 8))) / DAY_MS;
}

/** The 1/10 sample: purchases of one day are one. */
function readSample(): Cohort {
  const customers = new Map<string, Map<number, number>>();
  for (const line of dataLines('CDNOW_sample.txt')) {
    const [, customer = '', date = '', , dollars = ''] = line.trim().split(/\s+/);
    const days = customers.get(customer) ?? new Map<number, number>();
    const day = dayOf(date);
    customers.set(customer, days.set(day, (days.get(day) ?? 0) + Number(dollars)));
  }
  const rows = [...customers.values()].map((days) => {
    const all = [...days.keys()].sort((a, b) => a - b);
    const first = all[0] ?? 0;
    const known = all.filter((day) => day <= CALIBRATION_END);
    const repeats = known.slice(1);
    return {
      repeats: repeats.length,
      lastAt: ((known.at(-1) ?? first) - first) / DAYS_A_WEEK,
      observed: (CALIBRATION_END - first) / DAYS_A_WEEK,
      mean: repeats.reduce((sum, day) => sum + (days.get(day) ?? 0), 0) / Math.max(1, repeats.length),
      holdout: all.length - known.length,
    };
  });
  const column = (pick: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, pick);
  const repeats = column((row) => row.repeats);
  return {
    histories: { repeats, lastAt: column((row) => row.lastAt), observed: column((row) => row.observed) },
    spends: { purchases: repeats, mean: column((row) => row.mean) },
    holdout: column((row) => row.holdout),
  };
}

/** Figures of CDNOW. */
export function measureCdnow(): Measured[] {
  const { histories, spends, holdout } = readSample();
  const fitted = fitBgNbd(histories);
  const money = fitGammaGamma(spends);
  if (!fitted.ok) throw new Error(`BG/NBD was refused: ${fitted.error}`);
  if (!money.ok) throw new Error(`gamma-gamma was refused: ${money.error}`);
  const { model, logLikelihood } = fitted.value;
  const expected = holdout.map((_, i) =>
    expectedPurchases(
      model,
      {
        repeats: histories.repeats[i] ?? 0,
        lastAt: histories.lastAt[i] ?? 0,
        observed: histories.observed[i] ?? 0,
      },
      HOLDOUT_WEEKS,
    ),
  );
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  return [
    { figure: 'bgnbd_ll', value: logLikelihood, unit: 'nats', against: '>= -9582.43', digits: 8 },
    { figure: 'bgnbd_r', value: model.r, unit: 'shape', against: '0.243 within 1 %' },
    { figure: 'bgnbd_alpha', value: model.alpha, unit: 'weeks', against: '4.414 within 1 %' },
    { figure: 'bgnbd_a', value: model.a, unit: 'shape', against: '0.793 within 1 %' },
    { figure: 'bgnbd_b', value: model.b, unit: 'shape', against: '2.426 within 1 %' },
    { figure: 'clv_holdout_rmse', value: rootMeanSquare(expected, holdout), unit: 'purchases', against: '<= 1.61' },
    { figure: 'clv_holdout_corr', value: correlation(expected, holdout), unit: 'ratio', against: '>= 0.625' },
    {
      figure: 'clv_holdout_total',
      value: total(expected),
      unit: 'purchases',
      against: `${total(holdout)} bought`,
    },
    { figure: 'gamma_gamma_p', value: money.value.p, unit: 'shape', against: '6.25 within 1 %' },
    { figure: 'gamma_gamma_q', value: money.value.q, unit: 'shape', against: '3.74 within 1 %' },
    { figure: 'gamma_gamma_gamma', value: money.value.gamma, unit: 'USD', against: '15.45 within 1 %' },
  ];
}
