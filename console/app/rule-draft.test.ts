// console/app/rule-draft.test.ts: what the form of a rule says, and what it can't say.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../contract/index.ts';
import { CLOSEST } from '../../contract/index.ts';
import { NEW_CONDITION, readDraft, ruleOf } from './rule-draft.ts';

const count = fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined });
const some = (fields: Readonly<Record<string, number | undefined>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
const flat: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .tuple(count, count, count)
    .map(([at_least, at_most, within_days]) => ({ event: 'purchase', ...some({ at_least, at_most, within_days }) })),
  fc.tuple(count, count).map(([at_least, at_most]) => ({ trait: 'views', ...some({ at_least, at_most }) })),
  fc.tuple(count).map(([at_least]) => ({ category: 'tea', of: 'bought' as const, ...some({ at_least }) })),
  fc.constant<Condition>({ segment: 'cluster-1' }),
  fc.constant<Condition>({ consent: 'profile' }),
  fc.boolean().map((known): Condition => ({ trait: 'last_plan', known })),
  fc.constantFrom('pro', 5, -0.5, true, 'a b').map((is): Condition => ({ trait: 'last_plan', is })),
  fc.constantFrom(...CLOSEST).map((closest): Condition => ({ alike: 'vip', closest })),
);

describe('the form of a rule', () => {
  it('says the same rule again, whatever it can show', () => {
    const one = fc.oneof(
      flat,
      flat.map((condition): Condition => ({ not: condition })),
    );
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), fc.boolean(), (list, isAll) => {
        const rule = { version: 1, where: isAll ? { all: list } : { any: list } } as const;
        const draft = readDraft(rule);
        expect(draft && ruleOf(draft)).toEqual(rule);
      }),
    );
  });

  it.each([
    { why: 'nested', where: { all: [{ any: [{ segment: 'a' }] }] } },
    { why: 'a sequence', where: { sequence: ['view_item', 'purchase'], within_days: 7 } },
    { why: 'about a text that reads as a number', where: { trait: 'last_plan', is: '5' } },
    { why: 'two questions about a trait', where: { trait: 'views', known: true, at_least: 2 } },
  ] satisfies readonly { why: string; where: Condition }[])('leaves a rule to JSON that is $why', ({ where }) => {
    expect(readDraft({ version: 1, where })).toBeUndefined();
  });

  it('begins with orders of the last 30 days', () => {
    expect(ruleOf({ match: 'all', conditions: [NEW_CONDITION] })).toEqual({
      version: 1,
      where: { all: [{ event: 'purchase', at_least: 1, within_days: 30 }] },
    });
  });
});
