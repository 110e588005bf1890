// runtime/scheduled-tasks.ts: what runs without anybody asking: ended salts and retention first, then the segmenter over what stayed.
import { KEY_BYTES, noteSignerFrom, toHex } from '../core/index.ts';
import {
  destroyEndedTokenKeys,
  destroyExpiredSalts,
  finishRequests,
  rightsNeeds,
  rotateDueSalts,
} from '../edge/index.ts';
import {
  checkDamage,
  forgetEndedAccess,
  purgeExpired,
  purgeWithdrawals,
  recordTaskRun,
  replayTombstones,
  signCheckpoint,
} from '../store/index.ts';
import { PRIVACY_PARTS } from './privacy-parts.ts';
import type { SecondPlace } from './second-place.ts';
import { keepApart } from './second-place.ts';
import type { SegmentNeeds } from './segment-sites.ts';
import { segmentSites } from './segment-sites.ts';

/** One thing the schedule does. */
export type Task = 'salts' | 'requests' | 'purge' | 'segment' | 'check' | 'check_whole';

/** What the tasks need of their platform. */
export interface TaskNeeds extends SegmentNeeds {
  /** Where checkpoints and tombstones are kept too, if anywhere. */
  readonly secondPlace?: SecondPlace | undefined;
}

const HOLDER_BYTES = 8;

/** Thrown where the audit log was edited after it was signed; the log says `audit_altered`. */
class AuditAlteredError extends Error {
  override readonly name = 'AuditAlteredError';
  readonly code = 'audit_altered';
}

/** Signs the audit log as it stands. @throws where the log no longer extends what was signed before: somebody edited it. */
async function sign({ db, keys, now, randomBytes, secondPlace }: TaskNeeds): Promise<Readonly<Record<string, number>>> {
  const signer = await noteSignerFrom(Uint8Array.from(await keys.secret('audit', randomBytes(KEY_BYTES))));
  const signed = await signCheckpoint(db, signer, now());
  if (!signed.ok) throw new AuditAlteredError();
  if (secondPlace !== undefined) await keepApart(db, secondPlace, signed.value);
  return { audit_entries_signed: signed.value.size };
}

async function purge({ db, keys, now, randomBytes }: SegmentNeeds): Promise<Readonly<Record<string, number>>> {
  await forgetEndedAccess(db, now());
  await destroyEndedTokenKeys({ db, keys, now });
  const needs = { db, holder: toHex(randomBytes(HOLDER_BYTES)), clock: now };
  // First, so that the sweep of the purge takes what they leave without use.
  const withdrawn = await purgeWithdrawals(needs);
  const report = await purgeExpired(needs, now());
  // Events of an erased visitor that were still under way, and a backup restored since, are met here (P4).
  const erased = await replayTombstones(needs);
  return {
    purged_events: report.sites.reduce((sum, { events }) => sum + events, 0),
    purged_profiles: report.sites.reduce((sum, { profiles }) => sum + profiles, 0),
    withdrawals_purged: withdrawn.withdrawals,
    erased_again: erased.ok ? erased.value.events : 0,
    sites_without_retention: report.sites.filter(({ outcome }) => outcome === 'no_limits').length,
  };
}

/** What is over goes before what follows is made: a salt that is gone has no successor. */
async function salts(needs: SegmentNeeds): Promise<Readonly<Record<string, number>>> {
  const destroyed = await destroyExpiredSalts(needs, needs.now());
  return { salts_destroyed: destroyed, salts_rotated: await rotateDueSalts(needs, needs.now()) };
}

/** Goes on with privacy requests that were interrupted, or that met a run of the segmenter. */
async function requests(needs: TaskNeeds): Promise<Readonly<Record<string, number>>> {
  const finished = await finishRequests(rightsNeeds({ ...needs, ...PRIVACY_PARTS }));
  // Often, because a backup of tonight must not bring back whom this afternoon's request erased.
  if (needs.secondPlace !== undefined) await keepApart(needs.db, needs.secondPlace);
  return { requests_finished: finished };
}

const WORKS: { readonly [T in Task]: (needs: TaskNeeds) => Promise<Readonly<Record<string, number>>> } = {
  salts,
  requests,
  purge: async (needs) => ({ ...(await purge(needs)), ...(await sign(needs)) }),
  segment: segmentSites,
  check: ({ db }) => checkDamage(db, 'quick'),
  check_whole: ({ db }) => checkDamage(db, 'whole'),
};
const ORDER: readonly Task[] = ['salts', 'requests', 'purge', 'segment', 'check', 'check_whole'];

/** Runs tasks in their order and counts what came of them; notes when each ended well. */
export async function runTasks(needs: TaskNeeds, tasks: readonly Task[]): Promise<Readonly<Record<string, number>>> {
  let counts: Readonly<Record<string, number>> = {};
  for (const task of ORDER.filter((one) => tasks.includes(one))) {
    counts = { ...counts, ...(await WORKS[task](needs)) };
    await recordTaskRun(needs.db, task, needs.now());
  }
  return counts;
}
