// segmenter/profiles/explain.ts: what a stored profile says, in words, for the person it is about.
import type { PropertyValue, TraitUnit } from '../../contract/index.ts';
import type { SiteTrait } from '../../core/index.ts';
import type { KeptVisitorModel } from '../../store/index.ts';
import type { PredictedTrait } from '../predictions/visitor-models.ts';
import { PREDICTED_TRAITS, readyVisitorModels } from '../predictions/visitor-models.ts';
import { readySiteTraits } from './site-traits.ts';
import { decodeState } from './state.ts';
import { mainCurrency, TRAITS } from './traits.ts';

/** A trait of one profile. */
export interface ExplainedTrait {
  readonly id: string;
  readonly description: string;
  readonly unit: TraitUnit;
  readonly value: PropertyValue;
  /** ISO 4217, with `minor_units` alone. */
  readonly currency?: string;
}

/** What a site has beside hushtag's own traits. */
export interface ExplainedBy {
  /** Traits that it defined. */
  readonly own: readonly SiteTrait[];
  /** Models that its rules may ask. */
  readonly models: readonly KeptVisitorModel[];
}

/** Every trait that the profile has, exactly, as of an instant, what is predicted included. @throws where the state is of another version. */
export function explainProfile(text: string, asOf: number, { own, models }: ExplainedBy): ExplainedTrait[] {
  const state = decodeState(text);
  const orders = new Map<string, number>();
  for (const order of state.orders.values()) orders.set(order.currency, (orders.get(order.currency) ?? 0) + 1);
  const currency = mainCurrency(orders);
  const traits = readySiteTraits(own);
  const asked = readyVisitorModels(models);
  const context = { asOf, currency };
  const explain = ({ id, description, unit }: PredictedTrait, value: number | undefined): ExplainedTrait[] =>
    value === undefined
      ? []
      : [{ id, description, unit, value, ...(unit === 'minor_units' && currency !== undefined ? { currency } : {}) }];
  const explained = TRAITS.flatMap((trait) => explain(trait, trait.of(state, context)));
  const predicted = PREDICTED_TRAITS.flatMap((trait) => explain(trait, asked.traitOf(trait.id, state, context)));
  // Its amounts are in whatever currency its events were: the site says which by a condition of its own.
  const ofSite = own.flatMap(({ id }): ExplainedTrait[] => {
    const trait = traits.traitOf(id);
    const value = trait?.of(state.own, asOf);
    if (trait === undefined || value === undefined) return [];
    return [{ id, description: trait.description, unit: trait.unit, value }];
  });
  return [...explained, ...predicted, ...ofSite];
}
