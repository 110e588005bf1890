// segmenter/standing.ts: how long what a run found stands before a run looks for it again.
import { DAY_MS } from '../contract/index.ts';
import type { KeptInsight } from '../store/index.ts';

/** Findings are made anew a week at the earliest, as a release is; those that were refused a day later. */
const PERIOD_DAYS = 7;

/** The period that an instant is in. */
export const periodOf = (at: number): number => Math.floor(at / (PERIOD_DAYS * DAY_MS));

/** Whether a finding stands: of this period, or of this day where there was too little to find. */
export function stands(kept: KeptInsight | undefined, now: number): boolean {
  if (kept === undefined) return false;
  const { status } = JSON.parse(kept.published) as { readonly status: string };
  return status === 'ready'
    ? periodOf(kept.at) === periodOf(now)
    : Math.floor(kept.at / DAY_MS) === Math.floor(now / DAY_MS);
}
