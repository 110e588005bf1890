// edge/api/privacy/publishing.ts: what holds numbers back at a site: the floor, the cap of releases, the budget of reports (P3).
import type { EpochMs, PublishedSegment } from '../../../contract/index.ts';
import { FLOOR_MARGIN, mayRelease, nextReleaseAt, RELEASE_PERIOD_MS, RELEASES_MAX } from '../../../core/index.ts';
import type { Db, Site } from '../../../store/index.ts';
import { currentRelease, readReleaseRounds, releasedSegments } from '../../../store/index.ts';
import { budgetOf } from '../reports/paid.ts';
import type { Budget } from '../reports/paid.ts';
import { shownRuleSegments } from '../segments/shown.ts';

/** What is withheld now, and what may still be published. */
export interface Publishing {
  readonly floor: number;
  /** How far above the floor a noisy number must be. */
  readonly margin: number;
  readonly releases: {
    /** Publications of new sets in the last 28 days. */
    readonly used: number;
    readonly of: number;
    /** From when on the next one may be made, epoch ms; null where that is now. */
    readonly nextAt: number | null;
  };
  readonly budget: Budget;
  readonly segments: {
    readonly of: number;
    readonly withheld: readonly { readonly reason: string; readonly segments: number }[];
  };
}

type Shown = { readonly status: string; readonly reason?: string };

/** Reads it. */
export async function readPublishing(db: Db, site: Site, now: EpochMs): Promise<Publishing> {
  const rounds = (await readReleaseRounds(db, site.row)).filter((at) => now - at < RELEASE_PERIOD_MS);
  const release = await currentRelease(db, site.row);
  const clusters = release === undefined ? [] : await releasedSegments(db, site.row, release.version);
  const segments: Shown[] = [
    ...clusters.map((text) => JSON.parse(text) as PublishedSegment),
    ...((await shownRuleSegments(db, site.row)) as Shown[]),
  ];
  const withheld = new Map<string, number>();
  for (const { status, reason } of segments) {
    if (status === 'withheld') withheld.set(reason ?? '', (withheld.get(reason ?? '') ?? 0) + 1);
  }
  return {
    floor: site.floor,
    margin: FLOOR_MARGIN,
    releases: {
      used: rounds.length,
      of: RELEASES_MAX,
      nextAt: mayRelease(rounds, now) ? null : nextReleaseAt(rounds, now),
    },
    budget: await budgetOf({ db, now: () => now }, site),
    segments: {
      of: segments.length,
      withheld: [...withheld].map(([reason, count]) => ({ reason, segments: count })),
    },
  };
}
