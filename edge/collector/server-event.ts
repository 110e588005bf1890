// edge/collector/server-event.ts: an event in words, as a back end or an import gives it → the wire's keys, and who it is of.
import * as v from 'valibot';
import type { Consent, EpochMs, EventId, FirstPartyId, Result } from '../../contract/index.ts';
import {
  bitsOf,
  err,
  eventIdFrom,
  ok,
  parseEpochMs,
  parseEventId,
  parseFirstPartyId,
  PURPOSES,
} from '../../contract/index.ts';
import type { Hmac } from '../../core/index.ts';
import { lengthPrefixed, parseSource, truncateAddress } from '../../core/index.ts';

/** Characters of an id that is the sender's own and no UUID. */
const OWN_ID_CHARS_MAX = 200;
const USER_AGENT_CHARS_MAX = 512;
const RANDOM_BYTES = 10;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
// With a zone: without one the same text is another instant on every machine.
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/;

const timeOf = (given: unknown): EpochMs | undefined => {
  const at = parseEpochMs(typeof given === 'string' && ISO_TIME.test(given) ? Date.parse(given) : given);
  return at.ok ? at.value : undefined;
};

/** What is known of a choice, in words; see docs/ingest.md. */
export const consentSchema = v.variant('state', [
  v.strictObject({ state: v.literal('unasked') }),
  v.strictObject({ state: v.literal('refused'), at: v.optional(v.number()) }),
  v.strictObject({
    state: v.literal('granted'),
    purposes: v.pipe(v.array(v.picklist(PURPOSES)), v.minLength(1)),
    at: v.optional(v.number()),
  }),
]);

/** Where an event comes from, in a word; see core/context.ts. */
export const sourceSchema = v.custom<string>((given) => parseSource(given) !== undefined);

const time = v.custom<number | string>((given) => timeOf(given) !== undefined);
/** An event in words. What it happened with (`params`) is read as a page's parameters are, by the wire's own reader. */
export const serverEventSchema = v.strictObject({
  /** A UUID (v4 or v7) made once, or the sender's own id of at most 200 characters. */
  id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(OWN_ID_CHARS_MAX))),
  name: v.string(),
  /** Milliseconds since 1970, or ISO 8601 with a zone. */
  time,
  url: v.optional(v.string()),
  referrer: v.optional(v.string()),
  title: v.optional(v.string()),
  params: v.optional(v.record(v.string(), v.unknown())),
  /** The id the browser keeps after consent. */
  first_party_id: v.optional(v.custom<FirstPartyId>((given) => parseFirstPartyId(given).ok)),
  /** The visitor's network address, as the back end saw it. */
  address: v.optional(
    v.pipe(
      v.string(),
      v.check((given) => truncateAddress(given) !== undefined),
    ),
  ),
  user_agent: v.optional(v.string()),
  consent: v.optional(consentSchema),
  source: v.optional(sourceSchema),
  /** The visitor's browser sent `Sec-GPC: 1`. */
  gpc: v.optional(v.boolean()),
});
type ServerEvent = v.InferOutput<typeof serverEventSchema>;

/** What a batch says for all of its events that say nothing themselves. */
export interface Defaults {
  readonly consent: v.InferOutput<typeof consentSchema> | undefined;
  readonly gpc: boolean;
  readonly source: string;
}

/** An event in the wire's keys, and what a page's message would say around it. */
export interface WireInput {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly consent: Consent;
  readonly gpc: boolean;
  readonly source: string;
  readonly firstPartyId: FirstPartyId | undefined;
  readonly sender: { readonly userAgent: string; readonly network?: string };
}

function consentOf(given: Defaults['consent']): Consent {
  if (given === undefined || given.state === 'unasked') return { state: 'unasked' };
  const at = parseEpochMs(given.at);
  const made = { source: 'import' as const, ...(at.ok ? { at: at.value } : {}) };
  return given.state === 'refused'
    ? { state: 'refused', ...made }
    : { state: 'granted', purposes: bitsOf(given.purposes), ...made };
}

/** A text without its values for an id: HMAC under the site's long salt, so that nobody can try what it was made of. */
export async function idFrom(hmac: Hmac, site: string, at: number, text: string): Promise<EventId> {
  const digest = await hmac(lengthPrefixed(['hushtag event id 1', site, text]));
  return eventIdFrom(at, digest.subarray(0, RANDOM_BYTES));
}

/** Keys of the wire by the words here, and back. */
const KEY_OF: Readonly<Record<string, string>> = {
  id: 'i',
  name: 'n',
  time: 't',
  url: 'u',
  referrer: 'r',
  title: 'h',
  params: 'p',
};
const WORD_OF = new Map(Object.entries(KEY_OF).map(([word, key]) => [key, word]));

/** A pointer of the wire's reader in the words of the sender. */
export const pointerInWords = (pointer: string): string =>
  pointer.replace(/^\/([a-z])(?=\/|$)/, (whole, key: string) => (WORD_OF.has(key) ? `/${WORD_OF.get(key)}` : whole));

/** The event in the wire's keys as far as it goes, for a dead letter of one that can't be read. */
export function roughlyWire(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  return Object.fromEntries(
    Object.entries(raw).flatMap(([word, value]) => (Object.hasOwn(KEY_OF, word) ? [[KEY_OF[word], value]] : [])),
  );
}

/** The source of an event that can't be read as a whole. */
export const roughSource = (raw: unknown, defaults: Defaults): string =>
  parseSource(typeof raw === 'object' && raw !== null && 'source' in raw ? raw.source : undefined) ?? defaults.source;

const namedPointer = (path: readonly { readonly key: unknown }[] | undefined): string =>
  (path ?? [])
    .slice(0, 3)
    .map(({ key }) => (typeof key === 'string' && Object.hasOwn(serverEventSchema.entries, key) ? `/${key}` : '/*'))
    .join('');

/**
 * Reads an event in words.
 * @param hmac of the site's long salt: makes the id of an event whose sender gives its own, or none.
 * @param ownId what an event without an id is known by; undefined where it must have one.
 * @returns or the pointer to what is wrong.
 */
export async function readServerEvent(
  raw: unknown,
  defaults: Defaults,
  { site, hmac, ownId }: { readonly site: string; readonly hmac: Hmac; readonly ownId: string | undefined },
): Promise<Result<WireInput, string>> {
  const parsed = v.safeParse(serverEventSchema, raw, { abortEarly: true });
  if (!parsed.success) return err(namedPointer(parsed.issues[0].path));
  const event: ServerEvent = parsed.output;
  const at = timeOf(event.time);
  const named = event.id ?? ownId;
  if (at === undefined) return err('/time');
  if (named === undefined) return err('/id');
  const isUuid = parseEventId(named).ok || UUID.test(named);
  const network = event.address === undefined ? undefined : truncateAddress(event.address);
  const userAgent = (event.user_agent ?? '').slice(0, USER_AGENT_CHARS_MAX);
  return ok({
    raw: {
      i: isUuid ? named : await idFrom(hmac, site, at, named),
      n: event.name,
      t: at,
      ...(event.url === undefined ? {} : { u: event.url }),
      ...(event.referrer === undefined ? {} : { r: event.referrer }),
      ...(event.title === undefined ? {} : { h: event.title }),
      ...(event.params === undefined ? {} : { p: event.params }),
    },
    consent: consentOf(event.consent ?? defaults.consent),
    gpc: event.gpc ?? defaults.gpc,
    source: event.source ?? defaults.source,
    firstPartyId: event.first_party_id,
    sender: network === undefined ? { userAgent } : { userAgent, network },
  });
}
