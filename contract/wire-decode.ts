// contract/wire-decode.ts: the one parser between the network and our types (valibot; for the edge, not the tag).
import * as v from 'valibot';
import type { Consent } from './consent.ts';
import { CONSENT_SOURCES, GPC_REMOVES } from './consent.ts';
import type { TrackEvent } from './events.ts';
import { isEventName } from './events.ts';
import { paramsPointer, readParams } from './ga4-params.ts';
import type { EpochMs, EventId, FirstPartyId, SiteId } from './ids.ts';
import { eventIdFromRandom, parseEpochMs, parseEventId, parseFirstPartyId, parseSiteId } from './ids.ts';
import { namedParams } from './listed-params.ts';
import * as limits from './limits.ts';
import type { PurposeBits } from './purposes.ts';
import { bitsOfWords, PURPOSE_BITS_KNOWN } from './purposes.ts';
import type { Result } from './result.ts';
import { err, ok } from './result.ts';
import type { WireCommerce, WireConsent } from './wire.ts';
import type { WireEnvelope } from './wire-plain.ts';
import { plainEnvelope, plainEvent } from './wire-plain.ts';
import { present, WIRE_VERSION } from './wire.ts';
import { takeWithdrawals } from './withdrawal.ts';

/** Why a whole message was refused. */
export type BatchRefusal = 'malformed_json' | 'unknown_version' | 'malformed_batch';
/** Why one event of a message was refused. */
export type EventRefusal = 'malformed_event' | 'properties_too_large';

/** An event, or why it isn't one and where (a JSON pointer into the event, with no value of the visitor's). */
export type DecodedEvent =
  | { readonly ok: true; readonly value: TrackEvent }
  | { readonly ok: false; readonly error: EventRefusal; readonly pointer: string; readonly id?: EventId };

/** A message whose envelope is sound; its events stand or fall one by one. */
export interface DecodedBatch {
  readonly site: SiteId;
  readonly sentAt: EpochMs;
  readonly consent: Consent;
  readonly firstPartyId?: FirstPartyId;
  /** Whose consent has ended, where the message says so by events of their own; whatever the message's own choice is. */
  readonly withdrawn: readonly FirstPartyId[];
  /** The consent platform's string. */
  readonly consentString?: string;
  readonly automated: boolean;
  readonly events: readonly DecodedEvent[];
  /** The same events as they came, for those that have to be kept aside. */
  readonly raw: readonly unknown[];
  /** Events past {@link limits.BATCH_EVENTS_MAX}, not read. */
  readonly overLimit: number;
}

/**
 * An address whose fragment is a route (`/?q=1#/tea`, as some single-page apps have them) with the path that the route
 * stands for (`/tea?q=1`). By hand: a pattern would take time by the square of what a client sends.
 */
