import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../contract/index.ts';
import type { Publication } from './publish.ts';
import { publishedDrift } from './published-drift.ts';

/** One segment whose only trait has this published mean over everybody. */
const published = (
  overall: number,
  over: { readonly limit?: number; readonly visitors?: number } = {},
): Publication => ({
  visitors: over.visitors ?? 10_000,
  segments: [
    {
      status: 'published',
      id: 'cluster-1',
      kind: 'cluster',
      version: 1,
      at: 0 as EpochMs,
      label: 'a',
      description: 'a',
      visitors: 5_000,
      traits: [
        {
          id: 'views',
          unit: 'count',
          mean: 1,
          limit: over.limit ?? 10,
          plusMinus: 0.1,
          overall,
          compared: 'similar',
        },
      ],
    },
  ],
});

describe('drift between two publications', () => {
  it.each([
    { why: 'nothing moved', before: published(4), now: published(4), found: { labelsChanged: 0, alarm: false } },
    {
      why: 'a mean moved by less than its noise',
      before: published(4, { visitors: 500 }),
      now: published(5.5, { visitors: 500 }),
      found: { labelsChanged: 0, alarm: false },
    },
    {
      why: 'a mean moved a little',
      before: published(4),
      now: published(4.5),
      found: { labelsChanged: 0, trait: 'views', meanChanged: 0.11, alarm: false },
    },
    {
      why: 'a mean moved much',
      before: published(4),
      now: published(6),
      found: { labelsChanged: 0, trait: 'views', meanChanged: 0.33, alarm: true },
    },
    {
      why: 'the limit of a mean is another',
      before: published(4),
      now: published(6, { limit: 15 }),
      found: { labelsChanged: 0, alarm: false },
    },
    {
      why: 'nothing was published before',
      before: undefined,
      now: published(6),
      found: { labelsChanged: 0, alarm: false },
    },
  ])('says what it may where $why', ({ before, now, found }) => {
    expect(publishedDrift(0, 10_000, before, now)).toEqual(found);
  });

  it.each([
    { why: 'at the limit and its noise', people: 4_200, labelsChanged: 0.06, alarm: false },
    { why: 'just above', people: 4_200, labelsChanged: 0.07, alarm: true },
    { why: 'of few, whose noise is wide', people: 420, labelsChanged: 0.14, alarm: false },
  ])('rings by changed labels $why: $alarm', ({ people, labelsChanged, alarm }) => {
    expect(publishedDrift(labelsChanged, people, published(4), published(4)).alarm).toBe(alarm);
  });
});
