// core/site-traits.ts: traits that a site defines over its own events, read with pointed problems.
import * as v from 'valibot';
import type { PropertyValue, Result, TraitUnit } from '../contract/index.ts';
import { err, isEventName, ok, PROPERTY_NAME_CHARS_MAX, WINDOW_DAYS_MAX } from '../contract/index.ts';

/** The version of the language; definitions of another are refused, never guessed at. */
export const SITE_TRAITS_VERSION = 1;
/** Traits that one site defines: bounds what one event costs and how long a profile gets. */
export const SITE_TRAITS_MAX = 20;
/** Event names of one trait, and conditions on their fields. */
export const TRAIT_EVENTS_MAX = 10;
/** See {@link TRAIT_EVENTS_MAX}. */
export const TRAIT_CONDITIONS_MAX = 5;
/** Values that one condition lists, and characters of a text in one. */
const VALUES_MAX = 20;
const TEXT_CHARS_MAX = 300;
const DESCRIPTION_CHARS_MAX = 200;
/** Problems of definitions that are told at once. */
const PROBLEMS_MAX = 20;
const NUMBER_MAX = 1_000_000_000;

/** Fields of an event that hold texts, and those that hold amounts in minor units. */
const TEXT_FIELDS = ['path', 'referrer', 'campaign', 'currency', 'source'] as const;
const AMOUNT_FIELDS = ['value', 'discount'] as const;
const PROPERTY_PREFIX = 'properties.';

/** A field of the event itself, or `properties.NAME`. */
export type TraitField = (typeof TEXT_FIELDS)[number] | (typeof AMOUNT_FIELDS)[number] | `properties.${string}`;

/** What a field has to be; all that is said holds. A field that an event lacks fulfils `known: false` alone. */
export interface TraitCheck {
  readonly field: TraitField;
  /** One of these. */
  readonly is?: readonly PropertyValue[];
  readonly starts_with?: string;
  readonly at_least?: number;
  readonly at_most?: number;
  readonly known?: boolean;
}

/** Which events are meant. */
export interface TraitEvents {
  readonly events: readonly string[];
  readonly where?: readonly TraitCheck[];
}

/** Events and a field of theirs. */
export interface TraitEventsField extends TraitEvents {
  readonly field: TraitField;
}

/** A count of events, or with a field its sum. */
export type TraitPart = TraitEvents & { readonly field?: TraitField };

/** What is made of events. */
export type TraitMaking =
  | { readonly count: TraitEvents }
  | { readonly sum: TraitEventsField }
  | { readonly first: TraitEventsField }
  | { readonly last: TraitEventsField }
  | { readonly distinct: TraitEventsField }
  | { readonly ratio: { readonly of: TraitPart; readonly to: TraitPart } };

/** One trait that a site defines. */
export type SiteTrait = TraitMaking & {
  readonly id: string;
  readonly description?: string;
  readonly unit?: TraitUnit;
  /** UTC days, today included; without it ever. */
  readonly window_days?: number;
};

/** One fault of definitions. */
export interface TraitProblem {
  readonly reason: 'malformed' | 'unknown_version' | 'taken_id' | 'same_id';
  /** JSON Pointer (RFC 6901) to where it is. */
  readonly pointer: string;
  /** What would be right; repeats nothing of the definitions. */
  readonly detail: string;
}

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(TEXT_CHARS_MAX));
const limit = v.pipe(v.number(), v.finite(), v.minValue(-NUMBER_MAX), v.maxValue(NUMBER_MAX));
const isProperty = (name: string): boolean =>
  name.startsWith(PROPERTY_PREFIX) &&
  name.length > PROPERTY_PREFIX.length &&
  name.length <= PROPERTY_PREFIX.length + PROPERTY_NAME_CHARS_MAX;
const FIELDS_HELP = `one of ${[...TEXT_FIELDS, ...AMOUNT_FIELDS].join(', ')} or properties.NAME`;
const field = v.custom<TraitField>(
  (value) =>
    typeof value === 'string' && ([...TEXT_FIELDS, ...AMOUNT_FIELDS].some((one) => one === value) || isProperty(value)),
  `Expected ${FIELDS_HELP}.`,
);
const number = v.custom<TraitField>(
  (value) => typeof value === 'string' && (AMOUNT_FIELDS.some((one) => one === value) || isProperty(value)),
  `Expected a field of numbers: ${AMOUNT_FIELDS.join(', ')} or properties.NAME.`,
);
const name = v.pipe(
  v.string(),
  v.check(isEventName, 'Expected 1 to 40 lower-case letters, digits and _, a letter first.'),
);
const value = v.union([text, limit, v.boolean()]);
const check = v.pipe(
  v.strictObject({
    field,
    is: v.exactOptional(v.pipe(v.array(value), v.minLength(1), v.maxLength(VALUES_MAX))),
    starts_with: v.exactOptional(text),
    at_least: v.exactOptional(limit),
    at_most: v.exactOptional(limit),
    known: v.exactOptional(v.boolean()),
  }),
  v.check((one) => Object.keys(one).length > 1, 'Expected is, starts_with, at_least, at_most or known beside field.'),
  v.check(
    ({ at_least: low, at_most: high }) => low === undefined || high === undefined || low <= high,
    'at_least is above at_most: nothing can be in this range.',
  ),
);
const events = {
  events: v.pipe(v.array(name), v.minLength(1), v.maxLength(TRAIT_EVENTS_MAX)),
  where: v.exactOptional(v.pipe(v.array(check), v.minLength(1), v.maxLength(TRAIT_CONDITIONS_MAX))),
};
const part = v.strictObject({ ...events, field: v.exactOptional(number) });

