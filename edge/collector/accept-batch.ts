// edge/collector/accept-batch.ts: takes a decoded message through time, consent, scrubbing and keys; accounts for every event (D2).
import type { DecodedBatch, DecodedEvent } from '../../contract/wire-decode.ts';
import type { EpochMs, TrackEvent } from '../../contract/index.ts';
import { DAY_MS, decideConsent, PURPOSE_BITS_KNOWN } from '../../contract/index.ts';
import type { PlanFinding } from '../../core/index.ts';
import { judgeEvent, orderKey, personalPart } from '../../core/index.ts';
import type { AccountRef, ConsentCount, EventRow, LedgerLine, LetterVia, Site, WriteJob } from '../../store/index.ts';
import type { BotReason } from './bots.ts';
import { choicesOf } from './choice.ts';
import { eventTime, importedTime } from './clock.ts';
import { deadLettersOf } from './dead-letter.ts';
import { sharedContext } from './context/context.ts';
import type { DeriveContext, OrderKeys } from './derive.ts';
import { accountsOf, deriveRow } from './derive.ts';
import { ROW_BYTES_MAX, rowBytes } from './row-bytes.ts';
import type { Keyring } from './keyring.ts';
import type { EventKeys, Sender, SenderKeys } from './sender-keys.ts';
import { senderKeys } from './sender-keys.ts';

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
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
  /** Which way it came, for the dead letters. */
  readonly via: LetterVia;
  /** Where it comes from, where it is not the tag. */
  readonly source?: string | undefined;
  /** Line of the import that it stands in. */
  readonly line?: number;
  readonly saltHmac: Keyring;
}

type Outcome =
  | { readonly outcome: 'kept'; readonly row: EventRow }
  | {
      readonly outcome: LedgerLine['outcome'];
      readonly reason: string;
      readonly refused?: Omit<RefusedEvent, 'index'>;
    };

function orderOf(
  { commerce }: TrackEvent,
  { hmac, former }: EventKeys,
  site: Site,
): OrderKeys | Promise<OrderKeys> | undefined {
  if (hmac === undefined || commerce?.transactionId === undefined) return undefined;
  const from = { site: site.id, transactionId: commerce.transactionId };
  const key = orderKey(hmac, from);
  if (former === undefined) return key instanceof Promise ? key.then((made) => ({ key: made })) : { key };
  return Promise.all([key, orderKey(former.hmac, from)]).then(([made, before]) => ({ key: made, former: before }));
}

const PAGE_VIEW = 'page_view';

/** What the events of one message share. */
interface Message {
  readonly batch: DecodedBatch;
  readonly context: AcceptContext;
  readonly derive: DeriveContext;
  readonly keysAt: SenderKeys;
  /** What its events had against the site's tracking plan, in order. */
  readonly findings: PlanFinding[];
}

/** The outcome of an event whose keys are there; at once where the keys of its order and accounts are. */
function derived(
  event: TrackEvent,
  at: EpochMs,
  keys: EventKeys,
  { context, derive }: Message,
): Outcome | Promise<Outcome> {
  const accounts = accountsOf(derive, keys, event);
  if (typeof accounts === 'string') {
    const refused = { event: event.id, reason: 'malformed_identity', pointer: `/p/${accounts}` };
    return { outcome: 'invalid', reason: 'malformed_identity', refused };
  }
  const keep = (order: OrderKeys | undefined, of: readonly AccountRef[]): Outcome => {
    const row = deriveRow(derive, event, at, keys, order, of);
    if (rowBytes(row) <= ROW_BYTES_MAX) return { outcome: 'kept', row };
    return { outcome: 'invalid', reason: 'event_too_large', refused: { event: event.id, reason: 'event_too_large' } };
  };
  const order = orderOf(event, keys, context.site);
  if (!(order instanceof Promise) && !(accounts instanceof Promise)) return keep(order, accounts);
  return Promise.all([order, accounts]).then(([key, of]) => keep(key, of));
}

/** Findings of one message that are counted; a queue message has room for no more. */
const FINDINGS_MAX = 64;

/** Where a finding points: the plan's own names may be told; what the page made up is not repeated (P1). */
export const planPointer = ({ reason, property }: PlanFinding): string =>
  reason === 'plan_unknown_event' ? '/n' : `/p/${property || '*'}`;

/** Notes what the site's plan has against an event. @returns its refusal where the plan refuses it. */
function refusedByPlan(event: TrackEvent, { context, findings }: Message): Outcome | undefined {
  const { plan } = context.site;
  if (plan === undefined) return undefined;
  const found = judgeEvent(plan, event.name, event.properties);
  findings.push(...found.slice(0, FINDINGS_MAX - findings.length));
  const refusal = found.find(({ mode }) => mode === 'reject');
  if (refusal === undefined) return undefined;
  const { reason } = refusal;
  return { outcome: 'invalid', reason, refused: { event: event.id, reason, pointer: planPointer(refusal) } };
}

