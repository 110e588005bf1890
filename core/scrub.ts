// core/scrub.ts: takes what could identify a person out of URLs, titles and properties before they are kept (P1).
import type { PropertyValue } from '../contract/index.ts';
import { plainParameters, plainUrl } from './plain-url.ts';

/** Digits in a row from which a number counts as identifying: phone, customer and card numbers are longer. */
export const DIGITS_MIN = 7;
/** Characters from which letters mixed with digits count as a token. */
export const TOKEN_CHARS_MIN = 20;
/** Rounds of percent-decoding; broken mailers encode twice, chains of redirects and attackers more often. */
const DECODE_ROUNDS_MAX = 6;

const SEPARATED_DIGITS = new RegExp(`\\+?\\p{Nd}(?:[\\s().\\-\u2010-\u2015_/]{0,3}\\p{Nd}){${DIGITS_MIN - 1},}`, 'gu');
const LONG_WORD = new RegExp(`[A-Za-z0-9_\\-.~+=]{${TOKEN_CHARS_MIN},}`, 'g');
const UUID = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;
// IPv4; IPv6 and hardware addresses written out; IPv6 with its zeros left out (RFC 5952), which is how most are written.
const ADDRESS =
  /(?:\d{1,3}\.){3}\d{1,3}|(?<![0-9a-z:])(?=[0-9a-f:.]*[0-9a-f])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{0,4}/gi;
/** Parameters that advertisers and mailers name one click of one person by. */
const CLICK_ID = /^(?:[a-z]{0,4}cl(?:id|kid)|[gw]braid|gad_source|li_fat_id|mc_eid|_ga|_gl)$/i;
/** Parts of a property's name, written together, that announce a person. */
const PERSONAL_PARTS = /email|phone|address|birthda|(?:user|client|customer|member|account|visitor|device)id/;
/** Property names that announce a person; compared as words of the name, so that `company_name` is caught, `filename` not. */
const PERSONAL_NAMES: ReadonlySet<string> = new Set([
  'email',
  'mail',
  'phone',
  'tel',
  'telephone',
  'mobile',
  'name',
  'firstname',
  'lastname',
  'surname',
  'fullname',
  'username',
  'login',
  'user',
  'uid',
  'member',
  'account',
  'contact',
  'userid',
  'customer',
  'customerid',
  'address',
  'street',
  'postcode',
  'zip',
  'birthday',
  'birthdate',
  'dob',
  'ssn',
  'passport',
  'iban',
  'card',
  'password',
  'token',
  'secret',
  'session',
  'ip',
  'order',
  'orderid',
  'transaction',
]);

// One run at a time: a stray "%" elsewhere in the text must not hide an encoded address.
const percentDecoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });

const CODE_POINT_MAX = 0x10ffff;
const entitiesDecoded = (text: string): string =>
  text
    .replaceAll(/&#(?:(\d{1,7})|x([0-9a-f]{1,6}));/gi, (entity: string, decimal?: string, hex?: string) => {
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= CODE_POINT_MAX ? String.fromCodePoint(code) : entity;
    })
    .replaceAll('&commat;', '@');

/** What a reader would see: without percent-encoding, entities, characters of no width, and wide or small letter forms (NFKC). */
const decoded = (text: string): string => {
  let current = text;
  for (let round = 0; round < DECODE_ROUNDS_MAX; round += 1) {
    const next = entitiesDecoded(percentDecoded(current));
    if (next === current) break;
    current = next;
  }
  return current.replaceAll(/\u00ad|[\u200b-\u200d]|\u2060|\ufeff/g, '').normalize('NFKC');
};

// Words and slugs are letters and hyphens; a token mixes in digits.
const looksRandom = (word: string): boolean =>
  /\d/.test(word) && /[A-Za-z]/.test(word) && !/^[a-z]+(?:-[a-z]+)*(?:-\d{1,4})?$/.test(word);

