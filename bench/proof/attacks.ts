// bench/proof/attacks.ts: attacks on published numbers, against the real publishing code.
//
// The question of every trial: is one visitor, the target, in segment A (drawn by a coin) or in segment B? The attacker
// knows all other members of all segments, all rules and all numbers, and adds as many dummies as it likes. Its guess is
// the best there is: the likelihood of everything published, under either answer. Guessing gives 0.50.
import type { EpochMs, PublishedSegment, WithheldReason } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { Hmac } from '../../core/index.ts';
import { checkFloor, FLOOR_MARGIN, mayRelease, NOISE_SCALE, roundCount } from '../../core/index.ts';
import type { ExactCluster, PublishHistory } from '../../segmenter/index.ts';
import { publishUnderCap } from '../../segmenter/index.ts';
import { noiseChance } from './noise-chance.ts';
import type { Seeded } from './seeded.ts';
import type { AttackReport } from './trials.ts';
import { nodeSha256, runTrials } from './trials.ts';

const FLOOR = 50;
const T0 = 1_772_409_600_000;
const TARGET = 1;
const { max: NOISE_MAX, of: chanceOf } = noiseChance(NOISE_SCALE);

/** Segments of one day without the target, and in which of them it would be. */
interface Day {
  readonly segments: readonly { readonly id: string; readonly others: readonly number[] }[];
  /** Index of the segment the target is in if the coin says A, and if it says B. */
  readonly ifA: number;
  readonly ifB: number;
}

/** A plan for one trial: what the attacker arranges each day. */
type Plan = (random: Seeded) => (day: number) => Day;

interface Attack {
  readonly days: number;
  readonly plan: Plan;
}

/** Sizes are attacked here, means in means-attack.ts. */
const NO_VALUES: ExactCluster['values'] = new Map();

const numbers = (count: number, from: number): number[] => Array.from({ length: count }, (_, nth) => from + nth);
const sizeOf = (random: Seeded): number => 100 + random.below(200);
/** Visitors of their own for each use, so that no two sets are equal by accident. */
const DUMMIES = 1_000_000;

/** The sizes at which one visitor more is most likely to show: a rounding step, the floor, and the floor with its margin. */
const tippingSize = (random: Seeded): number => random.pick([FLOOR - 1, FLOOR + FLOOR_MARGIN - 1, 204, 254]);

/** Attacks by name, each over one period of the cap or longer. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  // Two publications that differ by the target alone: it arrives on the second day.
  differencing: {
    days: 2,
    plan: (random) => {
      const [a, b, c] = [sizeOf(random), sizeOf(random), sizeOf(random)];
      const segments = [
        { id: 'a', others: numbers(a, 1_000) },
        { id: 'b', others: numbers(b, 2_000) },
        { id: 'c', others: numbers(c, 3_000) },
      ];
      return (day) => (day === 0 ? { segments, ifA: 2, ifB: 2 } : { segments, ifA: 0, ifB: 1 });
    },
  },
  // Dummies bring A to a size that one visitor tips, with other dummies each day so that the noise is drawn again.
  padding: {
    days: 28,
    plan: (random) => {
      const real = 20 + random.below(25);
      const b = sizeOf(random);
      const wanted = tippingSize(random);
      return (day) => ({
        segments: [
          { id: 'a', others: [...numbers(real, 1_000), ...numbers(wanted - real, DUMMIES + day * 1_000)] },
          { id: 'b', others: numbers(b, 2_000) },
        ],
        ifA: 0,
        ifB: 1,
      });
    },
  },
  // Two segments so small that either may leave too few outside: the reason why one is withheld is read.
  reasons: {
    days: 28,
    plan: (random) => {
      const sizes = random.pick([
        [55, 49],
        [49, 49],
        [79, 60],
      ] as const);
      return (day) => ({
        segments: sizes.map((size, nth) => ({
          id: `${nth}`,
          others: [...numbers(40, 1_000 * (nth + 1)), ...numbers(size - 40, DUMMIES + day * 1_000 + nth * 500)],
        })),
        ifA: 0,
        ifB: 1,
      });
    },
  },
  // The same question asked every day: fresh noise would average out.
  averaging: {
    days: 28,
    plan: (random) => {
      const segments = [
        { id: 'a', others: numbers(tippingSize(random), 1_000) },
        { id: 'b', others: numbers(sizeOf(random), 2_000) },
      ];
      return () => ({ segments, ifA: 0, ifB: 1 });
    },
  },
  // The same, under new names, in another order, and with a few dummies more each day.
  renaming: {
    days: 28,
    plan: (random) => {
      const [a, b] = [tippingSize(random), sizeOf(random)];
      return (day) => {
        const first = { id: `a-${day}`, others: [...numbers(a, 1_000), ...numbers(day >> 1, DUMMIES)] };
        const second = { id: `b-${day}`, others: numbers(b, 2_000) };
        return day % 2 === 0
          ? { segments: [first, second], ifA: 0, ifB: 1 }
          : { segments: [second, first], ifA: 1, ifB: 0 };
      };
    },
  },
  // Another partition each day, whose parts overlap in the target alone or in few.
  intersecting: {
    days: 28,
    plan: (random) => {
      const a = numbers(2 * sizeOf(random), 1_000);
      const b = numbers(2 * sizeOf(random), 5_000);
      return (day) => {
        const part = (visitors: readonly number[], side: number): number[] =>
          visitors.filter((visitor) => ((visitor * 2_654_435_761 + day * 40_503) >>> 7) % 2 === side);
        return {
          segments: [
            { id: 'a-here', others: part(a, 0) },
            { id: 'a-there', others: part(a, 1) },
            { id: 'b-here', others: part(b, 0) },
            { id: 'b-there', others: part(b, 1) },
          ],
          ifA: day % 2,
          ifB: 2 + (day % 2),
        };
      };
    },
  },
};

/** Padding kept up for a year: what all periods together tell. Reported beside the others, not among them. */
export const PADDING_FOR_A_YEAR: Attack = {
  days: 365,
  plan: ATTACKS['padding']?.plan ?? (() => () => ({ segments: [], ifA: 0, ifB: 0 })),
};

