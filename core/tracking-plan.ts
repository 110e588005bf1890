// core/tracking-plan.ts: a site's tracking plan: which events and properties it expects, read with pointed problems, asked per event.
import type { PropertyValue, Result } from '../contract/index.ts';
import { err, isEventName, KNOWN_EVENTS, ok, PROPERTIES_MAX, PROPERTY_NAME_CHARS_MAX } from '../contract/index.ts';
import { IDENTIFY_EVENT } from './account.ts';

/** Characters of a plan as JSON. */
export const PLAN_CHARS_MAX = 200_000;
/** Events of a plan. */
export const PLAN_EVENTS_MAX = 500;
/** Values a property may be held to. */
export const PLAN_VALUES_MAX = 100;
/** Problems of a plan that are told at once. */
const PROBLEMS_MAX = 20;
const DESCRIPTION_CHARS_MAX = 500;

/** What becomes of an event that the plan does not foresee. */
export type PlanMode = 'allow' | 'warn' | 'reject';
/** A property's type. `integer` is a number without a fraction. */
export type PlanType = 'string' | 'number' | 'integer' | 'boolean';

/** A property of an event. */
export interface PlannedProperty {
  readonly type: PlanType;
  /** False where absent. */
  readonly required?: boolean;
  /** The only values it may have. */
  readonly values?: readonly PropertyValue[];
  readonly description?: string;
}

/** An event of the plan. */
export interface PlannedEvent {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, PlannedProperty>>;
}

/** A plan. What is not said is allowed, but for a property of the wrong kind: that is refused. */
export interface TrackingPlan {
  /** Events that are neither planned nor hushtag's own. */
  readonly unknownEvents: PlanMode;
  /** Properties of a planned event that are not planned. */
  readonly unknownProperties: PlanMode;
  /** Properties that are missing, of another type or of another value. */
  readonly mismatches: PlanMode;
  readonly events: Readonly<Record<string, PlannedEvent>>;
}

/** Something wrong with a plan, and where: a JSON pointer. */
export interface PlanProblem {
  readonly pointer: string;
  readonly problem: string;
}

/** What an event had against the plan. */
export type PlanReason =
  | 'plan_unknown_event'
  | 'plan_unknown_property'
  | 'plan_missing_property'
  | 'plan_wrong_type'
  | 'plan_wrong_value';

/** One finding. Names are the plan's own or '': what a page made up is not repeated (P1). */
export interface PlanFinding {
  readonly mode: Exclude<PlanMode, 'allow'>;
  readonly reason: PlanReason;
  readonly event: string;
  readonly property: string;
}

const MODES: readonly PlanMode[] = ['allow', 'warn', 'reject'];
const TYPES: readonly PlanType[] = ['string', 'number', 'integer', 'boolean'];
/** Events that hushtag or its tag sends by itself: no plan has to name them. */
const OWN_EVENTS: ReadonlySet<string> = new Set([
  ...KNOWN_EVENTS,
  IDENTIFY_EVENT,
  'user_engagement',
  'click',
  'file_download',
  'form_submit',
]);

type Fields = Readonly<Record<string, unknown>>;
type Tell = (pointer: string, problem: string) => void;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
// RFC 6901 §3.
const step = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
const isOneOf = <T>(list: readonly T[], value: unknown): value is T => list.some((one) => one === value);

function checkNames(fields: Fields, known: readonly string[], pointer: string, tell: Tell): void {
  for (const name of Object.keys(fields)) {
    if (!known.includes(name)) tell(`${pointer}${step(name)}`, `is not known here: use ${known.join(', ')}`);
  }
}

function checkDescription(fields: Fields, pointer: string, tell: Tell): void {
  const { description } = fields;
  if (description === undefined || (typeof description === 'string' && description.length <= DESCRIPTION_CHARS_MAX))
    return;
  tell(`${pointer}/description`, `must be a text of at most ${DESCRIPTION_CHARS_MAX} characters`);
}

const hasType = (value: unknown, type: PlanType): boolean =>
  type === 'integer' ? Number.isInteger(value) : typeof value === type;

function checkProperty(raw: unknown, pointer: string, tell: Tell): void {
  if (!isObject(raw)) return tell(pointer, 'must be an object such as {"type": "string"}');
  checkNames(raw, ['type', 'required', 'values', 'description'], pointer, tell);
  checkDescription(raw, pointer, tell);
  const { type, required, values } = raw;
  if (!isOneOf(TYPES, type)) return tell(`${pointer}/type`, `must be one of ${TYPES.join(', ')}`);
  if (required !== undefined && typeof required !== 'boolean') tell(`${pointer}/required`, 'must be true or false');
  if (values === undefined) return;
  if (!Array.isArray(values) || values.length === 0 || values.length > PLAN_VALUES_MAX) {
    return tell(`${pointer}/values`, `must be a list of 1 to ${PLAN_VALUES_MAX} values`);
  }
  values.forEach((value: unknown, index) => {
    if (!hasType(value, type)) tell(`${pointer}/values/${index}`, `must be of the property's type, ${type}`);
  });
}