export function pathOfRoute(address: string): string {
  const at = address.indexOf('#');
  if (address[at + 1] !== '/' || at < 0) return address;
  const [path = '', ...query] = address.slice(0, at).split('?');
  // Behind a route stands the id that tag.links.js lends, where the next page had no such script to take it (P1).
  const [route = ''] = address.slice(at + 1).split('&hushtag=', 1);
  return [path.replace(/\/$/, '') + route, ...query].join('?');
}

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const amount = v.pipe(v.number(), v.integer(), v.minValue(-limits.AMOUNT_MAX), v.maxValue(limits.AMOUNT_MAX));
const shortText = text(limits.TEXT_CHARS_MAX);
const itemSchema = v.object({
  i: v.pipe(shortText, v.minLength(1)),
  n: v.optional(shortText),
  c: v.optional(shortText),
  b: v.optional(shortText),
  v: v.optional(shortText),
  p: v.optional(amount),
  q: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(limits.QUANTITY_MAX))),
  d: v.optional(amount),
});
const commerceSchema = v.object({
  c: v.optional(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/))),
  v: v.optional(amount),
  x: v.optional(amount),
  h: v.optional(amount),
  d: v.optional(amount),
  k: v.optional(shortText),
  o: v.optional(shortText),
  l: v.optional(v.pipe(v.array(itemSchema), v.maxLength(limits.ITEMS_MAX))),
});
const isPropertyName = (name: string): boolean => name.length > 0 && name.length <= limits.PROPERTY_NAME_CHARS_MAX;
const propertiesSchema = v.pipe(
  v.record(
    v.pipe(v.string(), v.check(isPropertyName)),
    v.union([text(limits.PROPERTY_VALUE_CHARS_MAX), v.pipe(v.number(), v.finite()), v.boolean()]),
  ),
  v.check((properties) => Object.keys(properties).length <= limits.PROPERTIES_MAX),
);
const brandedId = v.custom<EventId>((value) => parseEventId(value).ok);
const instant = v.custom<EpochMs>((value) => parseEpochMs(value).ok);
const url = v.pipe(text(limits.URL_CHARS_MAX), v.transform(pathOfRoute));
const eventSchema = v.object({
  i: brandedId,
  n: v.pipe(v.string(), v.check(isEventName)),
  t: instant,
  u: v.optional(url),
  r: v.optional(url),
  // A page's title is as long as it is; the event is worth more than its end.
  h: v.optional(
    v.pipe(
      v.string(),
      v.transform((title) => title.slice(0, limits.TEXT_CHARS_MAX)),
    ),
  ),
  p: v.optional(propertiesSchema),
  m: v.optional(commerceSchema),
});
/** The longest list of purposes in words: all of them, and what limits them. */
const CONSENT_CHARS_MAX = 100;
const bits = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(PURPOSE_BITS_KNOWN));
const purposes = v.union([bits, text(CONSENT_CHARS_MAX)]);
const source = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(CONSENT_SOURCES.length - 1));
const batchSchema = v.object({
  s: v.custom<SiteId>((value) => parseSiteId(value).ok),
  t: instant,
  c: v.union([
    // Who was not asked has chosen nothing, from no source.
    v.strictTuple([v.literal('u')]),
    // Strict: the shorter of two plain tuples would match first and lose the time.
    v.strictTuple([v.picklist(['u', 'r', 'g']), purposes, source]),
    v.strictTuple([v.picklist(['u', 'r', 'g']), purposes, source, instant]),
  ]),
  i: v.optional(v.custom<FirstPartyId>((value) => parseFirstPartyId(value).ok)),
  x: v.optional(v.pipe(text(limits.CONSENT_STRING_CHARS_MAX), v.minLength(1))),
  // Whatever the page has made of it, the events count.
  w: v.optional(v.unknown()),
  e: v.pipe(v.array(v.unknown()), v.minLength(1)),
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What takes away all that Global Privacy Control does, as the tag says it behind a page's words. */
const LIMITED = /(^|[\s,])limited(?=[\s,]|$)/g;
const bitsSaid = (said: string): PurposeBits => {
  const named = bitsOfWords(said.replace(LIMITED, ' '));
  return said.search(LIMITED) < 0 ? named : named & ~GPC_REMOVES;
};

const decodeConsent = ([state, said = 0, code = 0, at]: WireConsent): Consent => {
  if (state === 'u') return { state: 'unasked' };
  const made = { source: CONSENT_SOURCES[code] ?? 'none', ...(at === undefined ? {} : { at: at as EpochMs }) };
  const granted = typeof said === 'number' ? said : bitsSaid(said);
  if (state === 'r' || (typeof said === 'string' && granted === 0)) return { state: 'refused', ...made };
  return { state: 'granted', purposes: granted, ...made };
};

const decodeCommerce = (wire: WireCommerce): NonNullable<TrackEvent['commerce']> =>
  present<NonNullable<TrackEvent['commerce']>>({
    currency: wire.c,
    value: wire.v,
    tax: wire.x,
    shipping: wire.h,
    discount: wire.d,
    coupon: wire.k,
    transactionId: wire.o,
    items: wire.l?.map((item) =>
      present({
        id: item.i,
        name: item.n,
        category: item.c,
        brand: item.b,
        variant: item.v,
        price: item.p,
        quantity: item.q,
        discount: item.d,
      }),
    ),
  });

const decodeTrackEvent = (wire: v.InferOutput<typeof eventSchema>): TrackEvent =>
  present<TrackEvent>({
    id: wire.i,
    name: wire.n,
    at: wire.t,
    url: wire.u,
    referrer: wire.r,
    title: wire.h,
    properties: wire.p,
    // Empty, it only said that `p` holds properties.
    commerce: wire.m && Object.keys(wire.m).length > 0 ? decodeCommerce(wire.m as WireCommerce) : undefined,
  });

const pointerOf = (issue: v.BaseIssue<unknown> | undefined): string =>
  (issue?.path ?? [])
    // A key made by the visitor could be an identifier: only our own short keys and numbers are repeated.
    .map((step) => (typeof step.key === 'number' || /^[a-z]$/.test(String(step.key)) ? `/${String(step.key)}` : '/*'))
    .join('');

// Names that JavaScript gives a meaning to. valibot's record drops them in silence; here they are refused, so that
// nothing is lost unseen and no later code can be surprised by them.
const RESERVED_NAMES: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** An event whose parameters are mapped, and whether they had to be. */
const mapped = (raw: Readonly<Record<string, unknown>>): readonly [event: object, isMapped: boolean] => {
  const event = { ...raw, ...('i' in raw && { i: idOf(raw).id ?? raw['i'] }) };
  const params = Array.isArray(raw['p']) ? namedParams(raw['n'], raw['p']) : raw['p'];
  // A page that passes nothing passes `null` as well: who was logged in has logged out by `identify(null)`.
  if (params === null) return [{ ...event, p: undefined }, false];
  return isObject(params) && raw['m'] === undefined
    ? [{ ...event, p: undefined, ...readParams(params) }, true]
    : [event, false];
};

/** Reads one event in the wire's keys. */
export function decodeEvent(raw: unknown): DecodedEvent {
  if (!isObject(raw)) return { ...err('malformed_event'), pointer: '' };
  const plain = plainEvent(raw);
  return plain === undefined ? decodeEventBySchema(raw) : ok(plain);
}

/** The same for every event, plain ones too. */
export function decodeEventBySchema(raw: Readonly<Record<string, unknown>>): DecodedEvent {
  if (isObject(raw['p']) && Object.keys(raw['p']).some((name) => RESERVED_NAMES.includes(name))) {
    return { ...err('malformed_event'), pointer: '/p', ...idOf(raw) };
  }
  const [event, isMapped] = mapped(raw);
  if ('p' in event && isObject(event.p) && JSON.stringify(event.p).length > limits.PROPERTIES_CHARS_MAX) {
    return { ...err('properties_too_large'), pointer: '/p', ...idOf(raw) };
  }
  const parsed = v.safeParse(eventSchema, event, { abortEarly: true });
  if (parsed.success) return ok(decodeTrackEvent(parsed.output));
  const [issue] = parsed.issues;
  const keys = (issue.path ?? []).map(({ key }) => key);
  const pointer = isMapped && (keys[0] === 'm' || keys.length > 1) ? paramsPointer(keys) : pointerOf(issue);
  return { ...err('malformed_event'), pointer, ...idOf(raw) };
}

const idOf = (raw: Readonly<Record<string, unknown>>): { readonly id?: EventId } => {
  const given = parseEventId(raw['i']);
  const id = given.ok ? given : eventIdFromRandom(raw['i'], raw['t']);
  return id.ok ? { id: id.value } : {};
};

/** A message's own fields, or undefined where one is wrong. */
export const envelopeBySchema = (raw: unknown): WireEnvelope | undefined => {
  const envelope = v.safeParse(batchSchema, raw, { abortEarly: true });
  return envelope.success ? envelope.output : undefined;
};

/** Reads a message. One bad event never drops its batch: it is refused by itself, with a pointer. */
export function decodeBatch(body: string): Result<DecodedBatch, BatchRefusal> {
  let raw: unknown;
  try {
    raw = JSON.parse(body);
  } catch {
    return err('malformed_json');
  }
  if (!isObject(raw)) return err('malformed_batch');
  if (raw['v'] !== WIRE_VERSION) return err('unknown_version');
  const envelope = plainEnvelope(raw) ?? envelopeBySchema(raw);
  if (envelope === undefined) return err('malformed_batch');
  const { s, t, c, i, x, w } = envelope;
  const { events, withdrawn } = takeWithdrawals(envelope.e);
  return ok({
    site: s,
    sentAt: t,
    consent: decodeConsent(c),
    ...(i === undefined ? {} : { firstPartyId: i }),
    withdrawn,
    ...(x === undefined ? {} : { consentString: x }),
    automated: w === 1 || w === true,
    events: events.slice(0, limits.BATCH_EVENTS_MAX).map(decodeEvent),
    raw: events,
    overLimit: Math.max(0, events.length - limits.BATCH_EVENTS_MAX),
  });
}
