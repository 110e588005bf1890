// segmenter/predictions/lifetime.test.ts: expected value by segment: near what was simulated, and refused where there is too little.
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../contract/index.ts';
import type { ProfileState } from '../profiles/state.ts';
import { anEvent, stateOf, T0 } from '../testing.ts';
import { lifetimeValue } from './lifetime.ts';
import { VALUE_HORIZON_DAYS } from './lifetime-model.ts';
import type { OutlookPersons } from './outlook.ts';
import { uniforms } from './testing.ts';
import { rankCorrelationOf } from './ranks.ts';
import { readyVisitorModels } from './visitor-models.ts';

const HISTORY_DAYS = 300;
const context = { floor: 50, secret: new Uint8Array(32).fill(5), seed: 42, today: T0, period: 1 };

/**
 * One buyer in two buys every twenty days about, for 20.00, the other every hundred, for 10.00; each has a chance of their own,
 * a quarter in the mean, to be gone after a purchase.
 */
function simulated(buyers: number, days = HISTORY_DAYS): OutlookPersons & { readonly came: readonly number[] } {
  const uniform = uniforms(11);
  const states: ProfileState[] = [];
  const segments: string[][] = [];
  const came: number[] = [];
  for (let nth = 0; nth < buyers; nth++) {
    const isKeen = nth % 2 === 0;
    const dropOut = uniform() ** 3;
    const worth = (isKeen ? 2_000 : 1_000) * (0.6 + 0.8 * uniform());
    const events = [anEvent({ at: T0 - days * DAY_MS })];
    let later = 0;
    const end = days + VALUE_HORIZON_DAYS;
    for (let at = uniform() * Math.min(60, days); at < end; at -= Math.log(1 - uniform()) * (isKeen ? 20 : 100)) {
      const value = Math.round(worth * (0.5 + uniform()));
      if (at >= days) later += value;
      else events.push(anEvent({ name: 'purchase', at: T0 - Math.ceil((days - at) * DAY_MS), currency: 'GBP', value }));
      if (uniform() < dropOut) break;
    }
    states.push(stateOf(events));
    segments.push([isKeen ? 'keen' : 'calm']);
    if (isKeen) came.push(later);
  }
  return { states, segments, currency: 'GBP', came };
}

describe('expected value', () => {
  it('is near what such buyers then spend, and P3: told of segments alone whose sum stands out of the noise', async () => {
    const persons = simulated(1_600);
    const { published: found, model } = await lifetimeValue(persons, context);
    expect(model?.counts.r).toBeGreaterThan(0);
    if (found.status !== 'ready') throw new Error(found.reason);
    expect(found).toMatchObject({
      currency: 'GBP',
      horizonDays: VALUE_HORIZON_DAYS,
      asOf: '2026-03-02',
      method: 'bg_nbd_gamma_gamma',
    });
    expect(found.buyers % 10).toBe(0);
    expect(Math.abs(found.buyers - 1_600)).toBeLessThan(200);
    // One of some hundreds who spent again: blurred by a quarter of the whole scale.
    expect(found.correlationLater).toBeGreaterThan(0);
    // The calm spend so little that their sum is no more than its noise.
    expect(found.segments.map(({ id }) => id)).toEqual(['keen']);
    const spent = persons.came.reduce((sum, minor) => sum + minor, 0) / persons.came.length;
    const said = found.segments[0]?.valueMinor ?? Number.NaN;
    expect(Math.abs(said - spent)).toBeLessThan(0.3 * spent);
    expect(Number(said.toPrecision(2))).toBe(said);
  });

  it('is said of one buyer to rules, and of nobody who never bought', async () => {
    const persons = simulated(1_600);
    const { model } = await lifetimeValue(persons, context);
    const models = readyVisitorModels([{ kind: 'value', key: '', of: '', at: T0, model: JSON.stringify(model) }]);
    const valueOf = (state: ProfileState) =>
      models.traitOf('predicted_value_minor', state, { asOf: T0, currency: 'GBP' }) ?? Number.NaN;
    const mean = (nth: number): number => {
      const values = persons.states.filter((_, of) => of % 2 === nth).map(valueOf);
      const known = values.filter((value) => !Number.isNaN(value));
      return known.reduce((sum, value) => sum + value, 0) / known.length;
    };
    expect(mean(0)).toBeGreaterThan(2 * mean(1));
    expect(valueOf(stateOf([anEvent({ at: T0 - DAY_MS })]))).toBeNaN();
    expect(models.traitOf('chance_churn_30', stateOf([anEvent()]), { asOf: T0, currency: 'GBP' })).toBeUndefined();
  });

  it('P3: has a figure of how well it foretold that no single buyer moves far, however much they spend', () => {
    const values = Array.from({ length: 400 }, (_, nth) => ((nth * 7_919) % 401) / 401);
    const later = Array.from({ length: 400 }, (_, nth) => ((nth * 104_729) % 397) / 397);
    const without = rankCorrelationOf(values, later) ?? Number.NaN;
    const whale = rankCorrelationOf([...values, 1e9], [...later, 1e9]) ?? Number.NaN;
    expect(Math.abs(whale - without)).toBeLessThan(6 / 401);
    expect(rankCorrelationOf([1, 2, 3, 3], [10, 20, 1e6, 1e6])).toBeCloseTo(1);
    expect(rankCorrelationOf([1, 2, 3], [5, 5, 5])).toBeUndefined();
  });

  it.each([
    {
      why: 'nobody pays in a named currency',
      persons: { ...simulated(10), currency: undefined },
      reason: 'no_currency',
    },
    { why: 'there are few buyers', persons: simulated(60), reason: 'too_few_buyers' },
    { why: 'hardly anybody came again', persons: simulated(400, 5), reason: 'too_few_repeat_buyers' },
    { why: 'all began within the horizon', persons: simulated(600, 80), reason: 'history_too_short' },
  ])('is refused where $why', async ({ persons, reason }) => {
    expect(await lifetimeValue(persons, context)).toMatchObject({ published: { status: 'refused', reason } });
  });
});
