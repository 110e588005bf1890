// core/rules/schema.ts: the shape of each kind of condition; the JSON Schema of rules is made of these.
import * as v from 'valibot';
import type { Condition } from '../../contract/index.ts';
import { CLOSEST, CONDITIONS_MAX, PURPOSES, RULE_VERSION, WINDOW_DAYS_MAX } from '../../contract/index.ts';

/** Characters of a name in a rule. */
const NAME_CHARS_MAX = 100;
/** The largest count or limit that a rule may name: whole numbers beyond are not exact. */
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(NAME_CHARS_MAX));
const times = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(NUMBER_MAX));
const limit = v.pipe(v.number(), v.finite(), v.minValue(-NUMBER_MAX), v.maxValue(NUMBER_MAX));
const days = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(WINDOW_DAYS_MAX));

const condition: v.GenericSchema<Condition> = v.lazy(() => conditionSchema);
const many = v.pipe(v.array(condition), v.minLength(1), v.maxLength(CONDITIONS_MAX));

/** The kinds of conditions, each named by the key that only it has. */
export type ConditionKind =
  | 'all'
  | 'any'
  | 'not'
  | 'trait'
  | 'event'
  | 'sequence'
  | 'category'
  | 'topic'
  | 'segment'
  | 'alike'
  | 'consent';

/** The shape of each kind. */
export const CONDITION_KINDS: { readonly [K in ConditionKind]: v.GenericSchema<Condition> } = {
  all: v.strictObject({ all: many }),
  any: v.strictObject({ any: many }),
  not: v.strictObject({ not: condition }),
  trait: v.strictObject({
    trait: name,
    at_least: v.exactOptional(limit),
    at_most: v.exactOptional(limit),
    is: v.exactOptional(v.union([v.pipe(v.string(), v.maxLength(NAME_CHARS_MAX)), limit, v.boolean()])),
    known: v.exactOptional(v.boolean()),
  }),
  event: v.strictObject({
    event: name,
    at_least: v.exactOptional(times),
    at_most: v.exactOptional(times),
    within_days: v.exactOptional(days),
  }),
  sequence: v.strictObject({ sequence: v.strictTuple([name, name]), within_days: days }),
  category: v.strictObject({
    category: name,
    of: v.picklist(['viewed', 'carted', 'bought', 'interest']),
    at_least: v.exactOptional(times),
    at_most: v.exactOptional(times),
  }),
  topic: v.strictObject({ topic: name, at_least: v.exactOptional(times), at_most: v.exactOptional(times) }),
  segment: v.strictObject({ segment: name }),
  alike: v.strictObject({ alike: name, closest: v.picklist(CLOSEST) }),
  consent: v.strictObject({ consent: v.picklist(PURPOSES) }),
};

/** Any condition, for the JSON Schema; {@link CONDITION_KINDS} gives better errors. */
export const conditionSchema: v.GenericSchema<Condition> = v.union(Object.values(CONDITION_KINDS));

/** A whole rule. */
export const ruleSchema: v.GenericSchema<{ readonly version: number; readonly where: Condition }> = v.strictObject({
  version: v.literal(RULE_VERSION),
  where: conditionSchema,
});
