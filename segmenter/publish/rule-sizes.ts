// segmenter/publish/rule-sizes.ts: how many are in each rule segment, as far as it may be seen (P3, docs/adr/0029).
//
// Rule segments overlap, so one visitor is in many of them: each new size is one unit of the site's budget, of which sizes
// take at most half. A segment gets one when its rule is new or changed, and then a week apart, whoever came or left: a new size that came
// only where somebody did would tell of them.
import type { SiteId } from '../../contract/index.ts';
import {
  mayRelease,
  publishReportCount,
  RELEASE_PAUSE_MS,
  REPORT_PERIOD_MS,
  REPORT_UNITS_MAX,
} from '../../core/index.ts';
import type { Db, KeptInsight, KeptSegment, Lease, SiteRow } from '../../store/index.ts';
import {
  keepResults,
  readInsights,
  readRuleMembers,
  readRuleSegments,
  readSpentOn,
  saveInsights,
} from '../../store/index.ts';

/** What of the budget sizes may take. */
const SIZE_UNITS_MAX: number = REPORT_UNITS_MAX / 2;
/** The name of sizes among findings and paid answers. */
const KIND = 'segment_size';

/** A size as it is kept; only `size` and `withheld` are shown. */
interface KeptSize {
  readonly version: number;
  readonly size: number | null;
  readonly withheld: 'below_floor' | 'complement_below_floor' | 'budget_spent' | null;
  /** When sizes were made in this period. */
  readonly rounds: readonly number[];
  /** When this size was made; absent of one that never was. */
  readonly madeAt?: number;
  /** Sizes before this one, oldest first, for its trend. */
  readonly past?: readonly MadeSize[];
}

/** A size as it was published at an instant. */
interface MadeSize {
  readonly version: number;
  readonly at: number;
  readonly size: number | null;
}

/** Sizes kept before the last: half a year, as often as new ones may be made. */
const PAST_MAX = 26;

const pastOf = (last: KeptSize | undefined): readonly MadeSize[] => {
  const { version = 0, madeAt, size = null, past = [] } = last ?? {};
  return madeAt === undefined ? past : [...past, { version, at: madeAt, size }].slice(-PAST_MAX);
};

/** What sizes are published by. */
export interface SizeContext {
  readonly site: { readonly row: SiteRow; readonly id: SiteId; readonly floor: number };
  readonly secret: Uint8Array<ArrayBuffer>;
  /** Profiles of the site, exactly. */
  readonly profiles: number;
  readonly now: number;
}

/** Publishes the sizes of all rule segments after everybody was judged. @returns false where the lease was lost. */
export async function publishRuleSizes(db: Db, lease: Lease, context: SizeContext): Promise<boolean> {
  const { site, now } = context;
  const { segments } = await readRuleSegments(db, site.row);
  const last = await readInsights(db, site.row, KIND);
  if (segments.length === 0 && last.size === 0) return true;
  const sizes: { key: string; published: string }[] = [];
  for (const segment of segments) {
    sizes.push({
      key: segment.id,
      published: JSON.stringify(await sizeOf(db, segment, last.get(segment.id), context)),
    });
  }
  return saveInsights(db, site.row, lease, KIND, sizes, now);
}

async function sizeOf(
  db: Db,
  { id, version }: KeptSegment,
  row: KeptInsight | undefined,
  { site, secret, profiles, now }: SizeContext,
): Promise<KeptSize> {
  const last = row === undefined ? undefined : (JSON.parse(row.published) as KeptSize);
  const rounds = (last?.rounds ?? []).filter((at) => now - at < REPORT_PERIOD_MS);
  const since = now - REPORT_PERIOD_MS;
  const isDue = last?.version !== version || last.size === null || now - Math.max(0, ...rounds) >= RELEASE_PAUSE_MS;
  const isOpen = isDue && mayRelease(rounds, now) && (await readSpentOn(db, site.row, KIND, since)) < SIZE_UNITS_MAX;
  const past = pastOf(last);
  const refused: KeptSize =
    last?.version === version ? last : { version, size: null, withheld: 'budget_spent', rounds, past };
  if (!isOpen) return refused;
  const result = { kind: KIND, key: `${id} ${now}`, at: now, units: 1, seq: 0, result: '' };
  if (!(await keepResults(db, site.row, [result], { since, budget: REPORT_UNITS_MAX }))) return refused;
  const members = await readRuleMembers(db, site.row, id);
  const publish = (count: number, what: string): Promise<number | null> =>
    publishReportCount(count, site.floor, secret, `segment size ${what} ${id} ${now}`);
  const size = await publish(members.length, 'members');
  // Everybody less the members is a set too.
  const isOutsideSeen = (await publish(Math.max(0, profiles - members.length), 'others')) !== null;
  const withheld = size === null ? 'below_floor' : isOutsideSeen ? null : 'complement_below_floor';
  return {
    version,
    size: withheld === null ? size : null,
    withheld,
    rounds: [...rounds, now],
    madeAt: now,
    past,
  };
}
