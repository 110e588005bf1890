// contract/withdrawal.test.ts
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBatch } from './wire-decode.ts';
import { takeWithdrawals, WITHDRAW_EVENT, WITHDRAWALS_MAX } from './withdrawal.ts';

const ID = '1795694400000-11-22-33-44';
const T0 = 1_795_694_400_000;
const event = (over: object = {}): object => ({ i: '1-2-3-4', n: WITHDRAW_EVENT, t: T0, ...over });
const decode = (events: readonly object[]) => {
  const decoded = decodeBatch(JSON.stringify({ v: 1, s: 'shop', t: T0, c: ['g', '', 1], e: events }));
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value;
};

describe('P1: the id of a withdrawal is taken out of its event', () => {
  it('and stands beside the events, which hold nothing of it', () => {
    const batch = decode([event({ p: [ID] })]);
    expect(batch.withdrawn).toEqual([ID]);
    expect(batch.firstPartyId).toBeUndefined();
    expect(batch.events.map((decoded) => decoded.ok && [decoded.value.name, decoded.value.properties])).toEqual([
      ['withdraw', undefined],
    ]);
    expect(JSON.stringify([batch.events, batch.raw])).not.toContain(ID);
  });

  it.each([
    { why: 'no id', p: [] },
    { why: 'too short an id', p: ['1795694400000'] },
    { why: 'no text', p: [{ id: ID }] },
  ])('also where it is $why', ({ p }) => {
    const batch = decode([event({ p })]);
    expect(batch.withdrawn).toEqual([]);
    expect(batch.events.every(({ ok }) => ok)).toBe(true);
    expect(JSON.stringify(batch.raw)).not.toContain('1795694400000"');
  });

  it.each([
    { why: 'a page’s own event of that name', own: event({ p: { amount: 5 } }) },
    { why: 'another event’s list', own: event({ n: 'click', p: [ID] }) },
  ])('and $why is left as it is', ({ own }) => {
    expect(takeWithdrawals([own])).toEqual({ events: [own], withdrawn: [] });
  });

  const many = (count: number): readonly number[] => Array.from({ length: count }, (_, nth) => nth);
  it.each([
    { why: 'two', said: [0, 1], heard: [0, 1] },
    { why: 'the same again', said: [0, 1, 0], heard: [0, 1] },
    { why: 'as many as can be told', said: many(WITHDRAWALS_MAX), heard: many(WITHDRAWALS_MAX) },
    { why: 'one more, but for the first', said: many(WITHDRAWALS_MAX + 1), heard: many(WITHDRAWALS_MAX + 1).slice(1) },
  ])('each is heard of $why', ({ said, heard }) => {
    const idOf = (nth: number): string => `${ID}${nth}`;
    expect(takeWithdrawals(said.map((nth) => event({ p: [idOf(nth)] }))).withdrawn).toEqual(heard.map(idOf));
  });

  it('whatever the events are, their number stays, and nothing throws', () => {
    const wild = fc.oneof(fc.jsonValue(), fc.record({ n: fc.constant(WITHDRAW_EVENT), p: fc.jsonValue() }));
    fc.assert(
      fc.property(fc.array(wild), (events) => {
        expect(takeWithdrawals(events).events).toHaveLength(events.length);
      }),
    );
  });
});
