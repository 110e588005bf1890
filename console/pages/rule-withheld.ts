// console/pages/rule-withheld.ts: why a rule's size is not told, in words.
import { useWords } from '../app/context.ts';
import { RULE_WORDS } from './rule-words.ts';

const REASONS = ['below_floor', 'complement_below_floor', 'budget_spent', 'not_run'] as const;

/** Why a size is withheld, in words. */
export function useWhyWithheld(): (reason: string | null) => string {
  const say = useWords(RULE_WORDS);
  return (reason) => say(REASONS.find((one) => one === reason) ?? 'below_floor');
}
