// console/app/ledger-sums.ts: sums the loss ledger (D2): everything received is somewhere.
import type { LedgerEntry } from '../api/schemas.ts';
import type { Days } from './days.ts';

/** Sums of some days. */
export interface LedgerSums {
  readonly received: number;
  /** Everything else, by outcome, the biggest first. */
  readonly outcomes: readonly { readonly outcome: string; readonly events: number }[];
  /** Outcomes with a reason, the biggest first. */
  readonly reasons: readonly { readonly outcome: string; readonly reason: string; readonly events: number }[];
  /** Whether what was received is accounted for, to the event. */
  readonly isBalanced: boolean;
}

/** Sums entries of these days. */
export function sumLedger(entries: readonly LedgerEntry[], { from, to }: Days): LedgerSums {
  const outcomes = new Map<string, number>();
  const reasons = new Map<string, { outcome: string; reason: string; events: number }>();
  for (const { date, outcome, reason, events } of entries) {
    if (date < from || date > to) continue;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + events);
    const key = `${outcome}|${reason}`;
    if (reason !== '') reasons.set(key, { outcome, reason, events: events + (reasons.get(key)?.events ?? 0) });
  }
  const received = outcomes.get('received') ?? 0;
  outcomes.delete('received');
  const byEvents = (a: { readonly events: number }, b: { readonly events: number }): number => b.events - a.events;
  const listed = [...outcomes].map(([outcome, events]) => ({ outcome, events })).sort(byEvents);
  return {
    received,
    outcomes: listed,
    reasons: [...reasons.values()].sort(byEvents),
    isBalanced: listed.reduce((sum, { events }) => sum + events, 0) === received,
  };
}