// The local part may hold / ? & = too (RFC 5322 atext): masking a little more of a text beats leaving half an address.
const NO_LOCAL = /[\s@<>()[\],;:"]/;
const DOMAIN = /\[[^\]\s]{1,255}\]|[^\s@/?&=<>()[\],;:"]+/y;
/** Characters between the quotes of a quoted local part. */
const QUOTED_CHARS_MAX = 64;

/** Where the local part begins that ends before the "@" at `at`, not before `from`; `at` where there is none. */
function localStart(text: string, from: number, at: number): number {
  if (text[at - 1] === '"') {
    const open = text.lastIndexOf('"', at - 2);
    const chars = at - 2 - open;
    return open >= from && chars >= 1 && chars <= QUOTED_CHARS_MAX && !text.slice(open, at).includes('@') ? open : at;
  }
  let start = at;
  while (start > from && !NO_LOCAL.test(text.charAt(start - 1))) start -= 1;
  return start;
}

// From each "@" to both sides, by hand: a pattern looks from every character to the end of a long word, and compatibility
// forms (one sign that is a whole word) made the words of one message long enough to hold the server up for a minute.
function maskEmails(text: string): string {
  let masked = '';
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (at < from) continue;
    const start = localStart(text, from, at);
    DOMAIN.lastIndex = at + 1;
    if (start === at || !DOMAIN.test(text)) continue;
    masked += `${text.slice(from, start)}[email]`;
    from = DOMAIN.lastIndex;
  }
  return masked + text.slice(from);
}

const maskIn = (text: string): string =>
  maskEmails(text.replaceAll(UUID, '[token]'))
    .replaceAll(ADDRESS, '[number]')
    .replaceAll(LONG_WORD, (word) => (looksRandom(word) ? '[token]' : word))
    .replaceAll(SEPARATED_DIGITS, '[number]');

// Everything that is masked holds one of these or is as long as a token: most texts need no closer look.
const SUSPICIOUS = new RegExp(`[@%:&\\p{Nd}\\uff20\\ufe6b]|.{${TOKEN_CHARS_MIN}}`, 'su');

const CODE_0 = 0x30;
const CODE_9 = 0x39;
const ASCII_MAX = 0x7f;
const codesOf = (marks: string): ReadonlySet<number> => new Set(Array.from(marks, (mark) => mark.charCodeAt(0)));
const MARKS = codesOf('@%:&');
const WORD_MARKS = codesOf('_-.~+=');
const isDigit = (code: number): boolean => code >= CODE_0 && code <= CODE_9;
const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
const DOT = 0x2e;

/**
 * Whether a text can hold nothing that is masked: ASCII without the marks of addresses and encodings, fewer digits than a
 * number, no word as long as a token, no dot between digits. Most page titles and paths are such; a look at each character
 * costs a tenth of the expressions.
 */
export function isHarmless(text: string): boolean {
  let digits = 0;
  let word = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > ASCII_MAX || MARKS.has(code)) return false;
    const digit = isDigit(code);
    if (digit) digits += 1;
    word = digit || isLetter(code) || WORD_MARKS.has(code) ? word + 1 : 0;
    if (digits >= DIGITS_MIN || word >= TOKEN_CHARS_MIN) return false;
    if (code === DOT && isDigit(text.charCodeAt(at - 1)) && isDigit(text.charCodeAt(at + 1))) return false;
  }
  return true;
}

/** The whole of {@link scrubText}, for texts that may hold something. */
export function scrubSuspicious(text: string): string {
  const plain = decoded(text);
  const masked = maskIn(plain);
  // Where nothing was found the text keeps its spelling, so that "100%25" stays what the page said.
  return masked === plain ? text : masked;
}

/** Masks e-mail addresses, network addresses, numbers of {@link DIGITS_MIN} digits and more, and tokens, percent-encoded ones too. */
export function scrubText(text: string): string {
  return isHarmless(text) || !SUSPICIOUS.test(text) ? text : scrubSuspicious(text);
}

/** What stands for the name of an event that looked like an identifier. */
export const MASKED_EVENT_NAME = 'masked_event';

/** Masks a whole event name that holds a number, a UUID or a token; words, steps and versions stay. */
export function scrubEventName(name: string): string {
  // Tokens and UUIDs are longer, and numbers have digits.
  if (name.length < TOKEN_CHARS_MIN && isHarmless(name)) return name;
  const spelt = name.replaceAll('_', '-');
  const isToken = name.split('_').some((part) => part.length >= TOKEN_CHARS_MIN && looksRandom(part));
  const isIdentifier = isToken || spelt.replaceAll(UUID, '').replaceAll(SEPARATED_DIGITS, '') !== spelt;
  return isIdentifier ? MASKED_EVENT_NAME : name;
}

