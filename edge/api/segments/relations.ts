// edge/api/segments/relations.ts: what a segment's members look at most, whom it shares with other segments, and how it did (P3).
//
// Each answer is paid for from the site's budget and frozen. Clusters share no visitor, so one answer is about all of them and
// costs as much as one of them would (docs/adr/0048-what-is-told-of-a-segments-members.md).
import { DAY_MS } from '../../../contract/index.ts';
import type { ReportCount } from '../../../core/index.ts';
import { CLUSTER_PREFIX, publishReportCount, roundAmount } from '../../../core/index.ts';
import type { FavouriteKind, KeptSegment, Site } from '../../../store/index.ts';
import {
  currentRelease,
  readClusterIds,
  readFavourites,
  readOverlaps,
  readRuleSegments,
  readSegmentTotals,
} from '../../../store/index.ts';
import type { ReportParts } from '../reports/overview.ts';
import type { Budget } from '../reports/paid.ts';
import { answerPaid, budgetOf } from '../reports/paid.ts';
import type { Days } from '../reports/range.ts';

/** How long favourites and overlaps stand before they are made anew, at their price again. */
const STANDS_DAYS = 14;
/** Days that favourites are of. */
export const FAVOURITE_DAYS = 30;
/** Favourites of a kind that are shown. */
const FAVOURITES_MAX = 10;
/** Other rule segments that one question holds a segment against; each costs a unit. */
export const OVERLAPS_MAX = 8;

/** A segment and those it shares no visitor with. */
interface Group {
  readonly id: string;
  /** All clusters, or the rule segment alone. */
  readonly members: readonly string[];
  /** Names the group and its version in a question. */
  readonly key: string;
  readonly clusters: readonly string[];
  readonly rules: readonly KeptSegment[];
}

/** Finds a segment with its group; undefined where the site has none of this id. */
async function groupOf({ port }: ReportParts, site: Site, id: string): Promise<Group | undefined> {
  const clusters = await readClusterIds(port.db, site.row);
  const { segments: rules } = await readRuleSegments(port.db, site.row);
  if (id.startsWith(CLUSTER_PREFIX)) {
    if (!clusters.includes(id)) return undefined;
    const release = await currentRelease(port.db, site.row);
    return { id, members: clusters, key: `clusters ${release?.version ?? 0}`, clusters, rules };
  }
  const rule = rules.find((one) => one.id === id);
  return rule && { id, members: [id], key: `${id} ${rule.version}`, clusters, rules };
}

/** A page or item and how many visitors of a segment look at it most. */
export interface Favourite {
  readonly word: string;
  readonly visitors: number;
}
type Favourites = { readonly [K in FavouriteKind]: readonly Favourite[] };

const mostOf = (found: readonly Favourite[]): Favourite[] =>
  [...found].sort((a, b) => b.visitors - a.visitors || (a.word < b.word ? -1 : 1)).slice(0, FAVOURITES_MAX);

/** Answers, or that nothing is left to pay them with. */
export type Told<T> =
  | ({ readonly status: 'ready'; readonly at: number; readonly budget: Budget } & T)
  | { readonly status: 'withheld'; readonly reason: 'budget_spent'; readonly budget: Budget };

/** What a segment's members look at most: each member counts once, at one page and one item. 2 units. */
export async function makeFavourites(
  parts: ReportParts,
  site: Site,
  id: string,
): Promise<Told<Favourites> | undefined> {
  const { port, secretOf } = parts;
  const group = await groupOf(parts, site, id);
  if (group === undefined) return undefined;
  const period = Math.floor(port.now() / (STANDS_DAYS * DAY_MS));
  const question = { kind: 'favourites', key: `${period} ${group.key}`, units: 2 };
  const paid = await answerPaid<Readonly<Record<string, Favourites>>>(port, site, question, async (at) => {
    const secret = await secretOf(site);
    const to = port.now();
    const exact = await readFavourites(port.db, site.row, { from: to - FAVOURITE_DAYS * DAY_MS, to }, group.members);
    const shown: Record<string, { page: Favourite[]; item: Favourite[] }> = {};
    for (const { segment, kind, word, visitors } of exact) {
      const what = `favourite ${at} ${group.key} ${segment} ${kind} ${word}`;
      const count = await publishReportCount(visitors, site.floor, secret, what);
      const own = (shown[segment] ??= { page: [], item: [] });
      if (count !== null) own[kind].push({ word, visitors: count });
    }
    // By what is shown: the order of the exact numbers would tell what their noise hides.
    return Object.fromEntries(
      Object.entries(shown).map(([segment, { page, item }]) => [segment, { page: mostOf(page), item: mostOf(item) }]),
    );
  });
  if (!paid.isPaid) return { status: 'withheld', reason: 'budget_spent', budget: paid.budget };
  const own = paid.answer[id] ?? { page: [], item: [] };
  return { status: 'ready', at: paid.at, budget: paid.budget, ...own };
}

/** How many are in another segment as well. */
export interface Overlap {
  readonly id: string;
  readonly visitors: ReportCount;
  readonly withheld: 'below_floor' | 'budget_spent' | null;
}

