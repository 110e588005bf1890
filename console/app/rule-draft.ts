// console/app/rule-draft.ts: a rule as the builder edits it: a list of conditions, all or any of which must hold.
import type { Condition, Purpose, SegmentRule } from '../../contract/index.ts';
import { PURPOSES } from '../../contract/index.ts';

/** Kinds of conditions the builder knows. */
export const DRAFT_KINDS = ['event', 'trait', 'category', 'topic', 'segment', 'consent'] as const;
/** One of them. */
export type DraftKind = (typeof DRAFT_KINDS)[number];

/** One condition as fields of a form; numbers are texts while they are typed. */
export interface DraftCondition {
  readonly kind: DraftKind;
  readonly isNot: boolean;
  readonly name: string;
  readonly of: 'viewed' | 'carted' | 'bought' | 'interest';
  readonly atLeast: string;
  readonly atMost: string;
  readonly withinDays: string;
}

/** The rule of a form. */
export interface RuleDraft {
  readonly match: 'all' | 'any';
  readonly conditions: readonly DraftCondition[];
}

/** A condition to begin with. */
export const NEW_CONDITION: DraftCondition = {
  kind: 'event', isNot: false, name: 'purchase', of: 'viewed', atLeast: '1', atMost: '', withinDays: '30',
}; // biome-ignore format: a condition a row

const numberOf = (name: string, text: string): object => (text === '' ? {} : { [name]: Number(text) });

function conditionOf(draft: DraftCondition): Condition {
  const { kind, name, of } = draft;
  const range = { ...numberOf('at_least', draft.atLeast), ...numberOf('at_most', draft.atMost) };
  switch (kind) {
    case 'event':
      return { event: name, ...range, ...numberOf('within_days', draft.withinDays) };
    case 'trait':
      return { trait: name, ...range };
    case 'category':
      return { category: name, of, ...range };
    case 'topic':
      return { topic: name, ...range };
    case 'segment':
      return { segment: name };
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
  if ('all' in condition || 'any' in condition || 'sequence' in condition || 'alike' in condition) return undefined;
  if ('segment' in condition) return { ...empty, kind: 'segment', name: condition.segment };
  if ('consent' in condition) return { ...empty, kind: 'consent', name: condition.consent };
  const range = { atLeast: textOf(condition.at_least), atMost: textOf(condition.at_most) };
  if ('event' in condition) {
    return { ...empty, ...range, kind: 'event', name: condition.event, withinDays: textOf(condition.within_days) };
  }
  if ('category' in condition)
    return { ...empty, ...range, kind: 'category', name: condition.category, of: condition.of };
  if ('topic' in condition) return { ...empty, ...range, kind: 'topic', name: condition.topic };
  return condition.known === undefined && condition.is === undefined
    ? { ...empty, ...range, kind: 'trait', name: condition.trait }
    : undefined;
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