/**
 * Runs an attack many times.
 * @param days `all`, or those alone on which a round may be published: on the others the last publication is repeated
 * (`publish.test.ts`), which tells nothing, and it takes a sixth of the time.
 */
export const runAttack = (
  attack: Attack,
  trials: number,
  seed: number,
  days: 'all' | 'publishing' = 'all',
): Promise<AttackReport> =>
  runTrials(trials, seed, (inA, secret, random) => evidenceFor(attack, { inA, secret, days }, random));

/**
 * Two rounds, between which the target comes to A or to B, and nothing else changes: the attacker looks for the segment whose number stayed.
 * Where noise belongs to a set for ever, that is the one it did not come to.
 */
export const runStayingAttack = (trials: number, seed: number): Promise<AttackReport> =>
  runTrials(trials, seed, async (inA, secret, random) => {
    const others = [numbers(sizeOf(random), 1_000), numbers(sizeOf(random), 2_000)];
    const shown: string[][] = [];
    let history: PublishHistory | undefined;
    for (const day of [0, 1]) {
      const clusters = others.map(
        (own, nth): ExactCluster => ({
          id: `${nth}`,
          visitors: day === 1 && (nth === 0) === inA ? [...own, TARGET] : own,
          values: NO_VALUES,
        }),
      );
      const all = { visitors: clusters.flatMap(({ visitors }) => visitors), values: NO_VALUES };
      const at = (T0 + day * DAY_MS) as EpochMs;
      const context = { version: day + 1, at, floor: FLOOR, secret, sha256: nodeSha256, currency: undefined };
      const run = await publishUnderCap(clusters, all, context, history);
      history = run.history;
      shown.push(run.publication.segments.map((one) => String('visitors' in one ? one.visitors : one.reason)));
    }
    const [aStayed, bStayed] = [0, 1].map((nth) => Number(shown[0]?.[nth] === shown[1]?.[nth]));
    return (bStayed ?? 0) - (aStayed ?? 0);
  });

/** Log of how much likelier all that was published is if the target is in A than if it is in B. */
async function evidenceFor(
  attack: Attack,
  trial: { readonly inA: boolean; readonly secret: Hmac; readonly days: 'all' | 'publishing' },
  random: Seeded,
): Promise<number> {
  const { inA, secret, days } = trial;
  const dayOf = attack.plan(random);
  let history: PublishHistory | undefined;
  let evidence = 0;
  for (let day = 0; day < attack.days; day++) {
    const at = (T0 + day * DAY_MS) as EpochMs;
    if (days === 'publishing' && !mayRelease(history?.rounds ?? [], at)) continue;
    const arranged = dayOf(day);
    const clusters = arranged.segments.map(
      ({ id, others }, nth): ExactCluster => ({
        id,
        visitors: nth === (inA ? arranged.ifA : arranged.ifB) ? [...others, TARGET] : others,
        values: NO_VALUES,
      }),
    );
    const all = { visitors: clusters.flatMap(({ visitors }) => visitors), values: NO_VALUES };
    const run = await publishUnderCap(
      clusters,
      all,
      { version: day + 1, at, floor: FLOOR, secret, sha256: nodeSha256, currency: undefined },
      history,
    );
    history = run.history;
    for (const [nth, segment] of run.publication.segments.entries()) {
      // Repeated numbers carry an earlier time and tell nothing new.
      if (segment.at !== at) continue;
      evidence += evidenceOf(segment, nth, arranged, all.visitors.length);
    }
  }
  return evidence;
}

function evidenceOf(segment: PublishedSegment, nth: number, { segments, ifA, ifB }: Day, total: number): number {
  const others = segments[nth]?.others.length ?? 0;
  const [sizeA, sizeB] = [others + (nth === ifA ? 1 : 0), others + (nth === ifB ? 1 : 0)];
  if (sizeA === sizeB) return 0;
  const seen = segment.status === 'published' ? segment.visitors : segment.reason;
  // An outcome that one answer rules out settles it.
  const least = 1e-12;
  return Math.log((chance(seen, sizeA, total) + least) / (chance(seen, sizeB, total) + least));
}

const known = new Map<string, number>();

/** The chance that a set of `members` is published as a count, or withheld for a reason; by the rules, not the code. */
export function chance(seen: number | WithheldReason, members: number, total: number): number {
  const name = `${seen} ${members} ${total}`;
  const held = known.get(name);
  if (held !== undefined) return held;
  let sum = 0;
  for (let noise = -NOISE_MAX; noise <= NOISE_MAX; noise++) {
    const noisy = members + noise;
    const reason = checkFloor(noisy, total, FLOOR + FLOOR_MARGIN) ?? checkFloor(members, total, FLOOR);
    if ((reason ?? roundCount(noisy)) === seen) sum += chanceOf(noise);
  }
  known.set(name, sum);
  return sum;
}