/** One set of clusters against one rule, or of two rules: asked the same whichever of the two is asked about. */
async function overlapPaid(
  { port, secretOf }: ReportParts,
  site: Site,
  { rule, others, key }: { readonly rule: string; readonly others: readonly string[]; readonly key: string },
): Promise<{ readonly answer: Readonly<Record<string, ReportCount>> | undefined; readonly at: number }> {
  const paid = await answerPaid<Readonly<Record<string, ReportCount>>>(
    port,
    site,
    { kind: 'overlap', key, units: 1 },
    async (at) => {
      const exact = await readOverlaps(port.db, site.row, rule, others);
      const secret = await secretOf(site);
      const shown: Record<string, ReportCount> = {};
      for (const other of others) {
        shown[other] = await publishReportCount(
          exact.get(other) ?? 0,
          site.floor,
          secret,
          `overlap ${at} ${key} ${other}`,
        );
      }
      return shown;
    },
  );
  return paid.isPaid ? { answer: paid.answer, at: paid.at } : { answer: undefined, at: 0 };
}

/** Whom a segment shares with others: all clusters for one unit, each other rule segment for one. */
export async function makeOverlaps(
  parts: ReportParts,
  site: Site,
  id: string,
): Promise<{ readonly overlaps: readonly Overlap[]; readonly left: number; readonly budget: Budget } | undefined> {
  const group = await groupOf(parts, site, id);
  if (group === undefined) return undefined;
  const { port } = parts;
  const { clusters, rules } = group;
  const release = await currentRelease(port.db, site.row);
  const period = Math.floor(port.now() / (STANDS_DAYS * DAY_MS));
  const rule = rules.find((one) => one.id === id);
  const others = rules.filter((one) => one.id !== id);
  const overlaps: Overlap[] = [];
  const add = (other: string, count: ReportCount | undefined): void => {
    const withheld = count === undefined ? 'budget_spent' : count === null ? 'below_floor' : null;
    overlaps.push({ id: other, visitors: count ?? null, withheld });
  };
  const withClusters = (one: KeptSegment) =>
    overlapPaid(parts, site, {
      rule: one.id,
      others: clusters,
      key: `${period} clusters ${release?.version ?? 0} ${one.id} ${one.version}`,
    });
  if (rule !== undefined && clusters.length > 0) {
    const { answer } = await withClusters(rule);
    for (const cluster of clusters) add(cluster, answer && (answer[cluster] ?? null));
  }
  for (const other of others.slice(0, OVERLAPS_MAX)) {
    if (rule === undefined) {
      const { answer } = await withClusters(other);
      add(other.id, answer && (answer[id] ?? null));
      continue;
    }
    // By name, so that both sides ask the same question.
    const pair = [rule, other].sort((a, b) => (a.id < b.id ? -1 : 1));
    const key = `${period} ${pair.map((one) => `${one.id} ${one.version}`).join(' ')}`;
    const [first, second] = pair;
    if (first === undefined || second === undefined) continue;
    const { answer } = await overlapPaid(parts, site, { rule: first.id, others: [second.id], key });
    add(other.id, answer && (answer[second.id] ?? null));
  }
  const left = Math.max(0, others.length - OVERLAPS_MAX);
  return { overlaps, left, budget: await budgetOf(port, site) };
}

/** How a segment's members did over some days. */
export interface SegmentTotals {
  readonly visitors: ReportCount;
  readonly visits: ReportCount;
  readonly orders: ReportCount;
  readonly revenue: ReportCount;
  readonly currency: string | null;
}
const NONE: SegmentTotals = { visitors: null, visits: null, orders: null, revenue: null, currency: null };

/** How a segment's members did over some days. 3 units: visitors, visits and orders. */
export async function makeSegmentTotals(
  parts: ReportParts,
  site: Site,
  id: string,
  days: Days,
): Promise<Told<{ readonly totals: SegmentTotals }> | undefined> {
  const { port, secretOf } = parts;
  const group = await groupOf(parts, site, id);
  if (group === undefined) return undefined;
  const { from, to, range } = days;
  const key = `${from} ${to} ${group.key}`;
  const question = { kind: 'segment_totals', key, units: 3, range };
  const paid = await answerPaid<Readonly<Record<string, SegmentTotals>>>(port, site, question, async (at) => {
    const secret = await secretOf(site);
    const shown: Record<string, SegmentTotals> = {};
    for (const exact of await readSegmentTotals(port.db, site.row, range, group.members)) {
      const { segment } = exact;
      const count = (name: 'visitors' | 'visits' | 'orders'): Promise<ReportCount> =>
        publishReportCount(exact[name], site.floor, secret, `segment totals ${at} ${key} ${segment} ${name}`);
      const [visitors, visits, orders] = [await count('visitors'), await count('visits'), await count('orders')];
      const isSeen = visitors !== null;
      shown[segment] = {
        visitors,
        // Of few visitors with many visits nothing is shown either.
        visits: isSeen ? visits : null,
        orders: isSeen ? orders : null,
        revenue: isSeen && orders !== null ? roundAmount(exact.revenue) : null,
        currency: exact.currency ?? null,
      };
    }
    return shown;
  });
  if (!paid.isPaid) return { status: 'withheld', reason: 'budget_spent', budget: paid.budget };
  return { status: 'ready', at: paid.at, budget: paid.budget, totals: paid.answer[id] ?? NONE };
}
