// cli/commands/policy.test.ts: the preview says what the decision table would have said.
import { describe, expect, it } from 'vitest';
import { presetPolicy } from '../../core/index.ts';
import { previewLines } from '../../edge/index.ts';
import { policyFrom } from './policy.ts';

const standard = presetPolicy('standard');
const treated = [
  { kept: 'day', purposes: 0, choice: '', events: 812 },
  { kept: 'link', purposes: 3, choice: '', events: 1 },
  { kept: 'count', purposes: 0, choice: '', events: 7 },
] as const;

describe('C2: the preview of a policy', () => {
  it('names who would be treated otherwise, and how', () => {
    expect(previewLines(standard, presetPolicy('strict'), treated)).toEqual([
      'Yesterday it would have come to this:',
      '  812 events of visitors not asked: not kept (was: kept with a key of that day)',
      '  1 event of visitors who agreed to measure, profile: kept, recognised across days, for measure, profile, as it was',
      '  7 events of visitors who refused: not kept (was: kept without a key)',
    ]);
  });

  it('tells of what was dropped, where the next policy keeps it', () => {
    const lines = previewLines(presetPolicy('strict'), standard, [
      { kept: 'not_kept', purposes: 0, choice: 'unasked', events: 2 },
    ]);
    expect(lines[1]).toBe('  2 events of visitors not asked: kept with a key of that day (was: not kept)');
    expect(lines[2]).toContain('at least this much');
  });

  it.each([
    { why: 'stricter', from: standard, to: presetPolicy('strict'), says: false },
    { why: 'the same', from: standard, to: standard, says: false },
    { why: 'looser for who was not asked', from: presetPolicy('strict'), to: standard, says: true },
    { why: 'looser by a purpose', from: presetPolicy('exempt'), to: standard, says: true },
  ])('says where it may tell too little: $why, $says', ({ from, to, says }) => {
    expect(previewLines(from, to, treated).some((line) => line.includes('at least this much'))).toBe(says);
  });

  it('under exempt, no purpose but measure is left', () => {
    expect(previewLines(standard, presetPolicy('exempt'), treated)[2]).toContain('for measure (was:');
  });
});

describe('C2: options make a policy', () => {
  it('what is not given stays, and a preset takes back what was stricter', () => {
    const first = policyFrom(standard, { refused: 'drop', query: 'page, size', 'calling-code': '44' });
    expect(first).toEqual({ ...standard, refused: 'drop', query: ['page', 'size'], callingCode: '44' });
    expect(policyFrom(first, { preset: 'standard', query: '' })).toEqual({ ...standard, callingCode: '44' });
  });

  it.each([
    { preset: 'lax' },
    { unknown: 'keep' },
    { purposes: 'measure,sell' },
    { channel: 'yes' },
    { query: 'gclid' },
  ])('%j is refused', (given) => {
    expect(() => policyFrom(standard, given)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});
