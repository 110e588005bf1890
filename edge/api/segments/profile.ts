// edge/api/segments/profile.ts: how a segment's visitors spread over traits, against everybody, as far as it may be seen (P3).
import { DAY_MS } from '../../../contract/index.ts';
import type { ReportCount } from '../../../core/index.ts';
import { CLUSTER_PREFIX, publishReportCount } from '../../../core/index.ts';
import type { Site } from '../../../store/index.ts';
import { readClusterIds, readRuleSegments } from '../../../store/index.ts';
import type { ReportParts } from '../reports/overview.ts';
import type { Budget } from '../reports/paid.ts';
import { answerPaid } from '../reports/paid.ts';

/** How long a spread stands before it is made anew, at its price again. */
const STANDS_DAYS = 14;

type Shares = readonly (readonly ReportCount[])[];
interface Whole {
  readonly cuts: readonly (readonly number[])[];
  readonly counts: Shares;
  readonly currency: string | null;
}

/** One range of a trait: share of the segment and of everybody, two decimals; null where too few are in it. */
interface Bin {
  readonly from: number | null;
  readonly to: number | null;
  readonly segment: number | null;
  readonly everybody: number | null;
}

/** A segment's profile, or why there is none. */
export type SegmentProfile =
  | {
      readonly status: 'ready';
      readonly at: number;
      readonly currency: string | null;
      readonly traits: readonly {
        readonly id: string;
        readonly unit: string;
        readonly description: string;
        readonly bins: readonly Bin[];
      }[];
      readonly budget: Budget;
    }
  | { readonly status: 'withheld'; readonly reason: 'budget_spent'; readonly budget: Budget }
  | { readonly status: 'unknown' };

/** Makes the profile of a segment. Clusters share no visitor, so all of them are one answer and one price. */
export async function makeProfile({ port, secretOf }: ReportParts, site: Site, id: string): Promise<SegmentProfile> {
  const clusters = await readClusterIds(port.db, site.row);
  const rule = (await readRuleSegments(port.db, site.row)).segments.find((segment) => segment.id === id);
  if (!clusters.includes(id) && rule === undefined) return { status: 'unknown' };
  const secret = await secretOf(site);
  const period = Math.floor(port.now() / (STANDS_DAYS * DAY_MS));
  const publish = async (counts: readonly (readonly number[])[], what: string): Promise<Shares> => {
    const shown: ReportCount[][] = [];
    for (const [nth, own] of counts.entries()) {
      const bins: ReportCount[] = [];
      for (const [bin, count] of own.entries()) {
        bins.push(await publishReportCount(count, site.floor, secret, `spread ${period} ${what} ${nth} ${bin}`));
      }
      shown.push(bins);
    }
    return shown;
  };
  const units = port.spread.traits.length;
  const whole = await answerPaid<Whole>(
    port,
    site,
    { kind: 'spread', key: `${period} everybody`, units },
    async (at) => {
      const found = await port.spread.everybody(port.db, site.row, port.now());
      return {
        cuts: found.cuts,
        counts: await publish(found.counts, `${at} everybody`),
        currency: found.currency ?? null,
      };
    },
  );
  if (!whole.isPaid) return { status: 'withheld', reason: 'budget_spent', budget: whole.budget };
  const { cuts, counts: everybody, currency } = whole.answer;
  const group = id.startsWith(CLUSTER_PREFIX) ? clusters : [id];
  const key = `${period} ${id.startsWith(CLUSTER_PREFIX) ? `clusters ${clusters.join()}` : `${id} ${rule?.version}`}`;
  const own = await answerPaid<Readonly<Record<string, Shares>>>(
    port,
    site,
    { kind: 'spread', key, units },
    async (at) => {
      const found = await port.spread.segments(port.db, site.row, group, cuts, port.now());
      const shown: Record<string, Shares> = {};
      for (const [segment, counts] of found) shown[segment] = await publish(counts, `${at} ${segment}`);
      return shown;
    },
  );
  if (!own.isPaid) return { status: 'withheld', reason: 'budget_spent', budget: own.budget };
  const traits = port.spread.traits.map((trait, nth) => ({
    id: trait,
    unit: port.traits.find((one) => one.id === trait)?.unit ?? 'count',
    description: port.traits.find((one) => one.id === trait)?.description ?? '',
    bins: binsOf(cuts[nth] ?? [], own.answer[id]?.[nth] ?? [], everybody[nth] ?? []),
  }));
  return { status: 'ready', at: own.at, currency, traits, budget: own.budget };
}

function binsOf(cuts: readonly number[], own: readonly ReportCount[], everybody: readonly ReportCount[]): Bin[] {
  const sum = (counts: readonly ReportCount[]): number => counts.reduce<number>((total, one) => total + (one ?? 0), 0);
  const share = (count: ReportCount | undefined, whole: number): number | null =>
    count == null || whole === 0 ? null : Number((count / whole).toFixed(2));
  return Array.from({ length: cuts.length + 1 }, (_, bin) => ({
    from: cuts[bin - 1] ?? null,
    to: cuts[bin] ?? null,
    segment: share(own[bin], sum(own)),
    everybody: share(everybody[bin], sum(everybody)),
  }));
}
