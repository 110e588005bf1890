// segmenter/predictions/lookalike.ts: who is most like the members of a segment without being one of them.
//
// A logistic regression learns what tells members from everybody else; of those who are not in the segment, the highest chances
// are the closest. It ranks, and nothing else is read of it: how large the group is, the rule says.
import type { Closest, Result } from '../../contract/index.ts';
import { CLOSEST, err, ok } from '../../contract/index.ts';
import type { ProfileState } from '../profiles/state.ts';
import { knownAt, knownColumns } from './known-at.ts';
import type { Predictor } from './predictor.ts';
import { OUTCOME_EXAMPLES_MIN, predictChances, trainPredictor } from './predictor.ts';

/** A model of likeness. Plain data, to be stored as JSON. */
export interface Lookalike {
  readonly predictor: Predictor;
  /** The lowest chance that is still among the closest share, by share. */
  readonly least: Readonly<Record<string, number>>;
}

/** Why there is no model of likeness. */
export type LookalikeRefusal = 'too_few_members' | 'too_few_others';

/** What likeness is learned from. */
export interface LookalikeInput {
  readonly members: readonly ProfileState[];
  /** A sample of those who are not in the segment, drawn without a look at them: shares are of these. */
  readonly others: readonly ProfileState[];
  readonly currency: string | undefined;
  /** Start of the UTC day, epoch ms. */
  readonly today: number;
  readonly seed: number;
}

/** Learns it. The same input in the same order gives the same model. */
export function learnLookalike(input: LookalikeInput): Result<Lookalike, LookalikeRefusal> {
  const { members, others, currency, today, seed } = input;
  const known = (states: readonly ProfileState[]): Float64Array[] =>
    states.flatMap((state) => knownAt(state, today, currency) ?? []);
  const [inside, outside] = [known(members), known(others)];
  if (inside.length < OUTCOME_EXAMPLES_MIN) return err('too_few_members');
  const labels = new Uint8Array(inside.length + outside.length).fill(1, 0, inside.length);
  const learned = trainPredictor(
    { columns: knownColumns([...inside, ...outside]), labels },
    { method: 'logistic', seed },
  );
  if (!learned.ok) return err('too_few_others');
  const chances = predictChances(learned.value, knownColumns(outside)).sort().reverse();
  const least = Object.fromEntries(CLOSEST.map((share): [string, number] => [String(share), leastOf(chances, share)]));
  return ok({ predictor: learned.value, least });
}

/** The chance of the last of the closest; above 1, which nobody has, where a share is less than one visitor. */
const leastOf = (descending: Float64Array, share: Closest): number =>
  descending[Math.floor(descending.length * share) - 1] ?? 2;
