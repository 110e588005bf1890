// runtime/scheduled-tasks.ts: what runs without anybody asking: ended salts and retention first, then the segmenter over what stayed.
import type { EpochMs } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { KEY_BYTES, noteSignerFrom, toHex } from '../core/index.ts';
import type { Deliver } from '../edge/index.ts';
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
  forgetWrittenMessages,
  interruptImports,
  observeClock,
  purgeExpired,
  purgeWithdrawals,
  recordTaskRun,
  replayTombstones,
  signCheckpoint,
} from '../store/index.ts';
import { clockCounts } from './clock-log.ts';
import { PRIVACY_PARTS } from './privacy-parts.ts';
import type { SecondPlace } from './second-place.ts';
import { createKeepApart, keepApart } from './second-place.ts';
import type { SegmentNeeds } from './segment-sites.ts';
import { segmentSites } from './segment-sites.ts';

/** One thing the schedule does. */
export type Task = 'messages' | 'salts' | 'requests' | 'purge' | 'segment' | 'check' | 'check_whole';

/** What the tasks need of their platform. */
export interface TaskNeeds extends SegmentNeeds {
  readonly deliver: Deliver;
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

/** An instant as the clock said it, and whether it may be believed: what can't be undone waits until it is (ADR 0026). */
interface Reading {
  readonly at: EpochMs;
  readonly isHeld: boolean;
}

async function purge(
  { db, keys, now, randomBytes }: SegmentNeeds,
  { at, isHeld }: Reading,
): Promise<Readonly<Record<string, number>>> {
  if (!isHeld) {
    await forgetEndedAccess(db, at);
    await destroyEndedTokenKeys({ db, keys, now: () => at });
  }
  const needs = { db, holder: toHex(randomBytes(HOLDER_BYTES)), clock: now };
  // First, so that the sweep of the purge takes what they leave without use.
  const withdrawn = await purgeWithdrawals(needs);
  const sites = isHeld ? [] : (await purgeExpired(needs, at)).sites;
  // Events of an erased visitor that were still under way, and a backup restored since, are met here (P4).
  const erased = await replayTombstones(needs);
  return {
    purged_events: sites.reduce((sum, { events }) => sum + events, 0),
    purged_profiles: sites.reduce((sum, { profiles }) => sum + profiles, 0),
    withdrawals_purged: withdrawn.withdrawals,
    erased_again: erased.ok ? erased.value.events : 0,
    sites_without_retention: sites.filter(({ outcome }) => outcome === 'no_limits').length,
  };
}

/** What is over goes before what follows is made: a salt that is gone has no successor. */
async function salts(needs: SegmentNeeds, { at, isHeld }: Reading): Promise<Readonly<Record<string, number>>> {
  if (isHeld) return { salts_destroyed: 0, salts_rotated: 0 };
  const destroyed = await destroyExpiredSalts(needs, at);
  return { salts_destroyed: destroyed, salts_rotated: await rotateDueSalts(needs, at) };
}

/** How long a written message of a queue is remembered: longer than a queue keeps one (14 days at most). */
const MESSAGE_MEMORY_MS: number = 15 * DAY_MS;

async function messages({ db }: SegmentNeeds, { at, isHeld }: Reading): Promise<Readonly<Record<string, number>>> {
  if (!isHeld) await forgetWrittenMessages(db, at - MESSAGE_MEMORY_MS);
  return {};
}

/** No import takes so long: where servers come and go (Workers), one that never ended was cut off. */
const IMPORT_MS_MAX: number = DAY_MS;

/** Goes on with privacy requests that were interrupted, or that met a run of the segmenter; says of imports that they were. */
async function requests(needs: TaskNeeds): Promise<Readonly<Record<string, number>>> {
  await interruptImports(needs.db, needs.now(), needs.now() - IMPORT_MS_MAX);
  const { db, secondPlace } = needs;
  const apart = secondPlace === undefined ? undefined : createKeepApart(db, () => Promise.resolve(secondPlace));
  const finished = await finishRequests(rightsNeeds({ ...needs, ...PRIVACY_PARTS, keepApart: apart }));
  // Often, so that what requests and choices wrote there one by one stays little; and it fails here, where the log says so.
  if (secondPlace !== undefined) await keepApart(db, secondPlace);
  return { requests_finished: finished };
}

const WORKS: {
  readonly [T in Task]: (needs: TaskNeeds, reading: Reading) => Promise<Readonly<Record<string, number>>>;
} = {
  messages,
  salts,
  requests,
  purge: async (needs, reading) => ({ ...(await purge(needs, reading)), ...(await sign(needs)) }),
  segment: segmentSites,
  check: ({ db }) => checkDamage(db, 'quick'),
  check_whole: ({ db }) => checkDamage(db, 'whole'),
};
const ORDER: readonly Task[] = ['messages', 'salts', 'requests', 'purge', 'segment', 'check', 'check_whole'];
/** Tasks that destroy by the clock: they look at it, and while it is held they do nothing of the kind. */
const BY_CLOCK: ReadonlySet<Task> = new Set(['messages', 'salts', 'purge']);

/**
 * Runs tasks in their order and counts what came of them; notes when each ended well. `clock_ahead_hours` in the counts:
 * nothing was destroyed, for the clock is that far ahead of what can be believed.
 */
export async function runTasks(needs: TaskNeeds, tasks: readonly Task[]): Promise<Readonly<Record<string, number>>> {
  const at = needs.now();
  const looks = tasks.some((task) => BY_CLOCK.has(task));
  const clock = looks ? await observeClock(needs.db, at) : undefined;
  const reading: Reading = { at, isHeld: clock?.state === 'ahead' };
  let counts: Readonly<Record<string, number>> = clock === undefined ? {} : clockCounts(clock);
  for (const task of ORDER.filter((one) => tasks.includes(one))) {
    counts = { ...counts, ...(await WORKS[task](needs, reading)) };
    if (!(reading.isHeld && BY_CLOCK.has(task))) await recordTaskRun(needs.db, task, needs.now());
  }
  return counts;
}
