// segmenter/profiles/site-traits.test.ts: traits that a site defines fold in any order (M1) and say what their events say.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../contract/index.ts';
import type { SiteTrait } from '../../core/index.ts';
import { fulfils, isTimed } from '../rules/evaluate.ts';
import { anEvent, T0 } from '../testing.ts';
import { explainProfile } from './explain.ts';
import type { FoldedEvent } from './fold.ts';
import { foldEvent, mergeStates, PROFILE_BYTES_MAX } from './fold.ts';
import { DISTINCT_EVER_MAX } from './own-parts.ts';
import { NO_SITE_TRAITS, readySiteTraits } from './site-traits.ts';
import type { ProfileState } from './state.ts';
import { decodeState, emptyState, encodeState, STATE_VERSION } from './state.ts';

const asked = { events: ['demo_request'] };
const DEFINITIONS: readonly SiteTrait[] = [
  { id: 'demos', count: asked },
  { id: 'demos_2', window_days: 2, count: { ...asked, where: [{ field: 'properties.plan', is: ['team'] }] } },
  { id: 'seats', sum: { ...asked, field: 'properties.seats' } },
  { id: 'paid', window_days: 30, sum: { ...asked, field: 'value', where: [{ field: 'currency', is: ['GBP'] }] } },
  { id: 'first_campaign', first: { ...asked, field: 'campaign' } },
  { id: 'last_plan', last: { ...asked, field: 'properties.plan' } },
  { id: 'plans', distinct: { ...asked, field: 'properties.plan' } },
  { id: 'plans_2', window_days: 2, distinct: { ...asked, field: 'properties.plan' } },
  { id: 'team_share', ratio: { of: { ...asked, where: [{ field: 'properties.plan', is: ['team'] }] }, to: asked } },
];
const traits = readySiteTraits(DEFINITIONS);
const folded = (events: readonly FoldedEvent[]): ProfileState => {
  const state = emptyState();
  for (const event of events) foldEvent(state, event, traits);
  return state;
};
const valueOf = (id: string, state: ProfileState, asOf = T0) => traits.traitOf(id)?.of(state.own, asOf);

