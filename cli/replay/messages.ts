// cli/replay/messages.ts: events packed into wire messages, each of one visitor or of nobody, below the wire's limits.
import type { Batch, Consent, FirstPartyId } from '../../contract/index.ts';
import { BATCH_EVENTS_MAX, bitsOf, encodeBatch, IMPORT_BODY_BYTES_MAX } from '../../contract/index.ts';
import type { RetailEvent } from './retail.ts';

/** What one request will carry; it becomes a body when it is sent, because it says when that was. */
export type Message = Omit<Batch, 'sentAt'>;

/** The data set holds no consent. The replay asserts one for known customers, and says that it was imported. */
const IMPORTED_CONSENT: Consent = {
  state: 'granted',
  source: 'import',
  purposes: bitsOf(['measure', 'profile']),
};
const UNASKED: Consent = { state: 'unasked' };
/** Any instant of this century has as many digits, so that a message's size is known before it is sent. */
const SENT_AT_SIZE = 1_000_000_000_000;

/** The body of a message: wire v1 as JSON text. */
export const bodyOf = (message: Message, sentAt: number): string => JSON.stringify(encodeBatch({ ...message, sentAt }));

const bytesOf = (message: Message): number => Buffer.byteLength(bodyOf(message, SENT_AT_SIZE));

/**
 * Packs events into messages: per customer, in date order, at most {@link BATCH_EVENTS_MAX} events and
 * {@link IMPORT_BODY_BYTES_MAX} bytes each. A message has one consent and one first-party id, hence one visitor;
 * the order across visitors means nothing to the edge. Messages come sorted by their first event.
 * @throws {Error} one event alone is larger than a body may be.
 */
export function planMessages(
  site: string,
  events: readonly RetailEvent[],
  bytesMax = IMPORT_BODY_BYTES_MAX,
): Message[] {
  const visitors = new Map<FirstPartyId | undefined, RetailEvent[]>();
  for (const event of [...events].sort((a, b) => a.event.at - b.event.at)) {
    const group = visitors.get(event.firstPartyId);
    if (group === undefined) visitors.set(event.firstPartyId, [event]);
    else group.push(event);
  }
  const messages = [...visitors].flatMap(([id, group]) => packVisitor(envelope(site, id), group, bytesMax));
  return messages.sort((a, b) => (a.events[0]?.at ?? 0) - (b.events[0]?.at ?? 0));
}

const envelope = (site: string, firstPartyId: FirstPartyId | undefined): Message =>
  firstPartyId === undefined
    ? { site, consent: UNASKED, events: [] }
    : { site, consent: IMPORTED_CONSENT, firstPartyId, events: [] };

function packVisitor(empty: Message, group: readonly RetailEvent[], bytesMax: number): Message[] {
  const messages: Message[] = [];
  const emptyBytes = bytesOf(empty);
  let open: RetailEvent['event'][] = [];
  let bytes = emptyBytes;
  for (const { event } of group) {
    const added = bytesOf({ ...empty, events: [event] }) - emptyBytes;
    if (emptyBytes + added > bytesMax) throw new Error(`event ${event.id} is larger than a request may be`);
    // One more byte for the comma between two events.
    if (open.length === BATCH_EVENTS_MAX || (open.length > 0 && bytes + 1 + added > bytesMax)) {
      messages.push({ ...empty, events: open });
      open = [];
      bytes = emptyBytes;
    }
    bytes += added + (open.length === 0 ? 0 : 1);
    open.push(event);
  }
  return open.length === 0 ? messages : [...messages, { ...empty, events: open }];
}
