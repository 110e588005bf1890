// segmenter/publish/published-drift.ts: whether segments may mean something else than at the last release, of published numbers alone (P3).
//
// Means over everybody and the share of changed labels are published with noise. What is computed of them tells nothing more;
// clusters/drift.ts, for whoever runs the server, looks at everybody exactly.
import type { Drift, PublishedSegment } from '../../contract/index.ts';
import { meanError, QUALITY_SCALE, roundMean } from '../../core/index.ts';
import { LABELS_CHANGED_MAX } from '../clusters/drift.ts';
import type { Publication } from './publish.ts';

/** A mean over everybody that moved by more than this share of itself is an alarm. */
export const MEAN_CHANGED_MAX = 0.25;
/** Scales of noise that the share of changed labels must lie above its limit: noise alone does so once in forty times. */
const LABELS_SCALES = 3;

interface Overall {
  readonly mean: number;
  readonly limit: number;
}

function overallOf(segments: readonly PublishedSegment[]): ReadonlyMap<string, Overall> {
  const found = new Map<string, Overall>();
  for (const segment of segments) {
    if (segment.status !== 'published') continue;
    for (const { id, overall, limit } of segment.traits) {
      if (overall !== undefined && limit !== undefined) found.set(id, { mean: overall, limit });
    }
  }
  return found;
}

/** The trait whose mean moved most, where it is more than the noise of both; means under different limits are not compared. */
function movedMost(
  before: Publication,
  now: Publication,
): { readonly trait: string; readonly share: number } | undefined {
  const people = Math.min(before.visitors ?? 0, now.visitors ?? 0);
  const earlier = overallOf(before.segments);
  let most: { readonly trait: string; readonly share: number } | undefined;
  for (const [trait, { mean, limit }] of overallOf(now.segments)) {
    const was = earlier.get(trait);
    if (was === undefined || was.limit !== limit) continue;
    const moved = Math.abs(mean - was.mean);
    if (moved <= 2 * meanError(limit, people)) continue;
    const share = moved / Math.max(mean, was.mean);
    if (most === undefined || share > most.share) most = { trait, share };
  }
  return most;
}

/**
 * Drift between two publications. @param labelsChanged with its noise. @param people in both versions. @param before the publication
 * before, absent in what was stored without one.
 */
export function publishedDrift(
  labelsChanged: number,
  people: number,
  before: Publication | undefined,
  now: Publication,
): Drift {
  const moved = before === undefined ? undefined : movedMost(before, now);
  const noise = (LABELS_SCALES * QUALITY_SCALE) / Math.max(1, people);
  return {
    labelsChanged,
    ...(moved === undefined ? {} : { trait: moved.trait, meanChanged: roundMean(moved.share) }),
    alarm: labelsChanged > LABELS_CHANGED_MAX + noise || (moved?.share ?? 0) > MEAN_CHANGED_MAX,
  };
}
