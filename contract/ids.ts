// contract/ids.ts: branded ids and the only places that may make them from plain values.
import type { Result } from './result.ts';
import { err, ok } from './result.ts';

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A site's public name: 1 to 63 lower-case letters, digits and hyphens, starting with a letter or digit. */
export type SiteId = Brand<string, 'SiteId'>;
/** A UUIDv7 in its canonical lower-case form (RFC 9562 §5.7), made once where the event happened. */
export type EventId = Brand<string, 'EventId'>;
/** A pseudonym of 12 bytes as 24 lower-case hex digits; meaningless once its salt is destroyed. */
export type VisitorKey = Brand<string, 'VisitorKey'>;
/** A pseudonymised order id: 12 bytes as 24 lower-case hex digits. */
export type OrderKey = Brand<string, 'OrderKey'>;
/** A random id the browser keeps after consent; it never reaches a table, log or queue (P1). */
export type FirstPartyId = Brand<string, 'FirstPartyId'>;
/** Milliseconds since 1970-01-01T00:00:00Z, a safe integer. */
export type EpochMs = Brand<number, 'EpochMs'>;

/** One day in milliseconds. UTC days have no leap seconds in this count. */
export const DAY_MS = 86_400_000;
/** One hour in milliseconds. */
export const HOUR_MS = 3_600_000;
/** One minute in milliseconds. */
export const MINUTE_MS = 60_000;
/** The latest instant a `Date` can hold (ECMA-262 §21.4.1.1). */
const EPOCH_MS_MAX = 8.64e15;

const SITE_ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const FOUR_WORDS = /^\d{1,10}(?:-\d{1,10}){3}$/;
/** What a random number of 32 bits stays below. */
const WORD_LIMIT = 2 ** 32;
// 128 random bits need 22 base64url characters; a UUID has 36.
const FIRST_PARTY_ID = /^[A-Za-z0-9_-]{22,64}$/;

const parser =
  <T>(matches: (text: string) => boolean) =>
  (value: unknown): Result<T, 'malformed'> =>
    typeof value === 'string' && matches(value) ? ok(value as T) : err('malformed');

/** Reads a site id; refuses anything but its exact form. */
export const parseSiteId: (value: unknown) => Result<SiteId, 'malformed'> = parser((text) => SITE_ID.test(text));
/** Reads an event id; refuses other UUID versions and upper case, so that one event has one spelling. */
export const parseEventId: (value: unknown) => Result<EventId, 'malformed'> = parser((text) => UUID_V7.test(text));
/** Reads a first-party id: 22 to 64 base64url characters, so that a guessable one is refused. */
export const parseFirstPartyId: (value: unknown) => Result<FirstPartyId, 'malformed'> = parser((text) =>
  FIRST_PARTY_ID.test(text),
);
/** Reads an instant; refuses fractions, negatives and what `Date` can't hold. */
export const parseEpochMs = (value: unknown): Result<EpochMs, 'malformed'> =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= EPOCH_MS_MAX
    ? ok(value as EpochMs)
    : err('malformed');

/** A UUIDv7 from an instant and 18 random hex digits or more (RFC 9562 §5.7: of its 74 random bits 72 are used). */
const uuidV7 = (at: number, hex: string): string =>
  (at.toString(16).padStart(12, '0') + hex).replace(/(.{8})(.{4})(.{3})(.{3})(.{12}).*/, '$1-$2-7$3-8$4-$5');

/** Makes a UUIDv7 from an instant and 10 random bytes. The importer and tests share it; nobody else makes event ids. */
export const eventIdFrom = (at: number, random: Uint8Array): EventId =>
  uuidV7(at, Array.from(random, (byte) => (byte + 256).toString(16).slice(1)).join('')) as EventId;

/**
 * Makes the UUIDv7 of an event whose client gave the random part alone: four numbers of 32 bits (the tag, to which every
 * byte of code is dear), or a UUIDv4. The event's time is added. The same event comes to the same id however often it
 * is sent.
 */
export function eventIdFromRandom(id: unknown, at: unknown): Result<EventId, 'malformed'> {
  if (typeof id !== 'string' || typeof at !== 'number') return err('malformed');
  if (UUID_V4.test(id)) {
    return parseEventId(`${at.toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-7${id.slice(15)}`);
  }
  const words = FOUR_WORDS.test(id) ? id.split('-').map(Number) : [];
  if (words.length === 0 || words.some((word) => word >= WORD_LIMIT)) return err('malformed');
  return parseEventId(uuidV7(at, words.map((word) => word.toString(16).padStart(8, '0')).join('')));
}
