import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs, PublishedSegment } from '../../contract/index.ts';
import { COUNT_STEP } from '../../core/index.ts';
import { TRAITS } from '../profiles/traits.ts';
import { T0 } from '../testing.ts';
import { nodeSha256 } from '../../bench/proof/trials.ts';
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
type Values = ReturnType<typeof valuesOf>;
const CLUSTERED = TRAITS.filter(({ clusters }) => clusters);
/** Values of every trait that clusters are made from, by its place in the catalogue and the visitor's in the group. */
const valuesOf = (visitors: number, of: (trait: number, visitor: number) => number) =>
  new Map(
    CLUSTERED.map((trait, nth) => [trait, Float64Array.from({ length: visitors }, (_, who) => of(nth, who))] as const),
  );
/** Everybody of some groups. */
const together = (groups: readonly { readonly visitors: readonly number[]; readonly values: Values }[]) => ({
  visitors: groups.flatMap(({ visitors }) => visitors),
  values: new Map(
    CLUSTERED.map((trait) => [
      trait,
      Float64Array.from(groups.flatMap(({ values }) => [...(values.get(trait) ?? [])])),
    ]),
  ),
});
const group = (id: string, from: number, size: number, of: (trait: number, visitor: number) => number = () => 40) => ({
  id,
  visitors: Array.from({ length: size }, (_, nth) => from + nth),
  values: valuesOf(size, of),
});

/** Publishes clusters of some sizes, visitors numbered through; the mean of each trait is between 0 and 80. */
async function publish(sizes: readonly number[]) {
  let next = 1;
  const clusters = sizes.map((size, i) => {
    const from = next;
    next += size;
    return group(`cluster-${i + 1}`, from, size, (trait, visitor) => (trait === i ? 80 : (visitor * 7) % 41));
  });
  return (await publishUnderCap(clusters, together(clusters), context)).publication;
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

  it('shows a mean near the exact one of a large segment, with its limit and how far it may be off', async () => {
    const of = (trait: number, visitor: number): number => [10, 30, visitor % 4][trait] ?? 0;
    const clusters = [group('cluster-1', 1, 4_000, of), group('cluster-2', 4_001, 4_000, (_, visitor) => visitor % 16)];
    const { publication } = await publishUnderCap(clusters, together(clusters), context);
    const [traits] = visible(publication.segments).map((segment) => segment.traits);
    for (const [nth, exact] of [10, 30, 1.5].entries()) {
      const shown = traits?.find(({ id }) => id === CLUSTERED[nth]?.id);
      expect(Math.abs((shown?.mean ?? 0) - exact)).toBeLessThanOrEqual((shown?.plusMinus ?? 0) + exact / 20);
      expect(shown?.limit).toBeGreaterThan(exact);
      expect(shown?.plusMinus).toBeLessThan(1);
    }
  });

  it('shows a mean to which fewer than the floor contribute less than three times in a hundred, and seldom speaks of any', async () => {
    let [shown, spoken, asked] = [0, 0, 0];
    for (let run = 0; run < 20; run++) {
      // Of each segment 40 have the second trait at its bound; everybody has the first.
      const of = (trait: number, visitor: number): number => (trait === 0 ? 30 : trait === 1 && visitor < 40 ? 64 : 0);
      const clusters = [group('cluster-1', 1 + run, 1_000, of), group('cluster-2', 5_000, 1_000, of)];
      const { publication } = await publishUnderCap(clusters, together(clusters), context);
      for (const segment of visible(publication.segments)) {
        const others = segment.traits.filter(({ id }) => id !== CLUSTERED[0]?.id);
        expect(others.length).toBe(segment.traits.length - 1);
        shown += others.length;
        asked += 1;
        spoken += Number(segment.description !== 'Close to all profiled visitors in every trait.');
      }
    }
    expect(asked).toBe(40);
    expect(shown / (asked * (CLUSTERED.length - 1))).toBeLessThan(0.03);
    // Noise alone sets a trait apart once in 150 times, and there are fifteen.
    expect(spoken / asked).toBeLessThan(0.1);
  });

  it('says nothing of traits that the noise could have set apart', async () => {
    const noisy = [
      group('cluster-1', 1, 100, (_, visitor) => visitor % 3),
      group('cluster-2', 101, 100, (_, visitor) => visitor % 4),
    ];
    const { publication } = await publishUnderCap(noisy, together(noisy), { ...context, floor: 20 });
    expect(visible(publication.segments)).toHaveLength(2);
    for (const { description } of visible(publication.segments)) {
      expect(description).toBe('Close to all profiled visitors in every trait.');
    }
  });

  it('draws the noise of a mean again when a value changes, so that no difference of two tells of it', async () => {
    const meansWith = async (value: number) => {
      const of = (trait: number, visitor: number): number => (trait === 0 && visitor === 0 ? value : 30);
      const clusters = [group('cluster-1', 1, 4_000, of), group('cluster-2', 4_001, 4_000, of)];
      const { publication } = await publishUnderCap(clusters, together(clusters), context);
      return visible(publication.segments).map(({ traits }) => traits.map(({ id, mean }) => ({ id, mean })));
    };
    expect(await meansWith(30)).toEqual(await meansWith(30));
    expect(await meansWith(31)).not.toEqual(await meansWith(30));
  });

  it('keeps the bounds of values for a period, and chooses them again after it', async () => {
    const small = [group('cluster-1', 1, 300, () => 3), group('cluster-2', 301, 300, () => 3)];
    const first = await publishUnderCap(small, together(small), context);
    const large = [group('cluster-1', 1, 300, () => 900), group('cluster-2', 301, 300, () => 900)];
    const later = (days: number) => ({ ...context, at: (T0 + days * 86_400_000) as EpochMs });
    const second = await publishUnderCap(large, together(large), later(27), first.history);
    expect(second.history.bounds).toEqual(first.history.bounds);
    const third = await publishUnderCap(large, together(large), later(28), second.history);
    const [id] = CLUSTERED.map((trait) => trait.id);
    expect(first.history.bounds?.of[id ?? '']).toBeLessThanOrEqual(4);
    expect(third.history.bounds?.of[id ?? '']).toBeGreaterThanOrEqual(512);
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
        for (const { mean } of segment.traits) expect(mean).toBe(Number(mean.toPrecision(2)));
      }
    });
    await fc.assert(law, { numRuns: 50 });
  });

  it('gives the same numbers however often it is asked', async () => {
    expect(await publish([300, 210, 120])).toEqual(await publish([300, 210, 120]));
  });
});

