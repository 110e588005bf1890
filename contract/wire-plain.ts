// contract/wire-plain.ts: page views and envelopes as every tag sends them, read without the schema: the busiest messages by far.
// What is not plain, a mistake included, is left to wire-decode.ts, whose schema says what is right; a test holds the two equal.
import { CONSENT_SOURCES } from './consent.ts';
import type { TrackEvent } from './events.ts';
import { isEventName } from './events.ts';
import type { EpochMs, FirstPartyId, SiteId } from './ids.ts';
import { parseEpochMs, parseEventId, parseFirstPartyId, parseSiteId } from './ids.ts';
import { TEXT_CHARS_MAX, URL_CHARS_MAX } from './limits.ts';
import { PURPOSE_BITS_KNOWN } from './purposes.ts';
import type { WireConsent } from './wire.ts';

type Fields = Readonly<Record<string, unknown>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

// A field that is not named here may mean something: to its schema it goes.
const EVENT_FIELDS: ReadonlySet<string> = new Set(['i', 'n', 't', 'u', 'r', 'h']);
const ENVELOPE_FIELDS: ReadonlySet<string> = new Set(['v', 's', 't', 'c', 'i', 'w', 'e']);

function hasOnly(fields: Fields, known: ReadonlySet<string>): boolean {
  for (const field in fields) if (!known.has(field)) return false;
  return true;
}

const isUrlText = (value: unknown): value is string | undefined =>
  value === undefined ||
  (typeof value === 'string' &&
    value.length <= URL_CHARS_MAX &&
    !value.includes('#/')) /* a route is the schema's to read */;

/** The event, where it has neither parameters nor a mistake. */
export function plainEvent(raw: Fields): TrackEvent | undefined {
  if (!hasOnly(raw, EVENT_FIELDS)) return undefined;
  const { i, n, t, u, r, h } = raw;
  const id = parseEventId(i);
  const at = parseEpochMs(t);
  if (!id.ok || !at.ok || typeof n !== 'string' || !isEventName(n)) return undefined;
  if (!isUrlText(u) || !isUrlText(r) || (h !== undefined && typeof h !== 'string')) return undefined;
  const event: Writable<TrackEvent> = { id: id.value, name: n, at: at.value };
  if (u !== undefined) event.url = u;
  if (r !== undefined) event.referrer = r;
  if (h !== undefined) event.title = h.length > TEXT_CHARS_MAX ? h.slice(0, TEXT_CHARS_MAX) : h;
  return event;
}

/** A message's own fields. */
export interface WireEnvelope {
  readonly s: SiteId;
  readonly t: EpochMs;
  readonly c: WireConsent;
  readonly i?: FirstPartyId | undefined;
  readonly x?: string | undefined;
  readonly w?: unknown;
  readonly e: readonly unknown[];
}

const isWhole = (value: unknown, max: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;

function isPlainConsent(c: unknown): c is WireConsent {
  if (!Array.isArray(c) || c.length < 3 || c.length > 4) return false;
  const [state, bits, source, at] = c as readonly unknown[];
  if (state !== 'u' && state !== 'r' && state !== 'g') return false;
  if (!isWhole(bits, PURPOSE_BITS_KNOWN) || !isWhole(source, CONSENT_SOURCES.length - 1)) return false;
  return c.length === 3 || parseEpochMs(at).ok;
}

/** The envelope, where its purposes are bits and it has no mistake. */
export function plainEnvelope(raw: Fields): WireEnvelope | undefined {
  if (!hasOnly(raw, ENVELOPE_FIELDS)) return undefined;
  const { s, t, c, i, w, e } = raw;
  const site = parseSiteId(s);
  const sentAt = parseEpochMs(t);
  if (!site.ok || !sentAt.ok || !isPlainConsent(c) || !Array.isArray(e) || e.length === 0) return undefined;
  const id = i === undefined ? undefined : parseFirstPartyId(i);
  if (id?.ok === false) return undefined;
  return { s: site.value, t: sentAt.value, c, i: id?.value, w, e };
}
