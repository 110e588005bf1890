// core/retention.ts: how long which data may be kept (P5), and the limits that laws and authorities name.
import type { EpochMs, Result } from '../contract/index.ts';
import { DAY_MS, err, ok } from '../contract/index.ts';

/** Records about what was agreed, asked and done; they name no visitor in clear and are kept to be shown. */
export const RECORD_CLASSES = ['receipts', 'requests', 'audit'] as const;
/** One class of record. */
export type RecordClass = (typeof RECORD_CLASSES)[number];

/**
 * What has a limit of its own. `events`: counted from the event; refused events that are kept (dead letters) go with them,
 * and after 90 days at the latest. `profiles`: counted from the visitor's last event; a profile never speaks of an event that
 * is gone. `receipts`: from the choice. `requests`: from their end. `audit`: what an entry says, from when it was made; its
 * place in the log stays. Visitors and texts go with the last event that names them. Sessions are not stored, they are
 * computed; a campaign is a field of an event. The loss ledger is counts alone and stays.
 */
export const DATA_CLASSES = ['events', 'profiles', 'receipts', 'requests', 'audit'] as const;
/** One class of data. */
export type DataClass = (typeof DATA_CLASSES)[number];

/** Days each class is kept; a class that is absent has no limit yet. */
export type RetentionDays = Readonly<Partial<Record<DataClass, number>>>;

/** The longest limit, days: ten years. */
export const RETENTION_DAYS_MAX = 3_653;

/**
 * The limits of measuring an audience without consent, which the policy `exempt` brings and must keep.
 * CNIL, guidelines and recommendation on cookies of 17 September 2020: trackers live 13 months at most, what was collected with
 * them 25. Months have 28 to 31 days; the fewest days they can have are taken, so that no stretch of months is ever exceeded.
 */
export const EXEMPT_RETENTION: Readonly<Record<'events' | 'profiles', number>> = { events: 758, profiles: 393 };

/** Limits by name. */
export const RETENTION_PRESETS: Readonly<Record<string, Required<RetentionDays>>> = {
  // Receipts and requests: five years, the limitation of personal actions (art. 2224 of the French Code civil).
  cnil: { ...EXEMPT_RETENTION, receipts: 1_826, requests: 1_826, audit: 1_826 },
  // Here and below, records: three years, the regular limitation period of the German civil code (§ 195 BGB).
  // No law: the shortest that still shows a year against the year before.
  'two-years': { events: 730, profiles: 365, receipts: 1_096, requests: 1_096, audit: 1_096 },
  // No law: enough for this quarter against the last. GDPR Art. 5 (1) (e) asks for no longer than is necessary.
  'half-year': { events: 180, profiles: 90, receipts: 1_096, requests: 1_096, audit: 1_096 },
  // No law: enough to see that it works.
  month: { events: 30, profiles: 30, receipts: 1_096, requests: 1_096, audit: 1_096 },
};

/** Why limits can't be set. */
export type RetentionRefusal = 'no_days' | 'days_out_of_range' | 'profiles_outlive_events';

/** Checks limits as typed. Profiles can't outlive the events that prove them. */
export function checkRetentionDays(days: RetentionDays): Result<RetentionDays, RetentionRefusal> {
  const set = DATA_CLASSES.flatMap((name) => days[name] ?? []);
  if (set.length === 0) return err('no_days');
  if (!set.every((value) => Number.isInteger(value) && value >= 1 && value <= RETENTION_DAYS_MAX)) {
    return err('days_out_of_range');
  }
  if (days.events !== undefined && (days.profiles ?? 0) > days.events) return err('profiles_outlive_events');
  return ok(days);
}

/** What is older than this instant must not exist at `now`. */
export const retentionCutoff = (days: number, now: EpochMs): EpochMs => (now - days * DAY_MS) as EpochMs;
