// core/site-policy.ts: a site's policy: a preset, and what the site made stricter or said of its own; read and checked.
import type { ConsentPolicy, PolicyPreset, PropertyValue, Result, WithoutConsent } from '../contract/index.ts';
import { bitsOf, err, ok, POLICIES, PURPOSE_BITS_SEPARATE, PURPOSES, purposesOf } from '../contract/index.ts';
import { CALLING_CODE, IDENTIFY_EVENT, withoutAccountIds } from './account.ts';
import { isPersonalName, scrubText, scrubValue } from './scrub.ts';

/**
 * What becomes of properties, or of titles, that look personal. `mask`: what looks so is masked. `reject`: the event is refused.
 * `allow-list`: only what the site listed is kept, and masked all the same.
 */
export const SCRUB_RULES = ['mask', 'reject', 'allow-list'] as const;
/** One of them. */
export type ScrubRule = (typeof SCRUB_RULES)[number];

/** Names or titles of one list at most. */
export const POLICY_LIST_MAX = 50;
/** Characters of one of them. */
export const POLICY_ENTRY_CHARS_MAX = 100;

/** A version of a site's policy. */
export interface SitePolicy extends ConsentPolicy {
  /** The site's country for phone numbers without one, such as `44`; '' where it has none. */
  readonly callingCode: string;
  /** Query parameters that are kept beside utm_*, scrubbed, as part of the path; sorted. */
  readonly query: readonly string[];
  readonly properties: ScrubRule;
  /** Names of properties that `allow-list` keeps. */
  readonly allowedProperties: readonly string[];
  readonly titles: ScrubRule;
  /** Titles that `allow-list` keeps, whole. */
  readonly allowedTitles: readonly string[];
}

/** The policy of a site that said no more than its preset. */
export const presetPolicy = (preset: PolicyPreset): SitePolicy => ({
  ...POLICIES[preset],
  callingCode: '',
  query: [],
  properties: 'mask',
  allowedProperties: [],
  titles: 'mask',
  allowedTitles: [],
});

/** Why a policy can't be set. */
export type PolicyRefusal =
  | 'looser_than_preset'
  | 'unknown_value'
  | 'malformed_calling_code'
  | 'too_many_entries'
  | 'malformed_entry'
  | 'personal_query';

// From what keeps most to what keeps nothing.
const STRICTNESS: readonly WithoutConsent[] = ['day', 'count', 'drop'];

/** Checks a policy: nothing in it may be looser than its preset, whose conditions would not hold any more. */
export function checkSitePolicy(policy: SitePolicy): Result<SitePolicy, PolicyRefusal> {
  const preset = POLICIES[policy.preset];
  const { callingCode, query, allowedProperties, allowedTitles } = policy;
  for (const when of ['unknown', 'refused'] as const) {
    if (!STRICTNESS.includes(policy[when])) return err('unknown_value');
    if (STRICTNESS.indexOf(policy[when]) < STRICTNESS.indexOf(preset[when])) return err('looser_than_preset');
  }
  if ((policy.purposes & ~preset.purposes) !== 0 || (policy.channelData && !preset.channelData)) {
    return err('looser_than_preset');
  }
  if ((policy.asks & ~PURPOSE_BITS_SEPARATE) !== 0) return err('unknown_value');
  if (!SCRUB_RULES.includes(policy.properties) || !SCRUB_RULES.includes(policy.titles)) return err('unknown_value');
  if (callingCode !== '' && !CALLING_CODE.test(callingCode)) return err('malformed_calling_code');
  const lists = [query, allowedProperties, allowedTitles];
  if (lists.some((list) => list.length > POLICY_LIST_MAX)) return err('too_many_entries');
  if (lists.some((list) => list.some((one) => one === '' || one.length > POLICY_ENTRY_CHARS_MAX))) {
    return err('malformed_entry');
  }
  if (!query.every((name) => /^[A-Za-z0-9_.-]+$/.test(name))) return err('malformed_entry');
  // Click ids name one click of one person; they are kept under no policy.
  if (query.some((name) => isPersonalName(name))) return err('personal_query');
  return ok({ ...policy, query: [...new Set(query)].sort() });
}

/** A policy as it is stored; purposes as words, so that a reader needs no table. */
export const sitePolicyText = ({ purposes, asks, ...policy }: SitePolicy): string =>
  JSON.stringify({ ...policy, purposes: purposesOf(purposes), asks: purposesOf(asks) });

/** Reads what {@link sitePolicyText} wrote, or undefined where it is something else. */
export function parseSitePolicy(text: string): SitePolicy | undefined {
  type Stored = Omit<SitePolicy, 'purposes' | 'asks'> & { readonly purposes?: unknown; readonly asks?: unknown };
  const { purposes, asks = [], ...stored } = JSON.parse(text) as Stored;
  if (!Object.hasOwn(POLICIES, stored.preset) || !Array.isArray(purposes) || !Array.isArray(asks)) return undefined;
  const bits = (said: readonly unknown[]): number => bitsOf(PURPOSES.filter((purpose) => said.includes(purpose)));
  const policy = { ...presetPolicy(stored.preset), ...stored, purposes: bits(purposes), asks: bits(asks) };
  const checked = checkSitePolicy(policy);
  return checked.ok ? checked.value : undefined;
}

/** What differs between two policies, by the names of the fields. */
export const policyChanges = (from: SitePolicy, to: SitePolicy): string[] =>
  (Object.keys(to) as (keyof SitePolicy)[]).filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]));

/** What of an event looks personal where the policy refuses such events: `p` its properties, `h` its title. */
export function personalPart(
  policy: Pick<SitePolicy, 'properties' | 'titles'>,
  event: {
    readonly name: string;
    readonly title?: string | undefined;
    readonly properties?: Readonly<Record<string, PropertyValue>> | undefined;
  },
): 'p' | 'h' | undefined {
  const { title, properties } = event;
  if (policy.titles === 'reject' && title !== undefined && scrubText(title) !== title) return 'h';
  if (policy.properties !== 'reject' || properties === undefined) return undefined;
  const looked = event.name === IDENTIFY_EVENT ? withoutAccountIds(properties) : properties;
  const isPersonal = ([name, value]: [string, PropertyValue]): boolean =>
    isPersonalName(name) || scrubText(name) !== name || scrubValue(value) !== value;
  return Object.entries(looked).some(isPersonal) ? 'p' : undefined;
}

/** The properties that a policy lets an event have; scrub them afterwards. */
export function allowedProperties(
  { properties: rule, allowedProperties: allowed }: Pick<SitePolicy, 'properties' | 'allowedProperties'>,
  properties: Readonly<Record<string, PropertyValue>>,
): Readonly<Record<string, PropertyValue>> {
  if (rule !== 'allow-list') return properties;
  return Object.fromEntries(Object.entries(properties).filter(([name]) => allowed.includes(name)));
}