function checkEvent(name: string, raw: unknown, tell: Tell): void {
  const pointer = `/events${step(name)}`;
  if (!isEventName(name))
    tell(pointer, 'is no event name: use 1 to 40 lower-case letters, digits and _, a letter first');
  if (!isObject(raw)) return tell(pointer, 'must be an object, {} where nothing is to be said');
  checkNames(raw, ['description', 'properties'], pointer, tell);
  checkDescription(raw, pointer, tell);
  const { properties } = raw;
  if (properties === undefined) return;
  if (!isObject(properties)) return tell(`${pointer}/properties`, 'must be an object of properties by name');
  const names = Object.keys(properties);
  if (names.length > PROPERTIES_MAX) tell(`${pointer}/properties`, `has more than ${PROPERTIES_MAX} properties`);
  for (const property of names) {
    if (property === '' || property.length > PROPERTY_NAME_CHARS_MAX) {
      tell(`${pointer}/properties${step(property)}`, `must have a name of 1 to ${PROPERTY_NAME_CHARS_MAX} characters`);
    }
    checkProperty(properties[property], `${pointer}/properties${step(property)}`, tell);
  }
}

/** Reads a plan; every problem of it is told together. */
export function parsePlan(text: string): Result<TrackingPlan, readonly PlanProblem[]> {
  const problems: PlanProblem[] = [];
  const tell: Tell = (pointer, problem) => void problems.push({ pointer, problem });
  if (text.length > PLAN_CHARS_MAX)
    return err([{ pointer: '', problem: `has more than ${PLAN_CHARS_MAX} characters` }]);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return err([{ pointer: '', problem: 'is not JSON' }]);
  }
  if (!isObject(raw)) return err([{ pointer: '', problem: 'must be an object with "events"' }]);
  checkNames(raw, ['unknownEvents', 'unknownProperties', 'mismatches', 'events'], '', tell);
  for (const name of ['unknownEvents', 'unknownProperties', 'mismatches']) {
    if (raw[name] !== undefined && !isOneOf(MODES, raw[name])) tell(`/${name}`, `must be one of ${MODES.join(', ')}`);
  }
  const { events } = raw;
  if (!isObject(events)) tell('/events', 'must be an object of events by name');
  else {
    const names = Object.keys(events);
    if (names.length > PLAN_EVENTS_MAX) tell('/events', `has more than ${PLAN_EVENTS_MAX} events`);
    else for (const name of names) checkEvent(name, events[name], tell);
  }
  if (problems.length > 0) return err(problems.slice(0, PROBLEMS_MAX));
  return ok({ unknownEvents: 'allow', unknownProperties: 'allow', mismatches: 'reject', ...raw } as TrackingPlan);
}

type Found = Omit<PlanFinding, 'mode'>;

function mismatchOf(event: string, name: string, planned: PlannedProperty, value: unknown): Found | undefined {
  const found = (reason: PlanReason): Found => ({ reason, event, property: name });
  if (value === undefined) return planned.required === true ? found('plan_missing_property') : undefined;
  if (!hasType(value, planned.type)) return found('plan_wrong_type');
  if (planned.values !== undefined && !planned.values.some((one) => one === value)) return found('plan_wrong_value');
  return undefined;
}

/** What an event has against the plan; what the plan allows is not told. Costs a look-up a property. */
export function judgeEvent(
  plan: TrackingPlan,
  name: string,
  properties: Readonly<Record<string, PropertyValue>> = {},
): readonly PlanFinding[] {
  const findings: PlanFinding[] = [];
  const add = (mode: PlanMode, found: Found): void => {
    if (mode !== 'allow') findings.push({ mode, ...found });
  };
  if (!Object.hasOwn(plan.events, name)) {
    if (!OWN_EVENTS.has(name)) add(plan.unknownEvents, { reason: 'plan_unknown_event', event: '', property: '' });
    return findings;
  }
  const planned = plan.events[name]?.properties ?? {};
  for (const [property, expected] of Object.entries(planned)) {
    const value = Object.hasOwn(properties, property) ? properties[property] : undefined;
    const found = mismatchOf(name, property, expected, value);
    if (found !== undefined) add(plan.mismatches, found);
  }
  if (Object.keys(properties).some((property) => !Object.hasOwn(planned, property))) {
    add(plan.unknownProperties, { reason: 'plan_unknown_property', event: name, property: '' });
  }
  return findings;
}
