// core/account.ts: what an account is known by, brought to one spelling before a pseudonym is made of it (docs/identity.md).
import type { PropertyValue, Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';

/** The event that says who a visitor is to the site. */
export const IDENTIFY_EVENT = 'identify';
/** What an account may be known by, strongest first; also the names of the event's parameters. */
export const ACCOUNT_KINDS = ['user_id', 'email', 'phone'] as const;
/** One of them. */
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** An id in its one spelling. It is personal data: it goes into an HMAC and nowhere else (P1). */
export interface AccountId {
  readonly kind: AccountKind;
  readonly value: string;
}

const USER_ID_CHARS_MAX = 200;
/** RFC 5321 §4.5.3.1.1. */
const LOCAL_CHARS_MAX = 64;
/** RFC 1035 §2.3.4. */
const DOMAIN_CHARS_MAX = 253;
/** ITU-T E.164 §6.2.1: 15 digits with the country's; no number that can be called has fewer than 8. */
const E164 = /^\+[1-9]\d{7,14}$/;
/** A calling code as a site names its default: ITU-T E.164 has 1 to 3 digits. */
export const CALLING_CODE: RegExp = /^[1-9]\d{0,2}$/;
/**
 * What is dialled before a number inside its country and is no part of it, where it is not "0". In Italy, San Marino
 * and the Vatican the 0 belongs to the number.
 */
const TRUNK_PREFIXES: ReadonlyMap<string, string> = new Map([
  ['1', '1'],
  ['7', '8'],
  ['36', '06'],
  ['39', ''],
  ['378', ''],
  ['379', ''],
]);
/** What programs write where they have no id: linked by one of these, strangers would become one. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  '0',
  '-1',
  'anonymous',
  'anon',
  'false',
  'guest',
  'id',
  'n/a',
  'na',
  'nan',
  'nil',
  'none',
  'not_set',
  'null',
  'true',
  'undefined',
  'unknown',
  'user',
  '(not set)',
  '[object object]',
]);

/** Trimmed, in compatibility form: wide letters and digits become the plain ones. */
const plain = (text: string): string => text.normalize('NFKC').trim();

function userId(text: string): string | undefined {
  // Not lower-cased: in many systems "aB1" and "Ab1" are two people.
  const id = plain(text);
  return id === '' || id.length > USER_ID_CHARS_MAX || PLACEHOLDERS.has(id.toLowerCase()) ? undefined : id;
}

/** A domain as ASCII (UTS 46, as URLs have it), or undefined where it is none. */
function domainOf(text: string): string | undefined {
  if (!/^[^\s/?#:@\\[\]%<>^|]+$/u.test(text) || !URL.canParse(`http://${text}`)) return undefined;
  const host = new URL(`http://${text}`).hostname.replace(/\.$/, '');
  const isName = host.includes('.') && !host.includes('..') && !/^[\d.]+$/.test(host);
  return isName && host.length <= DOMAIN_CHARS_MAX ? host : undefined;
}

function email(text: string): string | undefined {
  const address = plain(text).toLowerCase();
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  // Dots and "+tags" stay: that they mean nothing is one provider's rule, and a wrong guess would join two people.
  if (local.length === 0 || local.length > LOCAL_CHARS_MAX || /[\s"(),:;<>@[\\\]]/.test(local)) return undefined;
  const domain = domainOf(address.slice(at + 1));
  return domain === undefined ? undefined : `${local}@${domain}`;
}

function phone(text: string, callingCode: string | undefined): string | undefined {
  // "(0)" is written for callers at home: beside a country's code it is not dialled.
  const dialled = plain(text).replace(/^((?:\+|00)[\d\s]*)\(0\)/, '$1');
  const digits = dialled.replaceAll(/[\s().\-\u2010-\u2015_/]/g, '');
  if (!/^\+?\d+$/.test(digits)) return undefined;
  const abroad = callingCode === '1' ? /^(?:\+|00|011)/ : /^(?:\+|00)/;
  let number = digits.replace(abroad, '+');
  if (!number.startsWith('+')) {
    if (callingCode === undefined) return undefined;
    const trunk = TRUNK_PREFIXES.get(callingCode) ?? '0';
    number = `+${callingCode}${trunk !== '' && digits.startsWith(trunk) ? digits.slice(trunk.length) : digits}`;
  }
  return E164.test(number) ? number : undefined;
}

/**
 * Reads an id of one kind as a page or a person writes it.
 * @param callingCode the site's country for phone numbers without one, such as `44`.
 * @returns its one spelling, or `malformed`: no such id, a placeholder, or a phone number whose country nobody knows.
 */
export function parseAccountId(kind: AccountKind, text: string, callingCode?: string): Result<AccountId, 'malformed'> {
  const value = kind === 'user_id' ? userId(text) : kind === 'email' ? email(text) : phone(text, callingCode);
  return value === undefined ? err('malformed') : ok({ kind, value });
}

/** The ids of an event's properties; the first that is malformed is named instead, without its value. */
export function accountIdsOf(
  properties: Readonly<Record<string, PropertyValue>>,
  callingCode?: string,
): Result<readonly AccountId[], AccountKind> {
  const ids: AccountId[] = [];
  for (const kind of ACCOUNT_KINDS) {
    const given = properties[kind];
    // An empty one is what a page has of a visitor who is not logged in.
    if (given === undefined || given === '') continue;
    const id = parseAccountId(kind, String(given), callingCode);
    if (!id.ok) return err(kind);
    ids.push(id.value);
  }
  return ok(ids);
}

/** Properties without the ids. */
export const withoutAccountIds = (properties: Readonly<Record<string, PropertyValue>>): Record<string, PropertyValue> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !ACCOUNT_KINDS.some((kind) => kind === name)));
