// segmenter/rules/evaluate.ts: whether a profile fulfils a rule, as of a UTC day. The same function for one visitor and for all.
import type {
  Condition,
  EventCondition,
  PropertyValue,
  SequenceCondition,
  TraitCondition,
} from '../../contract/index.ts';
import { DAY_MS, PURPOSE_BIT } from '../../contract/index.ts';
import { interestsOf } from '../profiles/interests.ts';
import type { RecentDays } from '../profiles/recent-days.ts';
import { fadedCounts } from '../profiles/recent-weeks.ts';
import type { SiteTraits } from '../profiles/site-traits.ts';
import { NO_SITE_TRAITS } from '../profiles/site-traits.ts';
import type { ProfileState } from '../profiles/state.ts';
import { PREDICTED_TRAITS } from '../predictions/visitor-models.ts';
import type { TraitContext } from '../profiles/measures.ts';
import { TRAITS } from '../profiles/traits.ts';

/** What a rule is asked of. */
export interface RuleSubject {
  readonly state: ProfileState;
  /** Whether the visitor is in another segment. */
  readonly isIn: (segment: string) => boolean;
}

const TRAIT_BY_ID = new Map(TRAITS.map((trait) => [trait.id, trait]));

/** Whether `subject` fulfils `condition`; the condition was checked (core/rules/parse.ts). */
export function fulfils(condition: Condition, subject: RuleSubject, context: TraitContext): boolean {
  if ('all' in condition) return condition.all.every((one) => fulfils(one, subject, context));
  if ('any' in condition) return condition.any.some((one) => fulfils(one, subject, context));
  if ('not' in condition) return !fulfils(condition.not, subject, context);
  const { state } = subject;
  if ('trait' in condition) {
    return fulfilsTrait(condition, traitOf(condition.trait, state, context));
  }
  if ('event' in condition) return withinTimes(eventsOf(condition, state, context), condition);
  if ('sequence' in condition) return follows(condition, state, context);
  if ('category' in condition) {
    const { category, of } = condition;
    if (of === 'interest') return withinFaded(interestsOf(state, context.asOf).get(category), condition);
    return withinTimes(itemsOf(category, of, state), condition);
  }
  if ('topic' in condition) {
    return withinFaded(fadedCounts(state.topics, context.asOf).get(condition.topic), condition);
  }
  if ('segment' in condition) return subject.isIn(condition.segment);
  if ('alike' in condition) {
    const { alike, closest } = condition;
    return !subject.isIn(alike) && context.models?.isAlike(alike, closest, state, context) === true;
  }
  return (state.agreed.purposes & PURPOSE_BIT[condition.consent]) !== 0;
}

/** A trait of hushtag, one that the site defined, or one that a model says. */
const traitOf = (id: string, state: ProfileState, context: TraitContext): PropertyValue | undefined =>
  TRAIT_BY_ID.get(id)?.of(state, context) ??
  context.own?.traitOf(id)?.of(state.own, context.asOf) ??
  context.models?.traitOf(id, state, context);

function fulfilsTrait(
  { at_least: low, at_most: high, is, known }: TraitCondition,
  value: PropertyValue | undefined,
): boolean {
  // What a profile does not say is neither high nor low.
  if (value === undefined) return known === false;
  if (known === false || (is !== undefined && value !== is)) return false;
  if (low === undefined && high === undefined) return true;
  return typeof value === 'number' && within(value, low, high);
}

const within = (value: number, low: number | undefined, high: number | undefined): boolean =>
  (low === undefined || value >= low) && (high === undefined || value <= high);

type HowOften = { readonly at_least?: number; readonly at_most?: number };

/** At least once where a rule says neither. */
const withinTimes = (count: number, { at_least: low, at_most: high }: HowOften): boolean =>
  within(count, low ?? (high === undefined ? 1 : undefined), high);

/** Any at all where a rule says neither: what has faded is below 1 soon. */
const withinFaded = (left: number | undefined, { at_least: low, at_most: high }: HowOften): boolean =>
  low === undefined && high === undefined ? left !== undefined : within(left ?? 0, low, high);

/** The first UTC day of a window that ends with the reference day. */
const firstDay = ({ asOf }: TraitContext, days: number): number => Math.floor(asOf / DAY_MS) - days + 1;

function eventsOf({ event, within_days: window }: EventCondition, state: ProfileState, context: TraitContext): number {
  if (window === undefined) return state.names.get(event) ?? 0;
  const from = firstDay(context, window);
  let count = 0;
  for (const [day, names] of state.days) if (day >= from) count += names.get(event)?.count ?? 0;
  return count;
}

/** Whether some first event of the window has a second one after it. */
function follows(
  { sequence, within_days: window }: SequenceCondition,
  state: ProfileState,
  context: TraitContext,
): boolean {
  const from = firstDay(context, window);
  const [first, second] = sequence;
  const earliest = edge(state.days, first, from, Math.min, ({ first: at }) => at);
  const latest = edge(state.days, second, from, Math.max, ({ last: at }) => at);
  return earliest !== undefined && latest !== undefined && earliest < latest;
}

function edge(
  days: RecentDays,
  name: string,
  from: number,
  pick: (a: number, b: number) => number,
  offsetOf: (activity: { readonly first: number; readonly last: number }) => number,
): number | undefined {
  let found: number | undefined;
  for (const [day, names] of days) {
    const activity = names.get(name);
    if (day < from || activity === undefined) continue;
    const at = day * DAY_MS + offsetOf(activity);
    found = found === undefined ? at : pick(found, at);
  }
  return found;
}

function itemsOf(category: string, of: 'viewed' | 'carted' | 'bought', state: ProfileState): number {
  if (of !== 'bought') return state[of].get(category) ?? 0;
  let items = 0;
  for (const order of state.orders.values()) {
    for (const [name, count] of order.categories) if (name === category) items += count;
  }
  return items;
}

/** Whether time alone can change who fulfils a condition: windows, and traits that count days from now. */
export function isTimed(condition: Condition, own: SiteTraits = NO_SITE_TRAITS): boolean {
  if ('all' in condition) return condition.all.some((one) => isTimed(one, own));
  if ('any' in condition) return condition.any.some((one) => isTimed(one, own));
  if ('not' in condition) return isTimed(condition.not, own);
  if ('trait' in condition) {
    const trait = TRAIT_BY_ID.get(condition.trait);
    if (PREDICTED_TRAITS.some(({ id }) => id === condition.trait)) return true;
    return trait?.unit === 'days' || trait?.fades === true || own.traitOf(condition.trait)?.isTimed === true;
  }
  if ('topic' in condition || ('category' in condition && condition.of === 'interest')) return true;
  return (
    'sequence' in condition || 'alike' in condition || ('event' in condition && condition.within_days !== undefined)
  );
}
