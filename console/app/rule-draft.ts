// console/app/rule-draft.ts: a rule as the builder edits it: a list of conditions, all or any of which must hold.
import type { Condition, Purpose, SegmentRule } from '../../contract/index.ts';
import { CLOSEST, PURPOSES } from '../../contract/index.ts';

/** Kinds of conditions the builder knows. */
export const DRAFT_KINDS = ['event', 'trait', 'category', 'topic', 'segment', 'alike', 'consent'] as const;
/** One of them. */
export type DraftKind = (typeof DRAFT_KINDS)[number];

/** What a condition may ask of a trait. */
export const TRAIT_ASKS = ['within', 'is', 'known', 'unknown'] as const;
/** One of them. */
export type TraitAsk = (typeof TRAIT_ASKS)[number];

/** One condition as fields of a form; numbers are texts while they are typed. */
export interface DraftCondition {
  readonly kind: DraftKind;
  readonly isNot: boolean;
  readonly name: string;
  readonly of: 'viewed' | 'carted' | 'bought' | 'interest';
  readonly atLeast: string;
  readonly atMost: string;
  readonly withinDays: string;
  readonly asks: TraitAsk;
  /** What a trait is exactly: a number, true or false where it reads as one, else a text. */
  readonly is: string;
  /** One of {@link CLOSEST}. */
  readonly closest: string;
}

/** The rule of a form. */
export interface RuleDraft {
  readonly match: 'all' | 'any';
  readonly conditions: readonly DraftCondition[];
}

/** A condition to begin with. */
export const NEW_CONDITION: DraftCondition = {
  kind: 'event', isNot: false, name: 'purchase', of: 'viewed', atLeast: '1', atMost: '', withinDays: '30',
  asks: 'within', is: '', closest: '0.05',
}; // biome-ignore format: a condition a row

const numberOf = (name: string, text: string): object => (text === '' ? {} : { [name]: Number(text) });

/** What was typed for a trait to be. */
function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && String(Number(text)) === text ? Number(text) : text;
}

function traitOf({ name, asks, is }: DraftCondition, range: object): Condition {
  switch (asks) {
    case 'within':
      return { trait: name, ...range };
    case 'is':
      return { trait: name, is: valueOf(is) };
    case 'known':
    case 'unknown':
      return { trait: name, known: asks === 'known' };
  }
}

function conditionOf(draft: DraftCondition): Condition {
  const { kind, name, of } = draft;
  const range = { ...numberOf('at_least', draft.atLeast), ...numberOf('at_most', draft.atMost) };
  switch (kind) {
    case 'event':
      return { event: name, ...range, ...numberOf('within_days', draft.withinDays) };
    case 'trait':
      return traitOf(draft, range);
    case 'category':
      return { category: name, of, ...range };
    case 'topic':
      return { topic: name, ...range };
    case 'segment':
      return { segment: name };
    case 'alike':
      return { alike: name, closest: CLOSEST.find((one) => String(one) === draft.closest) ?? CLOSEST[0] };
    case 'consent':
      return { consent: PURPOSES.find((one): one is Purpose => one === name) ?? 'measure' };
  }
}

/** The rule that a form says. */
export function ruleOf({ match, conditions }: RuleDraft): SegmentRule {
  const list = conditions.map((one): Condition => (one.isNot ? { not: conditionOf(one) } : conditionOf(one)));
  return { version: 1, where: match === 'all' ? { all: list } : { any: list } };
}

const textOf = (value: number | undefined): string => (value === undefined ? '' : String(value));

function draftOf(condition: Condition, isNot = false): DraftCondition | undefined {
  const empty: DraftCondition = { ...NEW_CONDITION, isNot, atLeast: '', atMost: '', withinDays: '' };
  if ('not' in condition) return isNot ? undefined : draftOf(condition.not, true);
  if ('all' in condition || 'any' in condition || 'sequence' in condition) return undefined;
  if ('alike' in condition)
    return { ...empty, kind: 'alike', name: condition.alike, closest: String(condition.closest) };
  if ('segment' in condition) return { ...empty, kind: 'segment', name: condition.segment };
  if ('consent' in condition) return { ...empty, kind: 'consent', name: condition.consent };
  const range = { atLeast: textOf(condition.at_least), atMost: textOf(condition.at_most) };
  if ('event' in condition) {
    return { ...empty, ...range, kind: 'event', name: condition.event, withinDays: textOf(condition.within_days) };
  }
  if ('category' in condition)
    return { ...empty, ...range, kind: 'category', name: condition.category, of: condition.of };
  if ('topic' in condition) return { ...empty, ...range, kind: 'topic', name: condition.topic };
  const { trait, is, known } = condition;
  const hasRange = range.atLeast !== '' || range.atMost !== '';
  const asked: DraftCondition = { ...empty, ...range, kind: 'trait', name: trait };
  if (is === undefined && known === undefined) return asked;
  // Two questions in one, or a text that reads as a number: the form can't say that.
  if (hasRange || (is !== undefined && (known !== undefined || valueOf(String(is)) !== is))) return undefined;
  return is === undefined
    ? { ...asked, asks: known === false ? 'unknown' : 'known' }
    : { ...asked, asks: 'is', is: String(is) };
}

/** The form of a rule, or undefined where it says more than the form can: it is edited as JSON then. */
export function readDraft({ where }: SegmentRule): RuleDraft | undefined {
  const [match, list] =
    'all' in where
      ? (['all', where.all] as const)
      : 'any' in where
        ? (['any', where.any] as const)
        : (['all', [where]] as const);
  const conditions = list.map((one) => draftOf(one));
  return conditions.every((one) => one !== undefined) ? { match, conditions } : undefined;
}

/** An id for a new rule, made of its name; one of no meaning where the name has no letter for it. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return /^[a-z]/.test(slug) ? slug : `rule-${crypto.randomUUID().slice(0, 8)}`;
}
