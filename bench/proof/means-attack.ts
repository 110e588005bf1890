// bench/proof/means-attack.ts: attacks on published means: is the target, who is extreme in every trait, in segment A or in B?
//
// The attacker knows everybody else's values, all bounds and rules, and adds dummies. Its guess is the likelihood of all
// that was published of both segments: sizes, which means are shown, and their two digits.
import type { EpochMs, PublishedSegment } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { Hmac } from '../../core/index.ts';
import { contribute, mayRelease, MEAN_MARGIN, MEAN_NOISE, MEAN_STEPS, RELEASE_PERIOD_MS } from '../../core/index.ts';
import type { ExactCluster, PublishHistory } from '../../segmenter/index.ts';
import { publishUnderCap, TRAITS } from '../../segmenter/index.ts';
import { chance } from './attacks.ts';
import type { Seeded } from './seeded.ts';
import type { AttackReport, Trial } from './trials.ts';
import { nodeSha256, runTrials } from './trials.ts';

const FLOOR = 50;
const T0 = 1_772_409_600_000;
const TARGET = 1;
const DAYS = RELEASE_PERIOD_MS / DAY_MS;
/** At their bound in four traits a visitor is as long as any may be (MEAN_NORM): more traits would tell no more. */
const MEASURED_MAX = 4;
/** The largest value anybody but the target has. */
const HEAVY = 64;
/** So large that every bound cuts it. */
const EXTREME = 1_000_000;
const LEAST = 1e-12;

/** Where the target is extreme, and how the others are arranged. */
interface MeansAttack {
  /** Traits that there are, in all of which the target is extreme. */
  readonly traits: number;
  /** Members of each segment besides the target. */
  readonly sizes: (random: Seeded) => readonly [a: number, b: number];
  /** One in so many of the others is at the heavy end. */
  readonly heavyOneIn: number;
  /** What the rest have of a trait, and what changes from day to day so that every noise is drawn again. */
  readonly light: (day: number) => number;
}

/** Extreme in every trait at once: what all means of a segment tell together. */
export const ALL_MEANS: MeansAttack = {
  traits: MEASURED_MAX,
  sizes: () => [400, 400],
  heavyOneIn: 4,
  light: (day) => 4 + (day % 3),
};

/** Attacks by name. */
export const MEANS_ATTACKS: Readonly<Record<string, MeansAttack>> = {
  // One mean, which one extreme visitor moves most.
  means_differencing: { traits: 1, sizes: () => [400, 400], heavyOneIn: 4, light: (day) => 4 + (day % 3) },
  means_of_all_traits: ALL_MEANS,
  // Segments just so large that a mean is shown or not: the margin is tipped.
  means_tipping: {
    traits: MEASURED_MAX,
    sizes: (random) => [320 + random.below(120), 320 + random.below(120)],
    heavyOneIn: 4,
    light: (day) => (day % 2) / 1_000,
  },
  // Many who are near 0, so that the extreme visitor stands out as far as may be.
  means_outlier: { traits: MEASURED_MAX, sizes: () => [600, 600], heavyOneIn: 5, light: (day) => (day % 2) / 8 },
};

const measuredBy = ({ traits }: MeansAttack) => TRAITS.filter(({ clusters }) => clusters).slice(0, traits);

/** What a member has of any trait; `nth` undefined for the target. */
const valueOf = (nth: number | undefined, day: number, { heavyOneIn, light }: MeansAttack): number => {
  if (nth === undefined) return EXTREME;
  return nth % heavyOneIn === 0 ? HEAVY : light(day);
};

function clusterOf(
  id: string,
  members: readonly (number | undefined)[],
  day: number,
  attack: MeansAttack,
): ExactCluster {
  const from = id === 'a' ? 10_000 : 50_000;
  const values = Float64Array.from(members, (nth) => valueOf(nth, day, attack));
  return {
    id,
    visitors: members.map((nth) => (nth === undefined ? TARGET : from + nth)),
    values: new Map(measuredBy(attack).map((trait) => [trait, values])),
  };
}

const withTarget = (count: number, has: boolean): (number | undefined)[] => [
  ...Array.from({ length: count }, (_, nth) => nth),
  ...(has ? [undefined] : []),
];

/** A group that trials share: it follows from its size and day alone. */
interface Group {
  readonly cluster: ExactCluster;
  /** Sums of contributions under some bounds, each computed once. */
  readonly sums: (bounds: readonly number[]) => readonly number[];
}

interface Groups {
  readonly get: (id: 'a' | 'b', others: number, has: boolean, day: number) => Group;
}

/** Groups of one attack, made when first asked for. */
function groupsOf(attack: MeansAttack): Groups {
  const known = new Map<string, Group>();
  return {
    get: (id, others, has, day) => {
      const name = `${id} ${others} ${has} ${attack.light(day)}`;
      const held = known.get(name);
      if (held !== undefined) return held;
      const cluster = clusterOf(id, withTarget(others, has), day, attack);
      const sums = new Map<string, readonly number[]>();
      const group: Group = {
        cluster,
        sums: (bounds) => {
          const under = bounds.join();
          const made = sums.get(under) ?? sumsOf(cluster, bounds);
          sums.set(under, made);
          return made;
        },
      };
      known.set(name, group);
      return group;
    },
  };
}

