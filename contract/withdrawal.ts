// contract/withdrawal.ts: the event by which the tag says whose consent has ended, and how the id is taken out of it (P1).
import type { FirstPartyId } from './ids.ts';
import { parseFirstPartyId } from './ids.ts';

/** The event's name. A page's own event of this name has parameters by name, and is left alone. */
export const WITHDRAW_EVENT = 'withdraw';

/** Withdrawals that a message can tell of: more than anybody makes in one page without a network. */
export const WITHDRAWALS_MAX = 10;

/** A message's events without ids, and the ids that were in some, oldest first. */
export interface WithdrawalsTaken {
  readonly events: readonly unknown[];
  readonly withdrawn: readonly FirstPartyId[];
}

interface WithdrawEvent {
  readonly n: typeof WITHDRAW_EVENT;
  readonly p: readonly unknown[];
}
const isWithdrawal = (raw: unknown): raw is WithdrawEvent =>
  typeof raw === 'object' &&
  raw !== null &&
  (raw as Partial<WithdrawEvent>).n === WITHDRAW_EVENT &&
  Array.isArray((raw as Partial<WithdrawEvent>).p);

/**
 * Takes the id of each `{ "n": "withdraw", "p": [id] }` out of a message's events, before anything looks at them, so that it comes into
 * no row, dead letter or log line. Somebody who agreed and withdrew twice without a network has two; of more than
 * {@link WITHDRAWALS_MAX} the last count.
 */
export function takeWithdrawals(events: readonly unknown[]): WithdrawalsTaken {
  if (!events.some(isWithdrawal)) return { events, withdrawn: [] };
  const withdrawn = new Set<FirstPartyId>();
  const without = events.map((raw) => {
    if (!isWithdrawal(raw)) return raw;
    const { p, ...event } = raw;
    const id = parseFirstPartyId(p[0]);
    if (id.ok) withdrawn.add(id.value);
    return event;
  });
  return { events: without, withdrawn: [...withdrawn].slice(-WITHDRAWALS_MAX) };
}
