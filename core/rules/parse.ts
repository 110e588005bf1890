// core/rules/parse.ts: reads a rule and says of each fault where it is and what would be right.
import * as v from 'valibot';
import type { Condition, Result, SegmentRule } from '../../contract/index.ts';
import { CONDITION_DEPTH_MAX, CONDITIONS_MAX, err, ok, RULE_VERSION } from '../../contract/index.ts';
import type { ConditionKind } from './schema.ts';
import { CONDITION_KINDS } from './schema.ts';

/** Why a rule is refused. */
export type RuleProblemReason =
  | 'not_an_object'
  | 'unknown_version'
  | 'unknown_condition'
  | 'malformed_condition'
  | 'empty_range'
  | 'unknown_trait'
  | 'unknown_segment'
  | 'refers_to_itself'
  | 'too_many_conditions'
  | 'too_deep';

/** One fault of a rule. */
export interface RuleProblem {
  readonly reason: RuleProblemReason;
  /** JSON Pointer (RFC 6901) to where it is. */
  readonly pointer: string;
  /** What would be right; repeats nothing of the rule. */
  readonly detail: string;
}

/** What a rule may speak of. */
export interface RuleWords {
  readonly traits: ReadonlySet<string>;
  /** Segments there are, this one's own id not among them. */
  readonly segments: ReadonlySet<string>;
  /** The id of the segment the rule is for. */
  readonly own?: string;
}

/** Faults told of one rule at most. */
const PROBLEMS_MAX = 20;
const KINDS = Object.keys(CONDITION_KINDS) as readonly ConditionKind[];

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads a rule. @returns all its faults, where it has any, in the order of the text. */
export function parseRule(value: unknown, words: RuleWords): Result<SegmentRule, readonly RuleProblem[]> {
  const problems: RuleProblem[] = [];
  let conditions = 0;
  const problem = (reason: RuleProblemReason, pointer: string, detail: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push({ reason, pointer, detail });
  };
  const check = (condition: unknown, pointer: string, depth: number): void => {
    conditions += 1;
    if (conditions === CONDITIONS_MAX + 1) {
      problem(
        'too_many_conditions',
        pointer,
        `A rule has at most ${CONDITIONS_MAX} conditions: split it into segments.`,
      );
    }
    if (conditions > CONDITIONS_MAX) return;
    if (depth > CONDITION_DEPTH_MAX) {
      problem('too_deep', pointer, `Conditions nest at most ${CONDITION_DEPTH_MAX} deep.`);
      return;
    }
    const kind = kindOf(condition);
    if (kind === undefined) {
      problem('unknown_condition', pointer, `A condition is an object with one of: ${KINDS.join(', ')}.`);
      return;
    }
    checkOne(kind, condition as Json, pointer, words, problem);
    for (const [below, at] of inside(kind, condition as Json)) check(below, `${pointer}${at}`, depth + 1);
  };
  if (!isJson(value)) return err([{ reason: 'not_an_object', pointer: '', detail: 'A rule is an object.' }]);
  if (value['version'] !== RULE_VERSION) problem('unknown_version', '/version', `The version is ${RULE_VERSION}.`);
  for (const name of Object.keys(value)) {
    if (name !== 'version' && name !== 'where')
      problem('malformed_condition', '', 'A rule has version and where alone.');
  }
  check(value['where'], '/where', 1);
  return problems.length > 0 ? err(problems) : ok({ version: RULE_VERSION, where: value['where'] as Condition });
}

const kindOf = (condition: unknown): ConditionKind | undefined =>
  isJson(condition) ? KINDS.find((kind) => Object.hasOwn(condition, kind)) : undefined;

/** The conditions inside one, each with its pointer from there. */
function inside(kind: ConditionKind, condition: Json): readonly (readonly [unknown, string])[] {
  if (kind === 'not') return [[condition['not'], '/not']];
  const list = kind === 'all' || kind === 'any' ? condition[kind] : undefined;
  return Array.isArray(list) ? list.map((below: unknown, nth) => [below, `/${kind}/${nth}`] as const) : [];
}

function checkOne(
  kind: ConditionKind,
  condition: Json,
  pointer: string,
  words: RuleWords,
  problem: (reason: RuleProblemReason, pointer: string, detail: string) => void,
): void {
  for (const [below, detail] of shapeProblems(kind, condition)) problem('malformed_condition', pointer + below, detail);
  const { at_least: low, at_most: high } = condition;
  if (typeof low === 'number' && typeof high === 'number' && low > high) {
    problem('empty_range', pointer, 'at_least is above at_most: nobody can be in this range.');
  }
  if (kind === 'trait' && typeof condition['trait'] === 'string' && !words.traits.has(condition['trait'])) {
    problem('unknown_trait', `${pointer}/trait`, `Traits are: ${[...words.traits].join(', ')}.`);
  }
  const other = kind === 'segment' || kind === 'alike' ? condition[kind] : undefined;
  if (typeof other === 'string') {
    if (other === words.own) {
      problem('refers_to_itself', `${pointer}/${kind}`, 'A segment can not be made of itself.');
    } else if (!words.segments.has(other)) {
      problem('unknown_segment', `${pointer}/${kind}`, 'Name a segment that this site has; list them first.');
    }
  }
}

/** Faults of a condition's own fields; those of conditions inside it are told where they are. */
function shapeProblems(kind: ConditionKind, condition: Json): readonly (readonly [pointer: string, detail: string])[] {
  if (kind === 'not') return Object.keys(condition).length === 1 ? [] : [['', 'not stands alone in its object.']];
  if (kind === 'all' || kind === 'any') {
    const list = condition[kind];
    const isList = Array.isArray(list) && list.length > 0;
    return isList && Object.keys(condition).length === 1
      ? []
      : [['', `${kind} is a list of conditions, alone in its object.`]];
  }
  const result = v.safeParse(CONDITION_KINDS[kind], condition);
  if (result.success) return [];
  return result.issues.map((issue) => {
    const path = (issue.path ?? []).map(({ key }) => `/${escaped(String(key))}`).join('');
    return [path, `Expected ${issue.expected ?? 'another value'}.`];
  });
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
