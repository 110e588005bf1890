// segmenter/profiles/fuse.test.ts: who is one person follows from the links alone, in any order, and goes with them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredLink } from '../../store/index.ts';
import { FUSED_VISITORS_MAX, fuseVisitors, fusionMark } from './fuse.ts';

const link = (visitor: number, account: number, kind: StoredLink['kind'] = 'user_id'): StoredLink => ({
  visitor,
  account,
  kind,
});
const groupsOf = (links: readonly StoredLink[]): readonly (readonly number[])[] => [
  ...fuseVisitors(links).groups.values(),
];

describe('one person', () => {
  it.each([
    { why: 'one account on two browsers', links: [link(1, 10), link(2, 10)], groups: [[1, 2]] },
    { why: 'nobody with one browser', links: [link(1, 10)], groups: [] },
    { why: 'two accounts apart', links: [link(1, 10), link(2, 11)], groups: [] },
    {
      why: 'a browser known by e-mail and one by user id, told by a third',
      links: [link(1, 10), link(2, 20, 'email'), link(3, 10), link(3, 20, 'email')],
      groups: [[1, 2, 3]],
    },
    {
      why: 'not through a browser that two people share',
      links: [link(1, 10), link(2, 11), link(3, 10), link(3, 11)],
      groups: [],
    },
    {
      why: 'a person whose e-mail address changed, by the user id',
      links: [link(1, 10), link(1, 20, 'email'), link(1, 21, 'email'), link(2, 10), link(3, 20, 'email')],
      groups: [[1, 2]],
    },
    {
      why: 'not through an e-mail address where the user ids differ on one browser',
      links: [link(1, 10), link(1, 11), link(1, 20, 'email'), link(2, 20, 'email')],
      groups: [],
    },
  ])('is $why', ({ links, groups }) => expect(groupsOf(links)).toEqual(groups));

  it.each([
    { visitors: FUSED_VISITORS_MAX, groups: 1 },
    { visitors: FUSED_VISITORS_MAX + 1, groups: 0 },
  ])('has $visitors browsers: $groups', ({ visitors, groups }) => {
    expect(groupsOf(Array.from({ length: visitors }, (_, nth) => link(nth + 1, 10)))).toHaveLength(groups);
  });
});

const linksArb = fc
  .uniqueArray(
    fc.record({
      visitor: fc.integer({ min: 1, max: 12 }),
      account: fc.integer({ min: 0, max: 8 }),
    }),
    { selector: ({ visitor, account }) => `${visitor} ${account}`, maxLength: 30 },
  )
  .map((links) =>
    links.map(({ visitor, account }) => link(visitor, account, (['user_id', 'email', 'phone'] as const)[account % 3])),
  );

describe('M1: fusing', () => {
  it('hangs on the links alone and not on their order', () => {
    fc.assert(
      fc.property(
        linksArb.chain((links) =>
          fc.tuple(fc.constant(links), fc.shuffledSubarray(links, { minLength: links.length })),
        ),
        ([links, shuffled]) => {
          const sorted = (all: readonly StoredLink[]): unknown =>
            [...fuseVisitors(all).groups].sort((a, b) => a[0] - b[0]);
          expect(sorted(shuffled)).toEqual(sorted(links));
          expect(fusionMark(fuseVisitors(shuffled))).toBe(fusionMark(fuseVisitors(links)));
        },
      ),
    );
  });

  it('puts each visitor into one group, under its smallest number', () => {
    fc.assert(
      fc.property(linksArb, (links) => {
        const { groups, leads } = fuseVisitors(links);
        const members = [...groups.values()].flat();
        expect(new Set(members).size).toBe(members.length);
        for (const [lead, visitors] of groups) {
          expect(lead).toBe(Math.min(...visitors));
          for (const visitor of visitors) expect(leads.get(visitor)).toBe(lead);
        }
        expect(leads.size).toBe(members.length);
      }),
    );
  });

  it('marks other groups otherwise', () => {
    fc.assert(
      fc.property(linksArb, linksArb, (one, other) => {
        const [a, b] = [fuseVisitors(one), fuseVisitors(other)];
        const text = (fusion: typeof a): string => JSON.stringify([...fusion.groups].sort((x, y) => x[0] - y[0]));
        expect(fusionMark(a) === fusionMark(b)).toBe(text(a) === text(b));
      }),
    );
  });
});
