// edge/collector/dead-letter.ts: keeps what may be kept of a refused event, so that it can be looked at and replayed (P1).
import type { DecodedBatch, DecodedEvent } from '../../contract/wire-decode.ts';
import type { EpochMs, EventId } from '../../contract/index.ts';
import { eventIdFrom, parseEpochMs } from '../../contract/index.ts';
import { orderKey, salvageEvent, storedEventId } from '../../core/index.ts';
import type { DeadLetter, LetterVia } from '../../store/index.ts';
import { eventTime, importedTime } from './clock.ts';
import type { DeriveContext } from './derive.ts';
import type { SenderKeys } from './sender-keys.ts';

/** Characters of a letter's body; a larger event is named by reason and place alone, and can't be replayed. */
export const LETTER_BODY_CHARS_MAX = 16_384;

/** A refused event, as it came. */
interface Refused {
  readonly raw: unknown;
  readonly decoded: DecodedEvent;
  readonly reason: string;
  readonly pointer: string;
}

/** What the letters of one message share. */
interface LetterContext extends DeriveContext {
  readonly via: LetterVia;
  readonly line?: number;
  readonly imported: boolean;
  /** When the message was sent by its own clock. */
  readonly sentAt: EpochMs;
  readonly now: EpochMs;
  readonly keysAt: SenderKeys;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

const RANDOM_BYTES = 10;

const timeOf = (raw: unknown, { imported, sentAt, now }: LetterContext): EpochMs => {
  const given = parseEpochMs(typeof raw === 'object' && raw !== null && 't' in raw ? raw.t : undefined);
  if (!given.ok) return now;
  const at = imported ? importedTime(given.value, now) : eventTime(given.value, sentAt, now);
  return at.ok ? at.value : now;
};

const idOf = ({ decoded }: Refused, { now, randomBytes }: LetterContext): EventId =>
  // An event without a sound id gets one here: its replay then is the same event however often it is tried.
  (decoded.ok ? decoded.value.id : decoded.id) ?? eventIdFrom(now, randomBytes(RANDOM_BYTES));

/** The letter of a refused event, or undefined where the visitor's choice lets nothing of it be kept (C1). */
async function deadLetterOf(refused: Refused, context: LetterContext): Promise<DeadLetter | undefined> {
  const { site, decision, now } = context;
  if (decision.action === 'drop') return undefined;
  const at = timeOf(refused.raw, context);
  const found = await context.keysAt(at);
  const keys = found === 'day_over' ? ({ linked: 0 } as const) : found;
  const salvaged = salvageEvent(refused.raw, site.policy.channelData);
  const transactionId = salvaged?.transactionId;
  const order =
    keys.hmac !== undefined && transactionId !== undefined
      ? await orderKey(keys.hmac, { site: site.id, transactionId })
      : undefined;
  const body = salvaged === undefined ? undefined : JSON.stringify(salvaged.event);
  return {
    id: storedEventId(idOf(refused, context)),
    receivedAt: now,
    at,
    via: context.via,
    source: context.source,
    line: context.line,
    reason: refused.reason,
    pointer: refused.pointer,
    body: body !== undefined && body.length <= LETTER_BODY_CHARS_MAX ? body : undefined,
    visitor: keys.visitor,
    linked: keys.linked,
    purposes: decision.purposes,
    policyVersion: site.policyVersion,
    orderKey: order,
  };
}

/** What became of one event, as far as letters go. */
interface Outcome {
  readonly outcome: string;
  readonly reason?: string;
  readonly refused?: { readonly pointer?: string };
}

/** What is kept aside of the events of a message that are refused by themselves. */
export async function deadLettersOf(
  outcomes: readonly Outcome[],
  batch: DecodedBatch,
  context: Omit<LetterContext, 'sentAt'>,
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const [index, { outcome, reason = '', refused }] of outcomes.entries()) {
    const decoded = batch.events[index];
    if (outcome !== 'invalid' || decoded === undefined) continue;
    const event = { raw: batch.raw[index], decoded, reason, pointer: refused?.pointer ?? '' };
    const letter = await deadLetterOf(event, { ...context, sentAt: batch.sentAt });
    if (letter !== undefined) letters.push(letter);
  }
  return letters;
}
