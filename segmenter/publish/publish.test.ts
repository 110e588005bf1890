import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs, PublishedSegment } from '../../contract/index.ts';
import { COUNT_STEP } from '../../core/index.ts';
import type { TraitSummary } from '../clusters/summary.ts';
import { TRAITS } from '../profiles/traits.ts';
import { T0 } from '../testing.ts';
import { memberSetDigest } from './member-set.ts';
import type { PublishContext, PublishHistory } from './publish.ts';
import { publishUnderCap } from './publish.ts';

const FLOOR = 50;
const context: PublishContext = {
  version: 1,
  at: T0,
  floor: FLOOR,
  secret: new Uint8Array(32).fill(7),
  currency: 'GBP',
};
/** Traits by how telling they are: the first of all visitors, the third not 0 for three, the fourth known of three, the others of half. */
const traitsFor = (visitors: number): TraitSummary[] =>
  TRAITS.filter(({ clusters }) => clusters).map((trait, i) => {
    const count = i === 0 ? visitors : i === 3 ? 3 : Math.floor(visitors / 2);
    return { trait, count, contributors: i === 2 ? 3 : count, mean: 12_345, difference: 1 / (i + 1) };
  });

/** Publishes clusters of some sizes, visitors numbered through. */
async function publish(sizes: readonly number[]) {
  let next = 1;
  const clusters = sizes.map((size, i) => ({
    id: `cluster-${i + 1}`,
    visitors: Array.from({ length: size }, () => next++),
    traits: traitsFor(size),
  }));
  const all = { visitors: clusters.flatMap(({ visitors }) => visitors), traits: traitsFor(next - 1) };
  return (await publishUnderCap(clusters, all, context)).publication;
}
const visible = (segments: readonly PublishedSegment[]) => segments.filter((segment) => segment.status === 'published');

describe('P3: no small number leaves a run', () => {
  it('withholds what is below the floor or leaves fewer outside, with nothing but the reason', async () => {
    const { segments } = await publish([49, 951]);
    expect(segments).toEqual([
      { status: 'withheld', id: 'cluster-1', kind: 'cluster', version: 1, at: T0, reason: 'below_floor' },
      { status: 'withheld', id: 'cluster-2', kind: 'cluster', version: 1, at: T0, reason: 'complement_below_floor' },
    ]);
  });

  it('shows no total that would tell of a segment withheld alone', async () => {
    const { segments, visitors } = await publish([300, 30, 200]);
    expect(visitors).toBeUndefined();
    for (const segment of visible(segments)) {
      expect(segment.traits.every((trait) => trait.overall === undefined)).toBe(true);
      expect(segment.description).not.toContain('against');
    }
  });

  it('shows the total where those withheld are of the floor\u2019s size together', async () => {
    expect((await publish([300, 45, 200, 45, 45])).visitors).toBeGreaterThan(500);
  });

  it('shows no mean over everybody that, less the means shown, is that of a few', async () => {
    const [trait] = traitsFor(1);
    if (trait === undefined) throw new Error('the catalogue is empty');
    const group = (id: string, from: number, contributors: number) => ({
      id,
      visitors: Array.from({ length: 300 }, (_, i) => from + i),
      traits: [{ ...trait, count: 300, contributors }],
    });
    const overallOf = async (contributors: number): Promise<(number | undefined)[]> => {
      const clusters = [group('cluster-1', 1, 300), group('cluster-2', 301, contributors)];
      const all = {
        visitors: clusters.flatMap(({ visitors }) => visitors),
        traits: [{ ...trait, count: 600, contributors: 300 + contributors }],
      };
      const { publication } = await publishUnderCap(clusters, all, context);
      return visible(publication.segments).flatMap(({ traits }) => traits.map(({ overall }) => overall));
    };
    // Of the second segment no mean is shown below the floor, so everybody less the first would be its mean.
    expect(await overallOf(FLOOR - 1)).toEqual([undefined]);
    expect(await overallOf(FLOOR)).toEqual([12_000, 12_000]);
    expect(await overallOf(0)).toEqual([12_000]);
  });

  it('shows a mean only of traits that enough of the segment have', async () => {
    const { segments } = await publish([99, 300]);
    const [small, large] = visible(segments);
    expect(small?.traits.map(({ id }) => id)).toEqual([TRAITS[0]?.id]);
    expect(large?.traits.map(({ id }) => id)).toContain(TRAITS[1]?.id);
  });

  it('shows no mean to which fewer than the floor contribute, though it may be spoken of', async () => {
    const { segments } = await publish([300, 300]);
    const third = TRAITS[2];
    for (const segment of visible(segments)) {
      expect(segment.traits.map(({ id }) => id)).not.toContain(third?.id);
      expect(segment.description).toMatch(new RegExp(`${third?.phrase.high}[,.]`));
    }
  });

  it('does not even speak of a trait that fewer than the floor have', async () => {
    const { segments } = await publish([300, 300]);
    const fourth = TRAITS[3]?.phrase.high ?? '';
    for (const segment of visible(segments)) expect(segment.description).not.toContain(fourth);
  });

  it('shows counts in steps at or above the floor, and means of two digits', async () => {
    const sizes = fc.array(fc.nat(200), { minLength: 2, maxLength: 6 });
    const law = fc.asyncProperty(sizes, async (drawn) => {
      const { segments, visitors } = await publish(drawn);
      expect(segments).toHaveLength(drawn.length);
      const counts = visible(segments).map((segment) => segment.visitors);
      for (const count of [...counts, ...(visitors === undefined ? [] : [visitors])]) {
        expect(count % COUNT_STEP).toBe(0);
        expect(count).toBeGreaterThanOrEqual(FLOOR);
      }
      for (const segment of visible(segments)) {
        expect(drawn[Number(segment.id.slice(8)) - 1]).toBeGreaterThanOrEqual(FLOOR);
        for (const trait of segment.traits) expect(trait.mean).toBe(12_000);
      }
    });
    await fc.assert(law, { numRuns: 50 });
  });

  it('gives the same numbers however often it is asked', async () => {
    expect(await publish([300, 210, 120])).toEqual(await publish([300, 210, 120]));
  });
});