describe('P3: rounds are published so often a period', () => {
  const DAY = 86_400_000;
  const at = (day: number) => ({ ...context, version: day + 1, at: (T0 + day * DAY) as EpochMs });
  const of = (id: string, size: number, from = 1) => group(id, from, size);
  /** A publication each day from groups that `on` gives for it. */
  async function daily(days: number, on: (day: number) => ReturnType<typeof of>[]) {
    let history: PublishHistory | undefined;
    const publications = [];
    for (let day = 0; day < days; day++) {
      const clusters = on(day);
      const run = await publishUnderCap(clusters, together(clusters), at(day), history);
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

  it('means as seldom as sizes, however they change by the hour', async () => {
    const means = new Set<string>();
    let history: PublishHistory | undefined;
    for (let hour = 0; hour < 40; hour += 1) {
      const at = (T0 + hour * 3_600_000) as EpochMs;
      const clusters = [group('cluster-1', 1, 2_000, () => 20 + hour), group('cluster-2', 2_001, 2_000)];
      const run = await publishUnderCap(clusters, together(clusters), { ...context, at }, history);
      history = run.history;
      means.add(JSON.stringify(visible(run.publication.segments).map(({ traits }) => traits.map(({ mean }) => mean))));
    }
    expect(means.size).toBe(2);
    expect(history?.rounds).toHaveLength(2);
  });

  it('whether or not anything changed, and then draws all numbers anew: one that stays would tell that nobody came', async () => {
    const publications = await daily(30, () => [of('a', 300), of('b', 300, 1_000)]);
    const rounds = new Map(publications.map(({ segments }) => [segments[0]?.at, visible(segments)] as const));
    expect([...rounds.keys()]).toEqual([0, 1, 8, 15, 28].map((day) => T0 + day * DAY));
    const drawn = [...rounds.values()].map((shown) => JSON.stringify(shown.map((one) => one.visitors)));
    expect(new Set(drawn).size).toBeGreaterThan(2);
  });

  it('with one number for equal sets of a round, whatever they are called', async () => {
    const once = async (...names: readonly [string, string]) => {
      const clusters = [of(names[0], 300), of(names[1], 300, 1_000)];
      const { publication } = await publishUnderCap(clusters, together(clusters), context);
      return visible(publication.segments).map(({ visitors }) => visitors);
    };
    expect(await once('a', 'b')).toEqual(await once('c', 'd'));
    expect(await once('a', 'b')).toHaveLength(2);
  });
});

describe('P3: a set has one digest', () => {
  it('in whatever order its members come, and another set another', async () => {
    const digest = await memberSetDigest([3, 1, 2 ** 40]);
    expect(await memberSetDigest([3, 1, 2 ** 40], nodeSha256)).toEqual(digest);
    expect(await memberSetDigest([2 ** 40, 3, 1])).toEqual(digest);
    expect(await memberSetDigest([3, 1])).not.toEqual(digest);
    expect(await memberSetDigest([3, 1, 2 ** 40 + 1])).not.toEqual(digest);
  });
});
