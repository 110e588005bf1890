// core/rules/words.ts: a condition in plain words, for whoever looks at a rule without reading JSON.
import type { Condition } from '../../contract/index.ts';

/** One condition of a rule: where it is and what it says. */
export interface WordedCondition {
  /** JSON Pointer (RFC 6901) into the rule. */
  readonly pointer: string;
  readonly words: string;
  readonly condition: Condition;
}

const times = (low: number | undefined, high: number | undefined): string => {
  if (low !== undefined && high !== undefined) return low === high ? `exactly ${low} times` : `${low} to ${high} times`;
  if (high !== undefined) return high === 0 ? 'never' : `at most ${high} times`;
  return low === undefined || low <= 1 ? 'at least once' : `at least ${low} times`;
};
const within = (days: number | undefined): string => {
  if (days === undefined) return '';
  return days === 1 ? ' today' : ` in the last ${days} days`;
};
const range = (low: number | undefined, high: number | undefined): string => {
  if (low !== undefined && high !== undefined) return `is ${low} to ${high}`;
  if (low !== undefined) return `is at least ${low}`;
  return high === undefined ? 'is known' : `is at most ${high}`;
};

/** Says a condition in a sentence without a full stop. */
export function wordsOf(condition: Condition): string {
  if ('all' in condition) return condition.all.map(bracketed).join(' and ');
  if ('any' in condition) return condition.any.map(bracketed).join(' or ');
  if ('not' in condition) return `not: ${bracketed(condition.not)}`;
  if ('trait' in condition) {
    const { trait, at_least: low, at_most: high, known, is } = condition;
    if (known === false) return `${trait} is not known`;
    if (is === undefined) return `${trait} ${range(low, high)}`;
    const limits = low === undefined && high === undefined ? '' : ` and ${range(low, high)}`;
    return `${trait} is ${String(is)}${limits}`;
  }
  if ('event' in condition) {
    return `${condition.event} ${times(condition.at_least, condition.at_most)}${within(condition.within_days)}`;
  }
  if ('sequence' in condition) {
    return `${condition.sequence[0]} and after it ${condition.sequence[1]}${within(condition.within_days)}`;
  }
  if ('category' in condition && condition.of === 'interest') {
    const { category, at_least: low, at_most: high } = condition;
    return `interest in ${category}${low === undefined && high === undefined ? '' : ` ${range(low, high)} points`}`;
  }
  if ('category' in condition) {
    return `${condition.of} items of ${condition.category} ${times(condition.at_least, condition.at_most)}`;
  }
  if ('topic' in condition) {
    return `viewed pages about ${condition.topic} lately ${times(condition.at_least, condition.at_most)}`;
  }
  if ('segment' in condition) return `in the segment ${condition.segment}`;
  if ('alike' in condition) return `among the ${condition.closest * 100} % most like the segment ${condition.alike}`;
  return `agreed to ${condition.consent}`;
}

const bracketed = (condition: Condition): string =>
  'all' in condition || 'any' in condition ? `(${wordsOf(condition)})` : wordsOf(condition);

/** The conditions of a rule below its first, from the outside in, at most `limit` of them. */
export function conditionsOf(where: Condition, limit: number): WordedCondition[] {
  const found: WordedCondition[] = [];
  let level: { readonly condition: Condition; readonly pointer: string }[] = [{ condition: where, pointer: '/where' }];
  while (level.length > 0 && found.length < limit) {
    const below = level.flatMap(({ condition, pointer }) => inside(condition, pointer));
    for (const one of below) if (found.length < limit) found.push({ ...one, words: wordsOf(one.condition) });
    level = below;
  }
  return found;
}

function inside(condition: Condition, pointer: string): { readonly condition: Condition; readonly pointer: string }[] {
  if ('all' in condition)
    return condition.all.map((one, nth) => ({ condition: one, pointer: `${pointer}/all/${nth}` }));
  if ('any' in condition)
    return condition.any.map((one, nth) => ({ condition: one, pointer: `${pointer}/any/${nth}` }));
  return 'not' in condition ? [{ condition: condition.not, pointer: `${pointer}/not` }] : [];
}
