// console/app/segment-label.test.ts: a segment in words.
import { describe, expect, it } from 'vitest';
import type { Segment } from '../api/schemas.ts';
import { descriptionOf, labelOf } from './segment-label.ts';

const head = { id: 'cluster-1', kind: 'cluster', version: 1, at: 1 };
const shown: Segment = {
  status: 'published',
  ...head,
  label: 'buyers',
  description: 'They buy.',
  zh: { label: '买家', description: '经常购买。' },
  visitors: 100,
  traits: [],
};

describe('a segment in words', () => {
  it('is said in the language in force, and in English where a release knows no other', () => {
    expect([labelOf(shown, 'en'), descriptionOf(shown, 'en')]).toEqual(['buyers', 'They buy.']);
    expect([labelOf(shown, 'zh'), descriptionOf(shown, 'zh')]).toEqual(['买家', '经常购买。']);
    const { zh: _zh, ...older } = shown;
    expect([labelOf(older, 'zh'), descriptionOf(older, 'zh')]).toEqual(['buyers', 'They buy.']);
  });
  it('has its id alone where nothing of it is shown', () => {
    const withheld: Segment = { status: 'withheld', ...head, reason: 'below_floor' };
    expect([labelOf(withheld, 'zh'), descriptionOf(withheld, 'zh')]).toEqual(['cluster-1', '']);
  });
});
