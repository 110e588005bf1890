// core/rules/words.test.ts: rules in plain words, and their conditions with where they are.
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../contract/index.ts';
import { conditionsOf, wordsOf } from './words.ts';

describe('a condition in words', () => {
  it.each<{ condition: Condition; words: string }>([
    { condition: { event: 'purchase' }, words: 'purchase at least once' },
    { condition: { event: 'purchase', at_most: 0, within_days: 30 }, words: 'purchase never in the last 30 days' },
    {
      condition: { event: 'page_view', at_least: 2, at_most: 2, within_days: 1 },
      words: 'page_view exactly 2 times today',
    },
    { condition: { event: 'search', at_least: 2, at_most: 5 }, words: 'search 2 to 5 times' },
    { condition: { trait: 'frequency', at_least: 3 }, words: 'frequency is at least 3' },
    { condition: { trait: 'frequency', at_most: 3 }, words: 'frequency is at most 3' },
    { condition: { trait: 'last_plan', is: 'pro' }, words: 'last_plan is pro' },
    { condition: { trait: 'refund_share' }, words: 'refund_share is known' },
    { condition: { trait: 'refund_share', known: false }, words: 'refund_share is not known' },
    {
      condition: { sequence: ['view_item', 'purchase'], within_days: 7 },
      words: 'view_item and after it purchase in the last 7 days',
    },
    { condition: { category: 'tea', of: 'bought', at_least: 2 }, words: 'bought items of tea at least 2 times' },
    { condition: { category: 'tea', of: 'interest', at_least: 3 }, words: 'interest in tea is at least 3 points' },
    { condition: { category: 'tea', of: 'interest' }, words: 'interest in tea' },
    { condition: { topic: 'garden', at_least: 2 }, words: 'viewed pages about garden lately at least 2 times' },
    { condition: { alike: 'vip', closest: 0.05 }, words: 'among the 5 % most like the segment vip' },
    { condition: { consent: 'share' }, words: 'agreed to share' },
    {
      condition: { all: [{ segment: 'a' }, { any: [{ segment: 'b' }, { not: { segment: 'c' } }] }] },
      words: 'in the segment a and (in the segment b or not: in the segment c)',
    },
  ])('is “$words”', ({ condition, words }) => expect(wordsOf(condition)).toBe(words));
});

describe('the conditions of a rule', () => {
  const where: Condition = { all: [{ any: [{ segment: 'a' }, { segment: 'b' }] }, { not: { segment: 'c' } }] };
  it.each([
    { why: 'fewer than there are', limit: 3, pointers: ['/where/all/0', '/where/all/1', '/where/all/0/any/0'] },
    {
      why: 'all',
      limit: 5,
      pointers: ['/where/all/0', '/where/all/1', '/where/all/0/any/0', '/where/all/0/any/1', '/where/all/1/not'],
    },
    { why: 'none where there is one alone', limit: 0, pointers: [] },
  ])('come from the outside in: $why', ({ limit, pointers }) =>
    expect(conditionsOf(where, limit).map(({ pointer }) => pointer)).toEqual(pointers),
  );
});
