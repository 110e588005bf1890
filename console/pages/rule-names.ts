// console/pages/rule-names.ts: what a rule of the site may speak of: its traits, also those it defined, and its segments.
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { segmentsSchema } from '../api/schemas.ts';
import { useConsole, useSite, useWords } from '../app/context.ts';
import { labelOf } from '../app/segment-label.ts';
import { TRAIT_IDS, traitName } from '../app/trait-words.ts';
import { textIn } from '../app/words.ts';
import { ruleSegmentsSchema } from './rule-schemas.ts';
import { RULE_WORDS } from './rule-words.ts';

const traitsSchema = v.object({
  catalogue: v.array(v.object({ id: v.string(), unit: v.string(), description: v.string(), isOwn: v.boolean() })),
});

/** A trait as the form names it. `unit` is undefined where nobody said it. */
export interface NamedTrait {
  readonly id: string;
  readonly name: string;
  readonly unit: string | undefined;
}

/** Names that the form offers. */
export interface RuleNames {
  readonly traits: readonly NamedTrait[];
  readonly segments: readonly (readonly [id: string, name: string])[];
}

/** Asks for them; until they are there, the traits that every site has. */
export function useRuleNames(): RuleNames {
  const say = useWords(RULE_WORDS);
  const site = useSite();
  const { language } = useConsole();
  const params = { site };
  const { state: traits } = useRead({ path: '/v1/sites/{site}/traits', params }, traitsSchema);
  const { state: clusters } = useRead({ path: '/v1/sites/{site}/segments', params }, segmentsSchema);
  const { state: rules } = useRead({ path: '/v1/sites/{site}/rule-segments', params }, ruleSegmentsSchema);
  const catalogue =
    traits.status === 'ready'
      ? traits.value.catalogue
      : TRAIT_IDS.map((id) => ({ id, unit: undefined, description: '', isOwn: false }));
  return {
    traits: catalogue.map(({ id, unit, description, isOwn }) => ({
      id,
      unit,
      name: isOwn ? say('ownTrait', { name: description === '' ? id : description }) : textIn(language, traitName(id)),
    })),
    segments: [
      ...(clusters.status === 'ready'
        ? clusters.value.segments.map((one) => [one.id, labelOf(one, language)] as const)
        : []),
      ...(rules.status === 'ready' ? rules.value.segments.map(({ id, name }) => [id, name] as const) : []),
    ],
  };
}
