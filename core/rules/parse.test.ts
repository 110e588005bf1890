// core/rules/parse.test.ts: a rule is taken whole or refused with every fault where it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { CONDITION_DEPTH_MAX, CONDITIONS_MAX, WINDOW_DAYS_MAX } from '../../contract/index.ts';
import type { RuleWords } from './parse.ts';
import { parseRule } from './parse.ts';
import { ruleSchema } from './schema.ts';

const words: RuleWords = {
  traits: new Set(['recency_days', 'frequency']),
  segments: new Set(['cluster-1', 'big']),
  own: 'mine',
};
const rule = (where: unknown): unknown => ({ version: 1, where });
const faults = (value: unknown): string[] => {
  const parsed = parseRule(value, words);
  return parsed.ok ? [] : parsed.error.map(({ reason, pointer }) => `${reason} ${pointer}`);
};
const nested = (depth: number): unknown => (depth === 1 ? { event: 'purchase' } : { not: nested(depth - 1) });
const wide = (count: number): unknown => ({ all: Array.from({ length: count - 1 }, () => ({ event: 'purchase' })) });

describe('a rule', () => {
  it.each([
    { event: 'purchase' },
    { event: 'purchase', at_least: 0, at_most: 0, within_days: 1 },
    { event: 'purchase', at_least: 2, within_days: WINDOW_DAYS_MAX },
    { sequence: ['view_item', 'purchase'], within_days: 7 },
    { trait: 'recency_days', at_most: 30 },
    { trait: 'frequency', known: false },
    { category: 'tea', of: 'bought', at_least: 3 },
    { category: 'tea', of: 'interest', at_most: 3 },
    { topic: 'garden' },
    { topic: 'garden', at_least: 2, at_most: 9 },
    { segment: 'cluster-1' },
    { consent: 'personalise' },
    { all: [{ any: [{ event: 'a' }, { not: { event: 'b' } }] }, { trait: 'frequency', at_least: 1, at_most: 1 }] },
    nested(CONDITION_DEPTH_MAX),
    wide(CONDITIONS_MAX),
  ])('is taken: %j', (where) => {
    expect(faults(rule(where))).toEqual([]);
    expect(parseRule(rule(where), words)).toEqual({ ok: true, value: rule(where) });
    expect(v.is(ruleSchema, rule(where))).toBe(true);
  });

  it.each([
    { value: 'text', fault: ['not_an_object '] },
    { value: { version: 2, where: { event: 'a' } }, fault: ['unknown_version /version'] },
    { value: { version: 1 }, fault: ['unknown_condition /where'] },
    { value: { version: 1, where: { event: 'a' }, more: 1 }, fault: ['malformed_condition '] },
    { value: rule({ events: 'a' }), fault: ['unknown_condition /where'] },
    { value: rule({ event: 'a', at_least: -1 }), fault: ['malformed_condition /where/at_least'] },
    { value: rule({ event: 'a', at_least: 1.5 }), fault: ['malformed_condition /where/at_least'] },
    { value: rule({ event: 'a', within_days: 0 }), fault: ['malformed_condition /where/within_days'] },
    {
      value: rule({ event: 'a', within_days: WINDOW_DAYS_MAX + 1 }),
      fault: ['malformed_condition /where/within_days'],
    },
    { value: rule({ event: 'a', at_least: 3, at_most: 2 }), fault: ['empty_range /where'] },
    { value: rule({ event: 'a', 'x/y': 1 }), fault: ['malformed_condition /where/x~1y'] },
    { value: rule({ topic: 7 }), fault: ['malformed_condition /where/topic'] },
    { value: rule({ sequence: ['a'], within_days: 7 }), fault: ['malformed_condition /where/sequence/1'] },
    { value: rule({ trait: 'shoe_size', at_least: 1 }), fault: ['unknown_trait /where/trait'] },
    { value: rule({ segment: 'mine' }), fault: ['refers_to_itself /where/segment'] },
    { value: rule({ segment: 'gone' }), fault: ['unknown_segment /where/segment'] },
    { value: rule({ consent: 'everything' }), fault: ['malformed_condition /where/consent'] },
    { value: rule({ all: [] }), fault: ['malformed_condition /where'] },
    { value: rule({ not: { event: 'a' }, event: 'b' }), fault: ['malformed_condition /where'] },
    {
      value: rule({ any: [{ event: 'a' }, { all: [{ segment: 'gone' }, { nothing: 1 }] }] }),
      fault: ['unknown_segment /where/any/1/all/0/segment', 'unknown_condition /where/any/1/all/1'],
    },
    { value: rule(nested(CONDITION_DEPTH_MAX + 1)), fault: [`too_deep /where${'/not'.repeat(CONDITION_DEPTH_MAX)}`] },
    { value: rule(wide(CONDITIONS_MAX + 1)), fault: [`too_many_conditions /where/all/${CONDITIONS_MAX - 1}`] },
  ])('is refused with what is wrong and where: %j', ({ value, fault }) => {
    expect(faults(value)).toEqual(fault);
  });

  it('never throws and never repeats a value of what was sent, whatever it is', () => {
    const law = fc.property(fc.jsonValue(), (where) => {
      const parsed = parseRule(rule(where), words);
      if (!parsed.ok) expect(parsed.error.length).toBeGreaterThan(0);
    });
    fc.assert(law, { numRuns: 300 });
    const secret = parseRule(rule({ event: 'a', at_least: 'someone@mail.example' }), words);
    expect(JSON.stringify(secret)).not.toContain('someone');
  });
});