const demo = fc.record({
  id: fc.nat(100_000).map((nth) => nth.toString(16).padStart(32, '0')),
  name: fc.constantFrom('demo_request', 'demo_request', 'page_view'),
  at: fc.oneof(fc.integer({ min: T0 - 3 * DAY_MS, max: T0 }), fc.constantFrom(T0, T0 - 200 * DAY_MS)),
  purposes: fc.constant(15),
  told: fc.record(
    {
      campaign: fc.constantFrom('spring', 'autumn'),
      currency: fc.constantFrom('GBP', 'EUR'),
      value: fc.integer({ min: -500, max: 9_000 }),
      properties: fc.record(
        {
          plan: fc.constantFrom('team', 'company', '__proto__', true),
          seats: fc.constantFrom(0.1, 0.2, 3, 1e12, 'many'),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  ),
});
const demosArb = fc.uniqueArray(demo, { selector: ({ id }) => id, minLength: 1, maxLength: 25 });

describe('M1: traits that a site defines', () => {
  it('are the same bytes in any order of events, in any parts, and through their text', () =>
    fc.assert(
      fc.property(demosArb, fc.nat(25), (events, cut) => {
        const whole = encodeState(folded(events));
        expect(encodeState(folded([...events].reverse()))).toBe(whole);
        const [left, right] = [events.slice(0, cut), events.slice(cut)];
        const state = left.length === 0 ? emptyState() : decodeState(encodeState(folded(left)));
        mergeStates(state, folded(right));
        expect(encodeState(state)).toBe(whole);
      }),
    ));

  it('count what a plain look at the events counts', () =>
    fc.assert(
      fc.property(demosArb, (events) => {
        const state = decodeState(encodeState(folded(events)));
        const demos = events.filter(({ name }) => name === 'demo_request');
        const isTeam = (event: (typeof demos)[number]): boolean => event.told.properties?.plan === 'team';
        const isRecent = ({ at }: { readonly at: number }): boolean =>
          Math.floor(at / DAY_MS) > Math.floor(T0 / DAY_MS) - 2;
        expect(valueOf('demos', state)).toBe(demos.length);
        expect(valueOf('demos_2', state)).toBe(demos.filter((one) => isTeam(one) && isRecent(one)).length);
        const plans = (of: typeof demos): number => new Set(of.flatMap((one) => one.told.properties?.plan ?? [])).size;
        expect(valueOf('plans', state)).toBe(plans(demos));
        expect(valueOf('plans_2', state)).toBe(plans(demos.filter(isRecent)));
        const teams = demos.filter(isTeam).length;
        expect(valueOf('team_share', state)).toBe(demos.length === 0 ? undefined : teams / demos.length);
        const pounds = demos.filter(({ at, told }) => told.currency === 'GBP' && at > T0 - 29 * DAY_MS);
        expect(valueOf('paid', state)).toBe(pounds.reduce((sum, { told }) => sum + (told.value ?? 0), 0));
      }),
    ));
});

describe('traits that a site defines', () => {
  const at = (days: number, properties: Readonly<Record<string, string | number>>, campaign?: string): FoldedEvent =>
    anEvent({
      name: 'demo_request',
      at: T0 - days * DAY_MS,
      told: { properties, ...(campaign === undefined ? {} : { campaign }) },
    });
  const state = folded([
    at(9, { plan: 'team', seats: 0.1 }, 'spring'),
    at(1, { plan: 'company', seats: 0.2 }, 'autumn'),
  ]);

  it('tell the first and the last, and sum fractions exactly to a thousandth', () => {
    expect(valueOf('first_campaign', state)).toBe('spring');
    expect(valueOf('last_plan', state)).toBe('company');
    expect(valueOf('seats', state)).toBe(0.3);
    expect(valueOf('last_plan', folded([anEvent()]))).toBeUndefined();
  });

  it('may be spoken of by rules, as texts and as numbers', () => {
    const holds = (condition: Parameters<typeof fulfils>[0]): boolean =>
      fulfils(condition, { state, isIn: () => false }, { asOf: T0, currency: undefined, own: traits });
    expect(holds({ trait: 'last_plan', is: 'company' })).toBe(true);
    expect(holds({ trait: 'last_plan', is: 'team' })).toBe(false);
    // A text lies in no range.
    expect(holds({ trait: 'last_plan', at_least: 0 })).toBe(false);
    expect(holds({ trait: 'demos', at_least: 2, at_most: 2 })).toBe(true);
    expect(holds({ trait: 'nobody_defined_it', known: false })).toBe(true);
    expect(isTimed({ trait: 'demos_2', at_least: 1 }, traits)).toBe(true);
    expect(isTimed({ trait: 'demos', at_least: 1 }, traits)).toBe(false);
  });

  it('stand in what a person is told of their profile', () => {
    const told = explainProfile(encodeState(state), T0, { own: DEFINITIONS, models: [] });
    expect(told).toContainEqual({ id: 'last_plan', description: 'last_plan', unit: 'count', value: 'company' });
    expect(told.map(({ id }) => id)).toContain('frequency');
  });

  it('make another version of the fold with each change, and none where there are none', () => {
    const others = DEFINITIONS.filter(({ id }) => id !== 'seats');
    expect(NO_SITE_TRAITS.foldVersion).toBe(STATE_VERSION);
    expect(encodeState(folded([anEvent()]))).not.toContain('"own"');
    expect(readySiteTraits(others).foldVersion).not.toBe(traits.foldVersion);
    expect(readySiteTraits(DEFINITIONS.toReversed()).foldVersion).toBe(traits.foldVersion);
  });

  it('hold a bounded number of different values and of days, and let no profile grow beyond its maximum', () => {
    const wide = readySiteTraits(
      Array.from({ length: 20 }, (_, nth): SiteTrait => {
        const of = {
          events: ['demo_request'],
          field: `properties.p${nth % 2}` as const,
          where: [{ field: `properties.q${nth}` as const, known: false }],
        };
        return nth % 2 === 0
          ? { id: `d${nth}`, window_days: 90, distinct: of }
          : { id: `l${nth}`, window_days: 90, last: of };
      }),
    );
    const whole = emptyState();
    for (let nth = 0; nth < 1_500; nth += 1) {
      const properties = { p0: `${nth}`, p1: `${'花'.repeat(90)}${nth}` };
      foldEvent(whole, anEvent({ name: 'demo_request', at: T0 - (nth % 120) * DAY_MS, told: { properties } }), wide);
    }
    expect(new TextEncoder().encode(encodeState(whole)).length).toBeLessThan(PROFILE_BYTES_MAX / 4);
    const many = folded(Array.from({ length: 300 }, (_, nth) => at(0, { plan: `p${nth}` })));
    expect(valueOf('plans', many)).toBe(DISTINCT_EVER_MAX);
  });
});
