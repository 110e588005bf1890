// core/context.ts: where and how an event came, as a few words from closed lists; and its one text, by which it is stored once.
//
// The lists are at rest as positions: new words are appended, none is moved.

/** Classes of devices. */
export const DEVICES = ['unknown', 'desktop', 'mobile', 'tablet', 'tv', 'console'] as const;
/** Families of browsers; what is built on Chrome and says its own name is its own. */
export const BROWSERS = [
  'other', 'chrome', 'safari', 'firefox', 'edge', 'opera', 'samsung_internet', 'duckduckgo', 'yandex', 'uc', 'vivaldi',
  'in_app',
] as const; // biome-ignore format: a vocabulary reads better in rows
/** Families of operating systems. */
export const SYSTEMS = ['other', 'windows', 'macos', 'ios', 'android', 'linux', 'chrome_os', 'harmony_os'] as const;
/** How a visitor came: GA4's default channel groups; `none` where an event says nothing of it or came from the site itself. */
export const CHANNELS = [
  'none', 'direct', 'organic_search', 'organic_social', 'organic_video', 'organic_shopping', 'paid_search', 'paid_social',
  'paid_video', 'paid_shopping', 'paid_other', 'display', 'cross_network', 'email', 'affiliates', 'referral', 'audio', 'sms',
  'mobile_push', 'ai_assistant', 'unassigned',
] as const; // biome-ignore format: a vocabulary reads better in rows

/** Where events come from, as far as it has a name of ours; a site may use a word of its own ({@link parseSource}). */
export const SOURCES = ['web', 'app', 'crm', 'social', 'server', 'import', 'email', 'support', 'till'] as const;
/** The source of an event that names none: the tag's. */
export const DEFAULT_SOURCE = 'web';
const SOURCE_CHARS_MAX = 24;

/**
 * A source: one of {@link SOURCES}, or the site's own word of at most 24 lower-case letters, with hyphens inside. No digits:
 * whatever tells one person from another is most often a number (P1).
 */
export const parseSource = (given: unknown): string | undefined =>
  typeof given === 'string' && given.length <= SOURCE_CHARS_MAX && /^[a-z]+(?:-[a-z]+)*$/.test(given)
    ? given
    : undefined;

/** A class of devices. */
export type Device = (typeof DEVICES)[number];
/** A family of browsers. */
export type Browser = (typeof BROWSERS)[number];
/** A family of operating systems. */
export type System = (typeof SYSTEMS)[number];
/** A channel group. */
export type Channel = (typeof CHANNELS)[number];

/** Where a network lies, as far as anybody looked it up. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** ISO 3166-2 without its country, such as `BE` of `DE-BE`. */
  readonly region?: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone?: string;
}

/** Everything a context says. Texts are '' where nothing is known. */
export interface EventContext {
  readonly country: string;
  readonly region: string;
  readonly device: Device;
  readonly browser: Browser;
  readonly os: System;
  /** ISO 639-1. */
  readonly language: string;
  readonly timeZone: string;
  readonly channel: Channel;
  /** Absent: {@link DEFAULT_SOURCE}. */
  readonly source?: string | undefined;
}

/** A context as it is stored: texts, and positions in the lists above. */
export type StoredContext = readonly [
  country: string,
  region: string,
  device: number,
  browser: number,
  os: number,
  language: string,
  timeZone: string,
  channel: number,
  source: string,
];

/** A context's one text: its fields in order, apart by `|`, which is in none of them; the default source is left out. */
export function contextCode(context: EventContext): string {
  const { country, region, device, browser, os, language, timeZone, channel, source = DEFAULT_SOURCE } = context;
  const codes = `${DEVICES.indexOf(device)}|${BROWSERS.indexOf(browser)}|${SYSTEMS.indexOf(os)}`;
  const text = `${country}|${region}|${codes}|${language}|${timeZone}|${CHANNELS.indexOf(channel)}`;
  return source === DEFAULT_SOURCE ? text : `${text}|${source}`;
}

/** The text of a context of which nothing but its source is known; undefined where that is the default: no context says as much. */
export const sourceCode = (source: string | undefined): string | undefined =>
  source === undefined || source === DEFAULT_SOURCE ? undefined : contextCode({ ...UNKNOWN, source });

const UNKNOWN: EventContext = {
  country: '',
  region: '',
  device: 'unknown',
  browser: 'other',
  os: 'other',
  language: '',
  timeZone: '',
  channel: 'none',
};

/** The stored fields of a text of {@link contextCode}. */
export function storedContext(code: string): StoredContext {
  const [
    country = '',
    region = '',
    device,
    browser,
    os,
    language = '',
    timeZone = '',
    channel,
    source = DEFAULT_SOURCE,
  ] = code.split('|');
  return [country, region, Number(device), Number(browser), Number(os), language, timeZone, Number(channel), source];
}