/** Masks e-mail addresses alone: product codes and names are full of digits and describe no person. */
export const scrubProductText = (text: string): string => {
  const plain = decoded(text);
  const masked = maskEmails(plain);
  return masked === plain ? text : masked;
};

/** Whether the name of a property or parameter announces a person, or one click of a person. */
export function isPersonalName(name: string): boolean {
  const plain = name.normalize('NFKC');
  const words = plain
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/);
  return CLICK_ID.test(plain) || words.some((word) => PERSONAL_NAMES.has(word)) || PERSONAL_PARTS.test(words.join(''));
}

/** Scrubs one property's value. */
export const scrubValue = (value: PropertyValue): PropertyValue => {
  if (typeof value === 'string') return scrubText(value);
  // A phone or customer number sent as a number is one all the same.
  return typeof value === 'number' && Math.abs(value) >= 10 ** (DIGITS_MIN - 1) ? '[number]' : value;
};

/** Scrubs properties: values as texts, and every value under a name that announces a person becomes `[masked]`. */
export function scrubProperties(properties: Readonly<Record<string, PropertyValue>>): Record<string, PropertyValue> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      scrubText(name),
      isPersonalName(name) ? '[masked]' : scrubValue(value),
    ]),
  );
}

/** What is kept of a page's URL. */
export interface ScrubbedUrl {
  readonly path: string;
  /** utm_* parameters alone, scrubbed and sorted, as a query string; absent where there are none. */
  readonly campaign?: string;
}

/** Campaign parameters that may be kept; everything else of a query is dropped. */
export const CAMPAIGN_PARAMETERS: readonly string[] = [
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'utm_id',
];

const parsed = (url: string): URL | undefined => {
  try {
    // Entities first: the "&#" of a page that escaped its link twice would cut an address in half, and leave the name.
    return new URL(entitiesDecoded(url));
  } catch {
    return undefined;
  }
};

const scrubPath = (path: string): string =>
  isHarmless(path)
    ? path
    : path
        .split('/')
        .map((segment) => scrubText(segment))
        .join('/');

const parametersOf = (names: readonly string[], parameter: (name: string) => string | null): string =>
  names
    .flatMap((name) => {
      const value = parameter(name);
      return value === null || value === '' ? [] : [`${name}=${encodeURIComponent(scrubText(value))}`];
    })
    .join('&');
const campaignOf = (parameter: (name: string) => string | null): string => parametersOf(CAMPAIGN_PARAMETERS, parameter);

const NO_PARAMETERS: readonly string[] = [];

/** A path with the parameters that its site keeps. */
const pathOf = (
  path: string,
  kept: readonly string[],
  query: string,
  parameter: () => (name: string) => string | null,
): string => {
  if (kept.length === 0 || query === '') return scrubPath(path);
  const allowed = parametersOf(kept, parameter());
  return allowed === '' ? scrubPath(path) : `${scrubPath(path)}?${allowed}`;
};

/**
 * Keeps path and campaign parameters of an http(s) URL; host, credentials, other parameters and fragment go.
 * @param kept parameters that stay as part of the path, scrubbed, in this order: the list of the site's policy.
 */
export function scrubUrl(url: string, kept: readonly string[] = NO_PARAMETERS): ScrubbedUrl | undefined {
  const plain = plainUrl(url);
  if (plain !== undefined) {
    const { query } = plain;
    const campaign = query.includes('utm_') ? campaignOf(plainParameters(query)) : '';
    const path = pathOf(plain.path, kept, query, () => plainParameters(query));
    return campaign === '' ? { path } : { path, campaign };
  }
  const address = parsed(url);
  if (address === undefined || !/^https?:$/.test(address.protocol)) return undefined;
  const parameter = (name: string): string | null => address.searchParams.get(name);
  const path = pathOf(address.pathname, kept, address.search, () => parameter);
  const campaign = campaignOf(parameter);
  return campaign === '' ? { path } : { path, campaign };
}

/** Keeps the host of a referrer alone. */
export function scrubReferrer(url: string): string | undefined {
  const plain = plainUrl(url);
  if (plain !== undefined) return scrubText(plain.host);
  const address = parsed(url);
  return address !== undefined && /^https?:$/.test(address.protocol) ? scrubText(address.hostname) : undefined;
}