describe('P3: new sets are published so often a period', () => {
  const DAY = 86_400_000;
  const at = (day: number) => ({ ...context, version: day + 1, at: (T0 + day * DAY) as EpochMs });
  const of = (id: string, size: number, from = 1) => ({
    id,
    visitors: Array.from({ length: size }, (_, nth) => from + nth),
    traits: [],
  });
  /** A publication each day from groups that `on` gives for it. */
  async function daily(days: number, on: (day: number) => ReturnType<typeof of>[]) {
    let history: PublishHistory | undefined;
    const publications = [];
    for (let day = 0; day < days; day++) {
      const clusters = on(day);
      const all = { visitors: clusters.flatMap(({ visitors }) => visitors), traits: [] };
      const run = await publishUnderCap(clusters, all, at(day), history);
      history = run.history;
      publications.push(run.publication);
    }
    return publications;
  }

  it('four in 28 days, two at once and then a week apart; the last one stands in between', async () => {
    const publications = await daily(30, (day) => [of('a', 300 + day), of('b', 300, 1_000)]);
    const madeOn = publications.map(({ segments }) => segments[0]?.at);
    expect([...new Set(madeOn)]).toEqual([0, 1, 8, 15, 28].map((day) => T0 + day * DAY));
    expect(publications[7]?.segments).toEqual(publications[1]?.segments.map((segment) => ({ ...segment, version: 8 })));
  });

  it('withholds a segment that is new while the last publication stands', async () => {
    const publications = await daily(3, (day) => [of(`a-${day}`, 300 + day), of('b', 300, 1_000)]);
    expect(publications[2]?.segments.map((segment) => ('reason' in segment ? segment.reason : segment.id))).toEqual([
      'release_cap',
      'b',
    ]);
  });

  it('counts equal sets whose means have changed: a mean too can be told apart from the one before', async () => {
    const group = (mean: number) => ({
      id: 'cluster-1',
      visitors: Array.from({ length: 200 }, (_, i) => i + 1),
      traits: traitsFor(200).map((summary) => ({ ...summary, mean })),
    });
    const others = {
      id: 'cluster-2',
      visitors: Array.from({ length: 200 }, (_, i) => i + 201),
      traits: traitsFor(200),
    };
    const all = { visitors: [...group(1).visitors, ...others.visitors], traits: traitsFor(400) };
    const means = new Set<string>();
    let history: PublishHistory | undefined;
    for (let hour = 0; hour < 40; hour += 1) {
      const at = (T0 + hour * 3_600_000) as EpochMs;
      const run = await publishUnderCap([group(10_000 + hour * 1_000), others], all, { ...context, at }, history);
      history = run.history;
      means.add(JSON.stringify(visible(run.publication.segments).map(({ traits }) => traits.map(({ mean }) => mean))));
    }
    expect(means.size).toBe(2);
    expect(history?.rounds).toHaveLength(2);
  });

  it('does not count equal sets, whatever they are called', async () => {
    const publications = await daily(20, (day) => [of(`a-${day}`, 300), of(`b-${day}`, 300, 1_000)]);
    const counts = publications.map(({ segments }) => visible(segments).map(({ visitors }) => visitors));
    expect(new Set(counts.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(publications.at(-1)?.segments[0]?.at).toBe(T0 + 19 * DAY);
  });
});

describe('P3: a set has one digest', () => {
  it('in whatever order its members come, and another set another', async () => {
    const digest = await memberSetDigest([3, 1, 2 ** 40]);
    expect(await memberSetDigest([2 ** 40, 3, 1])).toEqual(digest);
    expect(await memberSetDigest([3, 1])).not.toEqual(digest);
    expect(await memberSetDigest([3, 1, 2 ** 40 + 1])).not.toEqual(digest);
  });
});