/** The refusal of an event that looks personal where the site's policy refuses those. What the page made up is not repeated. */
function refusedByPolicy(event: TrackEvent, { policy }: Site): Outcome | undefined {
  const part = personalPart(policy, event);
  if (part === undefined) return undefined;
  const refused = { event: event.id, reason: 'personal_data', pointer: `/${part}` };
  return { outcome: 'invalid', reason: 'personal_data', refused };
}

/** What becomes of one event; at once where nothing of it has to be waited for. */
function outcomeOf(decoded: DecodedEvent, message: Message): Outcome | Promise<Outcome> {
  const { batch, context, derive, keysAt } = message;
  if (!decoded.ok) {
    const event = decoded.id === undefined ? {} : { event: decoded.id };
    return {
      outcome: 'invalid',
      reason: decoded.error,
      refused: { ...event, reason: decoded.error, pointer: decoded.pointer },
    };
  }
  const event = decoded.value;
  const late: Outcome = { outcome: 'late', reason: 'too_old', refused: { event: event.id, reason: 'too_old' } };
  const at = context.imported ? importedTime(event.at, context.now) : eventTime(event.at, batch.sentAt, context.now);
  if (!at.ok && at.error === 'too_old') return late;
  if (!at.ok) return { outcome: 'invalid', reason: at.error, refused: { event: event.id, reason: at.error } };
  if (derive.decision.action === 'drop') return { outcome: 'no_consent', reason: batch.consent.state };
  const misfit = refusedByPlan(event, message) ?? refusedByPolicy(event, context.site);
  if (misfit !== undefined) return misfit;
  const keys = keysAt(at.value);
  if (keys === 'day_over') return late;
  return keys instanceof Promise
    ? keys.then((made) => derived(event, at.value, made, message))
    : derived(event, at.value, keys, message);
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

/** The page views of a message by what it told of consent, whatever becomes of them: those who refused are counted too. */
function consentsOf({ events, consent }: DecodedBatch, gpc: boolean): ConsentCount[] {
  const views = events.filter((event) => event.ok && event.value.name === PAGE_VIEW).length;
  const purposes = consent.state === 'granted' ? consent.purposes & PURPOSE_BITS_KNOWN : 0;
  return views === 0 ? [] : [{ state: consent.state, purposes, gpc, views }];
}

/** Decides about every event of a message. Nothing is written yet. */
export async function acceptBatch(batch: DecodedBatch, context: AcceptContext): Promise<AcceptedBatch> {
  const { site, now } = context;
  const decision = decideConsent(site.policy, batch.consent, context.gpc);
  const sender: Sender =
    batch.firstPartyId === undefined ? context.sender : { ...context.sender, firstPartyId: batch.firstPartyId };
  const keysAt = senderKeys({ site, decision, sender, saltHmac: context.saltHmac, now });
  const shared = context.imported || decision.action === 'drop' ? undefined : sharedContext(sender, decision.action);
  const derive = { site, decision, shared, source: context.source };
  const message: Message = { batch, context, keysAt, derive, findings: [] };
  const received = batch.events.length + batch.overLimit;
  const { bot } = context;
  const outcomes: Outcome[] = [];
  const rows: EventRow[] = [];
  const refused: RefusedEvent[] = [];
  for (const event of batch.events) {
    const outcome: Outcome | Promise<Outcome> = bot ? { outcome: 'bot', reason: bot } : outcomeOf(event, message);
    // Most are there at once; waiting for those too would cost each a turn.
    const one = outcome instanceof Promise ? await outcome : outcome;
    if (one.outcome === 'kept') rows.push(one.row);
    else if (one.refused !== undefined) refused.push({ ...one.refused, index: outcomes.length });
    outcomes.push(one);
  }
  const letters =
    refused.length === 0 ? [] : await deadLettersOf(outcomes, batch, { ...context, ...message.derive, keysAt });
  if (batch.overLimit > 0) refused.push({ index: batch.events.length, reason: 'too_many_events' });
  const consents = bot ? [] : consentsOf(batch, context.gpc);
  // A withdrawal is heard from anybody; a bot has no rows that a grant could be bound to.
  const choices = await choicesOf(batch, rows, { site, saltHmac: context.saltHmac, now, gpc: context.gpc });
  return {
    received,
    refused,
    job: {
      site: site.row,
      day: Math.floor(now / DAY_MS),
      rows,
      ledger: ledgerOf(received, outcomes, batch.overLimit),
      ...(letters.length === 0 ? {} : { letters }),
      ...(message.findings.length === 0 ? {} : { findings: message.findings }),
      ...(consents.length === 0 ? {} : { consents }),
      ...(choices.length === 0 ? {} : { choices }),
    },
  };
}
