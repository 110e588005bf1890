// core/site-traits.test.ts: definitions of a site's own traits are read with pointed problems.
import { describe, expect, it } from 'vitest';
import {
  parseSiteTraits,
  readsOf,
  SITE_TRAITS_MAX,
  TRAIT_CONDITIONS_MAX,
  TRAIT_EVENTS_MAX,
  unitOf,
} from './site-traits.ts';
import type { SiteTrait } from './site-traits.ts';

const OURS = new Set(['frequency']);
const parse = (...traits: readonly unknown[]) => parseSiteTraits({ version: 1, traits }, OURS);
const faultsOf = (result: ReturnType<typeof parse>) =>
  result.ok ? [] : result.error.map(({ reason, pointer }) => `${reason} ${pointer}`);
const views = { events: ['page_view'] };

describe('traits that a site defines', () => {
  it('are kept as they are written, of every kind', () => {
    const traits: readonly SiteTrait[] = [
      { id: 'a', count: views, window_days: 90, unit: 'days', description: 'Days' },
      { id: 'b', sum: { events: ['purchase'], field: 'value', where: [{ field: 'currency', is: ['GBP'] }] } },
      { id: 'c', first: { ...views, field: 'campaign' } },
      { id: 'd', last: { events: ['plan_changed'], field: 'properties.seats' } },
      {
        id: 'e',
        distinct: { ...views, field: 'path', where: [{ field: 'path', starts_with: '/blog/', known: true }] },
      },
      { id: 'f', ratio: { of: { ...views, where: [{ field: 'properties.n', at_least: 1, at_most: 1 }] }, to: views } },
    ];
    expect(parse(...traits)).toEqual({ ok: true, value: traits });
    expect(traits.map(unitOf)).toEqual(['days', 'minor_units', 'count', 'count', 'count', 'share']);
    expect(traits.flatMap(readsOf).flatMap(({ events }) => events)).toHaveLength(7);
  });

  it.each<{ why: string; trait: unknown; faults: readonly string[] }>([
    { why: 'no object', trait: 'count', faults: ['malformed /traits/0'] },
    { why: 'no way of making it', trait: { id: 'a' }, faults: ['malformed /traits/0'] },
    { why: 'two ways of making it', trait: { id: 'a', count: views, sum: views }, faults: ['malformed /traits/0'] },
    { why: 'an id with a hyphen', trait: { id: 'a-b', count: views }, faults: ['malformed /traits/0/id'] },
    { why: 'an id of ours', trait: { id: 'frequency', count: views }, faults: ['taken_id /traits/0/id'] },
    { why: 'an unknown key', trait: { id: 'a', count: views, colour: 1 }, faults: ['malformed /traits/0/colour'] },
    { why: 'no event', trait: { id: 'a', count: { events: [] } }, faults: ['malformed /traits/0/count/events'] },
    {
      why: 'a name that no event has',
      trait: { id: 'a', count: { events: ['Page View'] } },
      faults: ['malformed /traits/0/count/events/0'],
    },
    {
      why: 'the sum of a text',
      trait: { id: 'a', sum: { ...views, field: 'path' } },
      faults: ['malformed /traits/0/sum/field'],
    },
    {
      why: 'a field there is not, inside a ratio',
      trait: { id: 'a', ratio: { of: { ...views, where: [{ field: 'ip', known: true }] }, to: views } },
      faults: ['malformed /traits/0/ratio/of/where/0/field'],
    },
    {
      why: 'a condition that asks nothing',
      trait: { id: 'a', count: { ...views, where: [{ field: 'path' }] } },
      faults: ['malformed /traits/0/count/where/0'],
    },
    {
      why: 'an empty range',
      trait: { id: 'a', count: { ...views, where: [{ field: 'value', at_least: 2, at_most: 1 }] } },
      faults: ['malformed /traits/0/count/where/0'],
    },
    {
      why: 'a window of no day',
      trait: { id: 'a', count: views, window_days: 0 },
      faults: ['malformed /traits/0/window_days'],
    },
    {
      why: 'a window that profiles do not hold',
      trait: { id: 'a', count: views, window_days: 91 },
      faults: ['malformed /traits/0/window_days'],
    },
  ])('are refused, and where is told: $why', ({ trait, faults }) => expect(faultsOf(parse(trait))).toEqual(faults));

  it('are refused where two have one id, and what is told repeats nothing of the text', () => {
    const twice = parse({ id: 'secret', count: views }, { id: 'secret', count: views });
    expect(faultsOf(twice)).toEqual(['same_id /traits/1/id']);
    expect(JSON.stringify(twice)).not.toContain('secret');
  });

  it.each([
    { why: 'a list', raw: [] },
    { why: 'nothing', raw: undefined },
    { why: 'something beside', raw: { version: 1, traits: [], more: 1 } },
  ])('are one object of version and traits: $why', ({ raw }) =>
    expect(parseSiteTraits(raw, OURS)).toMatchObject({ ok: false, error: [{ pointer: '' }] }),
  );

  it('are of this version', () =>
    expect(parseSiteTraits({ version: 2, traits: [] }, OURS)).toMatchObject({
      ok: false,
      error: [{ reason: 'unknown_version' }],
    }));

  it.each([
    {
      what: 'traits',
      max: SITE_TRAITS_MAX,
      of: (n: number) => parse(...list(n, (nth) => ({ id: `t${nth}`, count: views }))),
    },
    {
      what: 'events',
      max: TRAIT_EVENTS_MAX,
      of: (n: number) => parse({ id: 'a', count: { events: list(n, (nth) => `e${nth}`) } }),
    },
    {
      what: 'conditions',
      max: TRAIT_CONDITIONS_MAX,
      of: (n: number) =>
        parse({ id: 'a', count: { ...views, where: list(n, () => ({ field: 'path', known: true })) } }),
    },
  ])('have a maximum of $what', ({ max, of }) => {
    expect(of(max).ok).toBe(true);
    expect(of(max + 1).ok).toBe(false);
  });
});

const list = <T>(length: number, of: (nth: number) => T): T[] => Array.from({ length }, (_, nth) => of(nth));
