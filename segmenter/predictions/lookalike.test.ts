// segmenter/predictions/lookalike.test.ts: the closest to a segment are those who do as its members do.
import { describe, expect, it } from 'vitest';
import { CLOSEST, DAY_MS } from '../../contract/index.ts';
import type { ProfileState } from '../profiles/state.ts';
import { anEvent, stateOf, T0 } from '../testing.ts';
import { learnLookalike } from './lookalike.ts';
import { uniforms } from './testing.ts';
import { readyVisitorModels } from './visitor-models.ts';

const context = { asOf: T0, currency: 'GBP' };

/** Keen ones come most days and buy now and then; the others come seldom. */
function visitor(isKeen: boolean, uniform: () => number): ProfileState {
  const events = [anEvent({ at: T0 - 60 * DAY_MS })];
  for (let day = 1; day < 60; day += 1) {
    if (uniform() > (isKeen ? 0.5 : 0.08)) continue;
    const at = T0 - day * DAY_MS + Math.floor(uniform() * 1_000);
    events.push(anEvent({ at }));
    if (isKeen && uniform() < 0.3)
      events.push(anEvent({ at: at + 1, name: 'purchase', currency: 'GBP', value: 1_000 }));
  }
  return stateOf(events);
}

describe('lookalikes of a segment', () => {
  const uniform = uniforms(3);
  const make = (count: number, isKeen: boolean): ProfileState[] =>
    Array.from({ length: count }, () => visitor(isKeen, uniform));
  // Of the keen one in two is a member; the others are to be found among many more who are not keen.
  const [members, alike, others] = [make(120, true), make(60, true), make(1_140, false)];
  const input = { members, others: [...alike, ...others], currency: 'GBP', today: T0, seed: 42 };
  const learned = learnLookalike(input);
  const model = learned.ok
    ? [{ kind: 'alike' as const, key: 'vip', of: '1', at: T0, model: JSON.stringify(learned.value) }]
    : [];
  const { isAlike } = readyVisitorModels(model);

  it('are those who do as its members do, and as many as the share says', () => {
    const found = (states: readonly ProfileState[], closest: (typeof CLOSEST)[number]): number =>
      states.filter((state) => isAlike('vip', closest, state, context)).length;
    // Who is exactly as like as the last of them is one of them.
    for (const closest of CLOSEST) expect(found(input.others, closest) - 1_200 * closest).toBeOneOf([0, 1, 2, 3]);
    // One in twenty of those outside is keen, and the closest twentieth are they.
    expect(found(alike, 0.05)).toBeGreaterThan(0.9 * alike.length);
  });

  it('M1: are the same for the same visitors', () => expect(learnLookalike(input)).toEqual(learned));

  it('are nobody where there is no model, nor of a visitor who was not there yet', () => {
    const [someone] = alike;
    if (someone === undefined) throw new Error('nobody');
    expect(isAlike('others', 0.2, someone, context)).toBe(false);
    expect(isAlike('vip', 0.2, stateOf([anEvent({ at: T0 + 1 })]), context)).toBe(false);
  });

  it.each([
    { why: 'few members', of: { members: members.slice(0, 29) }, reason: 'too_few_members' },
    { why: 'hardly anybody else', of: { others: others.slice(0, 20) }, reason: 'too_few_others' },
  ])('are refused with $why', ({ of, reason }) =>
    expect(learnLookalike({ ...input, ...of })).toEqual({ ok: false, error: reason }),
  );
});
