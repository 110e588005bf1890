// runtime/segment-sites.ts: one run of the segmenter over sites, the same on a thread, in the CLI and in a Worker's cron.
import type { EpochMs, Result, SiteId } from '../contract/index.ts';
import type { KeyProvider } from '../core/index.ts';
import { KEY_BYTES, publishKeyOf, toHex } from '../core/index.ts';
import type { History, RunRefusal, RunSummary, SegmenterInput, Stage } from '../segmenter/index.ts';
import { runSegmenter } from '../segmenter/index.ts';
import type { Db, Site } from '../store/index.ts';
import { listSites } from '../store/index.ts';

/** What a run needs of its platform. */
export interface SegmentNeeds {
  readonly db: Db;
  readonly keys: KeyProvider;
  readonly now: () => EpochMs;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  /** When traits are computed as of, where a history ended before now. */
  readonly asOf?: EpochMs;
  /** The site's history in a form that is quick to fold whole; Node has one. */
  readonly history?: History;
  /** Other than what a site gets by itself. */
  readonly options?: SegmenterInput['options'];
  readonly onProgress?: (stage: Stage, done: number, total: number) => void;
}

const HOLDER_BYTES = 8;

/** The key a site's published numbers are blurred with: equal sets of one site always get equal noise (P3). */
const publishKey = async (
  keys: KeyProvider,
  randomBytes: SegmentNeeds['randomBytes'],
  site: SiteId,
): Promise<Uint8Array<ArrayBuffer>> =>
  publishKeyOf(Uint8Array.from(await keys.secret('publish', randomBytes(KEY_BYTES))), site);

/** Runs one site. */
export async function segmentSite(needs: SegmentNeeds, site: Site): Promise<Result<RunSummary, RunRefusal>> {
  return runSegmenter({
    db: needs.db,
    site,
    now: needs.now(),
    clock: needs.now,
    holder: toHex(needs.randomBytes(HOLDER_BYTES)),
    publishKey: await publishKey(needs.keys, needs.randomBytes, site.id),
    ...(needs.asOf === undefined ? {} : { asOf: needs.asOf }),
    ...(needs.history === undefined ? {} : { history: needs.history }),
    ...(needs.options === undefined ? {} : { options: needs.options }),
    ...(needs.onProgress === undefined ? {} : { onProgress: needs.onProgress }),
  });
}

/** Runs every site in turn and counts what came of it. One site's fault stops no other; the first is thrown at the end. */
export async function segmentSites(needs: SegmentNeeds): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  const faults: unknown[] = [];
  for (const site of await listSites(needs.db)) {
    try {
      const run = await segmentSite(needs, site);
      const outcome = run.ok ? run.value.outcome : run.error;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      if (run.ok && run.value.drift?.alarm === true) counts['drift_alarms'] = (counts['drift_alarms'] ?? 0) + 1;
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw faults[0];
  return counts;
}
