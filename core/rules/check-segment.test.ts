// core/rules/check-segment.test.ts: what a site may keep as a rule segment.
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../contract/index.ts';
import { checkRemoval, checkRuleSegment, RULE_SEGMENTS_MAX, SEGMENT_NAME_CHARS_MAX } from './check-segment.ts';
import { orderRules, segmentsIn } from './order.ts';

describe('rules that speak of segments', () => {
  const segment = (id: string, ...of: string[]) => ({
    id,
    name: id,
    rule: { version: 1 as const, where: { all: [{ event: 'x' }, ...of.map((one) => ({ segment: one }))] } },
  });
  it('come after those', () => {
    const ordered = orderRules([segment('c', 'b', 'cluster-1'), segment('a'), segment('b', 'a')]);
    expect(ordered.ok && ordered.value.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });
  it('are refused where they go round in a circle', () => {
    expect(orderRules([segment('a', 'c'), segment('b', 'a'), segment('c', 'b')])).toEqual({
      ok: false,
      error: ['a', 'c', 'b'],
    });
  });
});

describe('a rule segment', () => {
  const words = { traits: new Set<string>(), clusters: ['cluster-1'] };
  const rule = (where: Condition = { event: 'x' }) => ({ version: 1 as const, where });
  const kept = (id: string, where?: Condition) => ({ id, name: id, rule: rule(where) });
  const many = (count: number) => Array.from({ length: count }, (_, nth) => kept(`s${nth}`));
  const reason = (segment: { id?: string; name?: string; rule?: unknown }, held = many(0)): string => {
    const checked = checkRuleSegment({ id: 'mine', name: 'Mine', rule: rule(), ...segment }, held, words);
    return checked.ok ? 'kept' : checked.error.reason;
  };

  it.each([
    { why: 'a word', id: 'big-spenders', is: 'kept' },
    { why: 'the longest', id: 'a'.repeat(63), is: 'kept' },
    { why: 'longer', id: 'a'.repeat(64), is: 'bad_id' },
    { why: 'no word', id: '', is: 'bad_id' },
    { why: 'a word of clusters', id: 'cluster-9', is: 'bad_id' },
    { why: 'capitals', id: 'Big', is: 'bad_id' },
    { why: 'a path', id: '../x', is: 'bad_id' },
  ])('has an id: $why', ({ id, is }) => {
    expect(reason({ id })).toBe(is);
  });

  it.each([
    { why: 'the longest', name: 'n'.repeat(SEGMENT_NAME_CHARS_MAX), is: 'kept' },
    { why: 'longer', name: 'n'.repeat(SEGMENT_NAME_CHARS_MAX + 1), is: 'bad_name' },
    { why: 'blank', name: '  ', is: 'bad_name' },
    { why: 'another line', name: 'a\nb', is: 'bad_name' },
  ])('has a name: $why', ({ name, is }) => {
    expect(reason({ name })).toBe(is);
  });

  it('is one of so many', () => {
    expect(reason({}, many(RULE_SEGMENTS_MAX - 1))).toBe('kept');
    expect(reason({}, many(RULE_SEGMENTS_MAX))).toBe('too_many_segments');
    expect(reason({ id: 's0' }, many(RULE_SEGMENTS_MAX))).toBe('kept');
  });

  it('speaks of segments there are, and of none that speaks of it', () => {
    expect(reason({ rule: rule({ segment: 'cluster-1' }) })).toBe('kept');
    expect(reason({ rule: rule({ segment: 'nobody' }) })).toBe('bad_rule');
    expect(reason({ rule: rule({ segment: 'mine' }) })).toBe('bad_rule');
    expect(
      reason({ rule: rule({ segment: 'a' }) }, [kept('a', { segment: 'b' }), kept('b', { segment: 'mine' })]),
    ).toBe('circle');
  });

  it('stays while another speaks of it', () => {
    expect(checkRemoval('a', [kept('a'), kept('b', { not: { segment: 'a' } })])).toMatchObject({ ok: false });
    expect(checkRemoval('b', [kept('a'), kept('b')]).ok).toBe(true);
    expect(segmentsIn({ all: [{ segment: 'a' }, { any: [{ not: { segment: 'b' } }] }] })).toEqual(['a', 'b']);
  });
});