/** One trial of it, to be made many times: the log of how much likelier what is seen is with the target in A. */
export function meansTrial(attack: MeansAttack): Trial {
  const groups = groupsOf(attack);
  return (inA, secret, random) => evidenceFor(attack, groups, attack.sizes(random), inA, secret);
}

/** Runs one of them many times; the target is in A or in B by a coin. */
export const runMeansAttack = (attack: MeansAttack, trials: number, seed: number): Promise<AttackReport> =>
  runTrials(trials, seed, meansTrial(attack));

function joined(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}

async function evidenceFor(
  attack: MeansAttack,
  groups: Groups,
  sizes: readonly [number, number],
  inA: boolean,
  secret: Hmac,
): Promise<number> {
  const measured = measuredBy(attack);
  let history: PublishHistory | undefined;
  let evidence = 0;
  for (let day = 0; day < DAYS; day++) {
    const at = (T0 + day * DAY_MS) as EpochMs;
    if (!mayRelease(history?.rounds ?? [], at)) continue;
    // In A: the first has the target and the second has not.
    const of = (id: 'a' | 'b', nth: 0 | 1, has: boolean): Group => groups.get(id, sizes[nth], has, day);
    const both = [of('a', 0, inA), of('b', 1, !inA)];
    const clusters = both.map(({ cluster }) => cluster);
    const all = {
      visitors: clusters.flatMap(({ visitors }) => visitors),
      values: new Map(
        measured.map((trait) => [trait, joined(clusters.map(({ values }) => values.get(trait) ?? new Float64Array()))]),
      ),
    };
    const context = { version: day + 1, at, floor: FLOOR, secret, sha256: nodeSha256, currency: undefined };
    const run = await publishUnderCap(clusters, all, context, history);
    history = run.history;
    const bounds = measured.map(({ id }) => history?.bounds?.of[id] ?? 1);
    for (const [nth, segment] of run.publication.segments.entries()) {
      if (segment.at !== at) continue;
      const [id, place] = nth === 0 ? (['a', 0] as const) : (['b', 1] as const);
      const likelihood = (has: boolean): number =>
        likelihoodOf(segment, of(id, place, has), all.visitors.length, bounds);
      evidence += (nth === 0 ? 1 : -1) * (likelihood(true) - likelihood(false));
    }
  }
  return evidence;
}

/** Log of how likely a publication is of this very segment; by the rules, not the code. */
function likelihoodOf(
  segment: PublishedSegment,
  { cluster: group, sums: sumsBy }: Group,
  total: number,
  bounds: readonly number[],
): number {
  const size = segment.status === 'published' ? segment.visitors : segment.reason;
  let log = Math.log(chance(size, group.visitors.length, total) + LEAST);
  if (segment.status !== 'published') return log;
  const sums = sumsBy(bounds);
  for (const [nth, { id }] of [...group.values.keys()].entries()) {
    const [sum, bound] = [sums[nth] ?? 0, bounds[nth] ?? 1];
    const of = group.visitors.length;
    const shown = segment.traits.find((trait) => trait.id === id);
    const needed = FLOOR + MEAN_MARGIN;
    if (shown === undefined) {
      log += Math.log(laplaceBelow(needed, sum, MEAN_NOISE) + LEAST);
      continue;
    }
    const [low, high] = rounding(shown.mean).map((edge) => Math.max(needed, (edge * of) / bound)) as [number, number];
    log += Math.log(laplaceBelow(high, sum, MEAN_NOISE) - laplaceBelow(low, sum, MEAN_NOISE) + LEAST);
  }
  return log;
}

/** Sums of contributions, in largest ones. */
function sumsOf({ visitors, values }: ExactCluster, bounds: readonly number[]): number[] {
  const sums = bounds.map(() => 0);
  const columns = [...values.values()];
  const shares = new Float64Array(bounds.length);
  for (let row = 0; row < visitors.length; row++) {
    contribute(columns, row, bounds, shares);
    for (const [nth, share] of shares.entries()) sums[nth] = (sums[nth] ?? 0) + Math.round(share * MEAN_STEPS);
  }
  return sums.map((sum) => sum / MEAN_STEPS);
}

/** The chance that a value with Laplace noise of this scale is below `x`. */
export function laplaceBelow(x: number, value: number, scale: number): number {
  const scaled = (x - value) / scale;
  return scaled < 0 ? Math.exp(scaled) / 2 : 1 - Math.exp(-scaled) / 2;
}

/** What is shown as this mean: half a step of its second digit around it. */
function rounding(mean: number): readonly [number, number] {
  if (mean === 0) return [0, 0];
  const half = 10 ** (Math.floor(Math.log10(Math.abs(mean))) - 1) / 2;
  return [mean - half, mean + half];
}
