// segmenter/predictions/visitor-models.ts: what models say of one visitor, as traits that rules may speak of (ADR 0058).
//
// A model's few parameters are kept and asked whenever a profile is judged: so a prediction follows the visitor's next event at
// once, and nothing predicted of anybody is stored that an erasure would have to find.
import type { TraitUnit } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { KeptVisitorModel } from '../../store/index.ts';
import type { TraitContext, VisitorModelAsked } from '../profiles/measures.ts';
import type { ProfileState } from '../profiles/state.ts';
import type { Outcome } from './known-at.ts';
import { knownAt, knownColumns, OUTCOMES } from './known-at.ts';
import type { LifetimeModel } from './lifetime-model.ts';
import { buyerAt, expectedSpend, VALUE_HORIZON_DAYS } from './lifetime-model.ts';
import type { Lookalike } from './lookalike.ts';
import type { Predictor } from './predictor.ts';
import { predictChances } from './predictor.ts';

/** A trait that a model says. */
export interface PredictedTrait {
  readonly id: string;
  readonly unit: TraitUnit;
  readonly description: string;
}

const chanceId = (outcome: string): string => `chance_${outcome}`;
/** The id of the trait that says what a visitor is expected to spend. */
const VALUE_ID = 'predicted_value_minor';

/** The traits that models say; each is missing until a run has learned its model, and of visitors it says nothing of. */
export const PREDICTED_TRAITS: readonly PredictedTrait[] = [
  {
    id: VALUE_ID,
    unit: 'minor_units',
    description: `What a buyer is expected to spend in the next ${VALUE_HORIZON_DAYS} days, in the site's main currency.`,
  },
  ...(Object.keys(OUTCOMES) as Outcome[]).map(
    (outcome): PredictedTrait => ({
      id: chanceId(outcome),
      unit: 'share',
      description: `The chance that the visitor ${OUTCOMES[outcome].words}.`,
    }),
  ),
];

/** Makes stored models ready: what they say is of the start of the context's UTC day. */
export function readyVisitorModels(kept: readonly KeptVisitorModel[]): VisitorModelAsked {
  let value: LifetimeModel | undefined;
  const chances = new Map<string, Predictor>();
  const alike = new Map<string, Lookalike>();
  for (const { kind, key, model } of kept) {
    // Written by a run of our own.
    const read: unknown = JSON.parse(model);
    if (kind === 'value') value = read as LifetimeModel;
    else if (kind === 'chance') chances.set(chanceId(key), read as Predictor);
    else alike.set(key, read as Lookalike);
  }
  return {
    traitOf: (id, state, context) => {
      if (id === VALUE_ID) return value && spendOf(value, state, context);
      const predictor = chances.get(id);
      return predictor && chanceOf(predictor, state, context);
    },
    isAlike: (segment, closest, state, context) => {
      const model = alike.get(segment);
      const least = model?.least[String(closest)];
      if (model === undefined || least === undefined) return false;
      const chance = chanceOf(model.predictor, state, context);
      return chance !== undefined && chance >= least;
    },
  };
}

const startOfDay = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

function spendOf(model: LifetimeModel, state: ProfileState, { asOf, currency }: TraitContext): number | undefined {
  const buyer = buyerAt(state, currency, startOfDay(asOf));
  return buyer && expectedSpend(model, buyer);
}

function chanceOf(predictor: Predictor, state: ProfileState, { asOf, currency }: TraitContext): number | undefined {
  const known = knownAt(state, startOfDay(asOf), currency);
  return known && predictChances(predictor, knownColumns([known]))[0];
}
