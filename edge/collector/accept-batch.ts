// edge/collector/accept-batch.ts: takes a decoded message through time, consent, scrubbing and keys; accounts for every event (D2).
import type { DecodedBatch, DecodedEvent } from '../../contract/wire-decode.ts';
import { decideConsent, POLICIES } from '../../contract/index.ts';
import type { ConsentPolicy, EpochMs } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { EventRow, LedgerLine, Site, WriteJob } from '../../store/index.ts';
import type { BotReason } from './bots.ts';
import { eventTime, importedTime } from './clock.ts';
import type { DeriveContext, Sender } from './derive.ts';
import { deriveRow } from './derive.ts';
import type { SaltHmac } from './keyring.ts';

/** A refused event as the answer names it. Consent and bots are not named: the page's log would show what a visitor chose. */
export interface RefusedEvent {
  /** The event's id where it had a sound one. */
  readonly event?: string;
  /** Its place in the message. */
  readonly index: number;
  readonly reason: string;
  readonly pointer?: string;
}

/** What is to be written, and what the client is told. */
export interface AcceptedBatch {
  readonly job: WriteJob;
  readonly received: number;
  readonly refused: readonly RefusedEvent[];
}

/** The request around a message. */
export interface AcceptContext {
  readonly site: Site;
  readonly sender: Sender;
  /** The message came with an import token: history, sent by a machine of the site's own. */
  readonly imported: boolean;
  readonly gpc: boolean;
  /** Why the message counts as automated. */
  readonly bot: BotReason | undefined;
  readonly now: EpochMs;
  readonly saltHmac: SaltHmac;
}

type Outcome =
  | { readonly outcome: 'kept'; readonly row: EventRow }
  | {
      readonly outcome: LedgerLine['outcome'];
      readonly reason: string;
      readonly refused?: Omit<RefusedEvent, 'index'>;
    };

/** Bytes of one event as a row: what a queue message holds (see runtime/queue-messages.ts). */
export const ROW_BYTES_MAX = 100_000;
const encoder = new TextEncoder();
// Only items and properties can make a row large; all other fields together stay far below.
const rowBytes = (row: EventRow): number =>
  (row.items?.length ?? 0) + (row.properties?.length ?? 0) < ROW_BYTES_MAX / 12
    ? 0
    : encoder.encode(JSON.stringify(row)).length;

async function outcomeOf(
  decoded: DecodedEvent,
  batch: DecodedBatch,
  context: AcceptContext,
  derive: DeriveContext,
): Promise<Outcome> {
  if (!decoded.ok) {
    const event = decoded.id === undefined ? {} : { event: decoded.id };
    return {
      outcome: 'invalid',
      reason: decoded.error,
      refused: { ...event, reason: decoded.error, pointer: decoded.pointer },
    };
  }
  const event = decoded.value;
  const late = { outcome: 'late', reason: 'too_old', refused: { event: event.id, reason: 'too_old' } } as const;
  const at = context.imported ? importedTime(event.at, context.now) : eventTime(event.at, batch.sentAt, context.now);
  if (!at.ok && at.error === 'too_old') return late;
  if (!at.ok) return { outcome: 'invalid', reason: at.error, refused: { event: event.id, reason: at.error } };
  if (derive.decision.action === 'drop') return { outcome: 'no_consent', reason: batch.consent.state };
  const derived = await deriveRow(derive, event, at.value);
  if (!derived.ok) {
    if (derived.error.refused === 'day_over') return late;
    const { refused: reason, pointer } = derived.error;
    return { outcome: 'invalid', reason, refused: { event: event.id, reason, pointer } };
  }
  const row = derived.value;
  if (rowBytes(row) > ROW_BYTES_MAX) {
    return { outcome: 'invalid', reason: 'event_too_large', refused: { event: event.id, reason: 'event_too_large' } };
  }
  return { outcome: 'kept', row };
}

/** Counts equal outcomes and reasons together. */
function ledgerOf(received: number, outcomes: readonly Outcome[], overLimit: number): LedgerLine[] {
  const counts = new Map<string, LedgerLine>();
  const add = (outcome: LedgerLine['outcome'], reason: string, events: number): void => {
    const key = `${outcome}|${reason}`;
    counts.set(key, { outcome, reason, events: (counts.get(key)?.events ?? 0) + events });
  };
  add('received', '', received);
  for (const one of outcomes) if (one.outcome !== 'kept') add(one.outcome, one.reason, 1);
  if (overLimit > 0) add('over_limit', 'too_many_events', overLimit);
  return [...counts.values()];
}

/** Decides about every event of a message. Nothing is written yet. */
export async function acceptBatch(batch: DecodedBatch, context: AcceptContext): Promise<AcceptedBatch> {
  const { site, now } = context;
  const policy: ConsentPolicy = POLICIES[site.policy];
  const decision = decideConsent(policy, batch.consent, context.gpc);
  const firstPartyId = batch.firstPartyId === undefined ? {} : { firstPartyId: batch.firstPartyId };
  const sender: Sender = { ...context.sender, ...firstPartyId };
  const derive: DeriveContext = { site, policy, decision, sender, saltHmac: context.saltHmac, now };
  const received = batch.events.length + batch.overLimit;
  const { bot } = context;
  const outcomes = bot
    ? batch.events.map((): Outcome => ({ outcome: 'bot', reason: bot }))
    : await Promise.all(batch.events.map((event) => outcomeOf(event, batch, context, derive)));
  const refused = outcomes.flatMap((one, index) =>
    one.outcome !== 'kept' && one.refused !== undefined ? [{ ...one.refused, index }] : [],
  );
  const overLimit = Array.from({ length: Math.min(batch.overLimit, 1) }, () => ({
    index: batch.events.length,
    reason: 'too_many_events',
  }));
  return {
    received,
    refused: [...refused, ...overLimit],
    job: {
      site: site.row,
      day: Math.floor(now / DAY_MS),
      rows: outcomes.flatMap((one) => (one.outcome === 'kept' ? [one.row] : [])),
      ledger: ledgerOf(received, outcomes, batch.overLimit),
    },
  };
}
