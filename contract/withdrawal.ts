// contract/withdrawal.ts: the event by which the tag says whose consent has ended, and how the id is taken out of it (P1).
import type { FirstPartyId } from './ids.ts';
import { parseFirstPartyId } from './ids.ts';

/** The event's name. A page's own event of this name has parameters by name, and is left alone. */
export const WITHDRAW_EVENT = 'withdraw';

/** A message's events without ids, and the id that was in one. */
export interface WithdrawalTaken {
  readonly events: readonly unknown[];
  readonly withdrawn?: FirstPartyId;
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
 * Takes the id of `{ "n": "withdraw", "p": [id] }` out of a message's events, before anything looks at them, so that it comes into
 * no row, dead letter or log line. Of several the last counts: a browser has one id.
 */
export function takeWithdrawal(events: readonly unknown[]): WithdrawalTaken {
  if (!events.some(isWithdrawal)) return { events };
  let withdrawn: FirstPartyId | undefined;
  const without = events.map((raw) => {
    if (!isWithdrawal(raw)) return raw;
    const { p, ...event } = raw;
    const id = parseFirstPartyId(p[0]);
    if (id.ok) withdrawn = id.value;
    return event;
  });
  return { events: without, ...(withdrawn === undefined ? {} : { withdrawn }) };
}