/** What each way of making a trait takes, by the key that only it has. */
const MAKINGS = {
  count: v.strictObject(events),
  sum: v.strictObject({ ...events, field: number }),
  first: v.strictObject({ ...events, field }),
  last: v.strictObject({ ...events, field }),
  distinct: v.strictObject({ ...events, field }),
  ratio: v.strictObject({ of: part, to: part }),
} as const;
type Making = keyof typeof MAKINGS;
const MAKING_NAMES = Object.keys(MAKINGS) as readonly Making[];

const head = {
  id: v.pipe(
    v.string(),
    v.regex(/^[a-z][a-z0-9_]{0,39}$/, 'Expected 1 to 40 lower-case letters, digits and _, a letter first.'),
  ),
  description: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(DESCRIPTION_CHARS_MAX))),
  unit: v.exactOptional(v.picklist(['days', 'count', 'share', 'minor_units'])),
  window_days: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(WINDOW_DAYS_MAX))),
};

/** Kinds of issues that carry a message of ours. */
const OUR_MESSAGES: ReadonlySet<string> = new Set(['check', 'custom', 'regex']);

const isObject = (raw: unknown): raw is Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);
const step = (key: unknown): string => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/**
 * Reads definitions, parsed JSON. @param taken ids that hushtag's own traits have.
 * @returns all faults, where there are any, in the order of the text.
 */
export function parseSiteTraits(
  raw: unknown,
  taken: ReadonlySet<string>,
): Result<readonly SiteTrait[], readonly TraitProblem[]> {
  const problems: TraitProblem[] = [];
  const tell = (reason: TraitProblem['reason'], pointer: string, detail: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push({ reason, pointer, detail });
  };
  const list = isObject(raw) ? raw['traits'] : undefined;
  if (!isObject(raw) || !Array.isArray(list) || Object.keys(raw).some((key) => key !== 'version' && key !== 'traits')) {
    return err([
      { reason: 'malformed', pointer: '', detail: `Expected {"version": ${SITE_TRAITS_VERSION}, "traits": […]}.` },
    ]);
  }
  if (raw['version'] !== SITE_TRAITS_VERSION) {
    tell('unknown_version', '/version', `The version is ${SITE_TRAITS_VERSION}.`);
  }
  if (list.length > SITE_TRAITS_MAX)
    tell('malformed', '/traits', `A site has at most ${SITE_TRAITS_MAX} traits of its own.`);
  const seen = new Set<string>();
  list.slice(0, SITE_TRAITS_MAX).forEach((trait: unknown, nth) => {
    const pointer = `/traits/${nth}`;
    for (const [below, detail] of shapeProblems(trait)) tell('malformed', pointer + below, detail);
    const id = isObject(trait) ? trait['id'] : undefined;
    if (typeof id !== 'string') return;
    if (taken.has(id)) tell('taken_id', `${pointer}/id`, 'A trait of hushtag has this id: choose another.');
    if (seen.has(id)) tell('same_id', `${pointer}/id`, 'A trait before it has this id.');
    seen.add(id);
  });
  return problems.length > 0 ? err(problems) : ok(list as readonly SiteTrait[]);
}

function shapeProblems(trait: unknown): readonly (readonly [pointer: string, detail: string])[] {
  if (!isObject(trait)) return [['', 'Expected an object.']];
  const makings = MAKING_NAMES.filter((one) => Object.hasOwn(trait, one));
  const [making] = makings;
  if (making === undefined || makings.length > 1) return [['', `Expected exactly one of ${MAKING_NAMES.join(', ')}.`]];
  const result = v.safeParse(v.strictObject({ ...head, [making]: MAKINGS[making] }), trait);
  if (result.success) return [];
  return result.issues.map((issue) => {
    const path = (issue.path ?? []).map(({ key }) => step(key)).join('');
    const isOurs = OUR_MESSAGES.has(issue.type);
    return [path, isOurs ? issue.message : `Expected ${issue.expected ?? 'another value'}.`] as const;
  });
}

/** Whether a field holds whole amounts in minor units. */
export const isAmountField = (one: TraitField): boolean => AMOUNT_FIELDS.some((amount) => amount === one);

/** The name of the property that a field is, or undefined of the event's own. */
export const propertyOf = (one: TraitField): string | undefined =>
  one.startsWith(PROPERTY_PREFIX) ? one.slice(PROPERTY_PREFIX.length) : undefined;

/** A trait's unit: as its site says, else what is made says it. */
export function unitOf(trait: SiteTrait): TraitUnit {
  if (trait.unit !== undefined) return trait.unit;
  if ('ratio' in trait) return 'share';
  const of =
    'sum' in trait
      ? trait.sum.field
      : 'first' in trait
        ? trait.first.field
        : 'last' in trait
          ? trait.last.field
          : undefined;
  return of !== undefined && isAmountField(of) ? 'minor_units' : 'count';
}

/** The events that a trait reads, with what is asked of them. */
export function readsOf(trait: SiteTrait): readonly TraitEvents[] {
  if ('ratio' in trait) return [trait.ratio.of, trait.ratio.to];
  if ('count' in trait) return [trait.count];
  if ('sum' in trait) return [trait.sum];
  if ('first' in trait) return [trait.first];
  return 'last' in trait ? [trait.last] : [trait.distinct];
}
