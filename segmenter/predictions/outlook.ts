// segmenter/predictions/outlook.ts: learns from a site's profiles what their visitors do next, and publishes it by segment (P3).
import { DAY_MS } from '../../contract/index.ts';
import { NOISE_SCALE, publishQuality, publishReportCount, publishShare, roundMean, toHex } from '../../core/index.ts';
import { areaUnderCurve } from './measures.ts';
import type { FeatureEffect } from './effects.ts';
import { featureEffects } from './effects.ts';
import type { Examples } from './examples.ts';
import type { Outcome } from './known-at.ts';
import { becameOf, knownAt, knownColumns, OUTCOMES } from './known-at.ts';
import type { Predictor, PredictorMetrics, PredictorOptions, PredictorRefusal } from './predictor.ts';
import { predictChances, trainPredictor } from './predictor.ts';
import type { ProfileState } from '../profiles/state.ts';
import type { Settings } from './tune.ts';
import { tune } from './tune.ts';

/** Outcomes of each kind that a prediction needs; as near to it as the noise reaches, it is refused. */
const OUTCOME_MIN = 30;
const DECIMALS = 3;
const encoder = new TextEncoder();
/**
 * Widths of the noise of a card's figures, in that of one figure alone (ADR 0035). Three cards a week for four weeks: of four measures,
 * ten tenths and two figures a column, together with the chances by segment, the best guesser is right in less than 60 %.
 */
const MEASURE_WIDTH = 2;
const DETAIL_WIDTH = 6;

/** Persons to learn from. */
export interface OutlookPersons {
  readonly states: readonly ProfileState[];
  /** The segments of each person. */
  readonly segments: readonly (readonly string[])[];
  readonly currency: string | undefined;
}

/** What is learned by. */
export interface OutlookContext {
  readonly floor: number;
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly seed: number;
  /** Start of the UTC day of the run, epoch ms. */
  readonly today: number;
  /** Within a period the same counts get the same noise. */
  readonly period: number;
}

/** Why nothing is predicted. */
export type OutlookRefusal = PredictorRefusal | 'history_too_short';

/** A prediction's card: how it was made, how good it is, and what it says of each segment. */
export type PublishedOutlook =
  | {
      readonly status: 'refused';
      readonly outcome: Outcome;
      readonly words: string;
      readonly asOf: string;
      readonly reason: OutlookRefusal;
    }
  | {
      readonly status: 'ready';
      readonly outcome: Outcome;
      readonly words: string;
      readonly asOf: string;
      readonly horizonDays: number;
      readonly window: { readonly from: string; readonly to: string };
      readonly method: PredictorOptions['method'];
      readonly seed: number;
      /** With noise, in tens. */
      readonly examples: number;
      readonly metrics: {
        readonly auc: number;
        readonly brier: number;
        readonly brierOfRate: number;
        /** Of a model learned one horizon earlier, on what came after it. */
        readonly aucLater: number | null;
      };
      readonly lift: PredictorMetrics['lift'];
      readonly effects: readonly FeatureEffect[];
      /** Mean chance by segment, two digits. */
      readonly segments: readonly { readonly id: string; readonly chance: number }[];
      /** Digest of what was learned from. */
      readonly inputs: string;
    };

interface Table {
  readonly examples: Examples;
  /** Rows of the persons that are in it. */
  readonly persons: readonly number[];
}

/** What was known of everybody at an instant, and what became of them. */
function tableAt({ states, currency }: OutlookPersons, asOf: number, outcome: Outcome): Table {
  const rows: Float64Array[] = [];
  const labels: number[] = [];
  const persons: number[] = [];
  for (const [nth, state] of states.entries()) {
    const known = knownAt(state, asOf, currency);
    if (known === undefined) continue;
    rows.push(known);
    labels.push(becameOf(state, asOf, outcome));
    persons.push(nth);
  }
  return { examples: { columns: knownColumns(rows), labels: Uint8Array.from(labels) }, persons };
}

/** What was known of everybody at an instant, by column, and what became of each. @param asOf epoch ms */
export const examplesOf = (persons: OutlookPersons, asOf: number, outcome: Outcome): Examples =>
  tableAt(persons, asOf, outcome).examples;

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const short = (value: number): number => Number(value.toFixed(DECIMALS));

/** The settings that predicted best what came after they were learned, and how well. */
function chooseSettings(
  earlier: Examples,
  later: Examples,
  seed: number,
): { readonly settings: Settings; readonly aucLater: number | undefined } {
  const settings = tune(earlier, later, seed) ?? { method: 'logistic' };
  const learned = trainPredictor(earlier, { ...settings, seed });
  if (!learned.ok) return { settings, aucLater: undefined };
  const auc = areaUnderCurve(predictChances(learned.value, later.columns), later.labels);
  return { settings, aucLater: Number.isNaN(auc) ? undefined : auc };
}

/** Names what was learned from, under the site's secret: whoever knows everybody but one could else try that one. */
async function digestOf({ columns, labels }: Examples, secret: Uint8Array<ArrayBuffer>): Promise<string> {
  const parts = [
    encoder.encode('hushtag inputs 1'),
    labels,
    ...columns.map(({ values }) => new Uint8Array(Float64Array.from(values as Float64Array).buffer)),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes))).slice(0, 32);
}

/** How many had an outcome, and how many had not. */
interface Outcomes {
  readonly yes: number;
  readonly no: number;
}

/** The figures of a card, blurred by what one person moves them by (ADR 0034, 0035). */
async function qualityOf(
  { metrics, effects, aucLater }: { metrics: PredictorMetrics; effects: readonly FeatureEffect[]; aucLater?: number },
  { yes, no }: Outcomes,
  { secret, period }: OutlookContext,
  outcome: Outcome,
): Promise<Pick<Extract<PublishedOutlook, { status: 'ready' }>, 'metrics' | 'lift' | 'effects'>> {
  const blurred = (of: number, width: number) => (figure: number, what: string) =>
    publishQuality(figure, of, secret, `outlook ${outcome} ${period} ${what}`, width);
  // Means over everybody, and figures of how those with the outcome are ranked: one of the rarer kind moves these by a share of its kind.
  const mean = blurred(yes + no, MEASURE_WIDTH);
  const ranking = blurred(Math.min(yes, no), MEASURE_WIDTH);
  const lift: PredictorMetrics['lift'][number][] = [];
  for (const { share, captured } of metrics.lift) {
    const seen = Math.min(1, Math.max(0, await blurred(yes, DETAIL_WIDTH)(captured, `captured ${share}`)));
    lift.push({ share: short(share), captured: seen, lift: share > 0 ? roundMean(seen / share) : 0 });
  }
  const shown: FeatureEffect[] = [];
  for (const effect of effects) {
    const aucLost = await blurred(Math.min(yes, no), DETAIL_WIDTH)(effect.aucLost, `lost ${effect.column}`);
    const change = await blurred(yes + no, DETAIL_WIDTH)(effect.change, `change ${effect.column}`);
    shown.push({ ...effect, aucLost, change });
  }
  return {
    metrics: {
      auc: await ranking(metrics.auc, 'auc'),
      brier: await mean(metrics.brier, 'brier'),
      brierOfRate: await mean(metrics.brierOfRate, 'brier of rate'),
      aucLater: aucLater === undefined ? null : await ranking(aucLater, 'auc later'),
    },
    lift,
    // The order of exact ones would tell what their noise hides.
    effects: shown.sort((a, b) => b.aucLost - a.aucLost || (a.column < b.column ? -1 : 1)),
  };
}

/** A card, and the predictor behind it, which stays here: rules ask it about one visitor after the other (ADR 0058). */
export interface FoundOutlook {
  readonly published: PublishedOutlook;
  readonly predictor?: Predictor;
}

/** Learns one outcome from what was known one horizon ago, and says what it means for today. */
export async function outlookOf(
  persons: OutlookPersons,
  outcome: Outcome,
  context: OutlookContext,
): Promise<FoundOutlook> {
  const { horizonDays, words } = OUTCOMES[outcome];
  const { today, secret, seed, period } = context;
  const asOf = day(today);
  const refused = (reason: OutlookRefusal): FoundOutlook => ({
    published: { status: 'refused', outcome, words, asOf, reason },
  });
  const cutoff = today - horizonDays * DAY_MS;
  const later = tableAt(persons, cutoff, outcome);
  if (later.persons.length === 0) return refused('history_too_short');
  // Whether there are enough is asked of blurred numbers: the answer itself would else tell of one visitor.
  const yes = later.examples.labels.reduce((sum, label) => sum + label, 0);
  const outcomes = { yes, no: later.persons.length - yes };
  let examples = 0;
  for (const [what, count] of Object.entries(outcomes)) {
    const seen = await publishReportCount(count, OUTCOME_MIN, secret, `outlook ${outcome} ${period} ${what}`);
    if (seen === null) return refused('too_few_of_an_outcome');
    examples += seen;
  }
  const earlier = tableAt(persons, cutoff - horizonDays * DAY_MS, outcome);
  const { settings, aucLater } = chooseSettings(earlier.examples, later.examples, seed);
  const learned = trainPredictor(later.examples, { ...settings, seed });
  if (!learned.ok) return refused(learned.error);
  const { metrics } = learned.value;
  const firstAt = persons.states.reduce((first, state) => Math.min(first, state.firstAt), Number.POSITIVE_INFINITY);
  const published: PublishedOutlook = {
    status: 'ready',
    outcome,
    words,
    asOf,
    horizonDays,
    window: { from: day(firstAt), to: day(today - 1) },
    method: settings.method,
    seed,
    // The sum of the two blurred ones: an exact number in tens is tipped by one visitor.
    examples,
    ...(await qualityOf(
      {
        metrics,
        effects: featureEffects(learned.value, later.examples, seed),
        ...(aucLater === undefined ? {} : { aucLater }),
      },
      outcomes,
      context,
      outcome,
    )),
    segments: await bySegment(persons, learned.value, outcome, context),
    inputs: await digestOf(later.examples, secret),
  };
  return { published, predictor: learned.value };
}

/** The mean chance of each segment's persons today, with noise (ADR 0034), of those that are enough to be shown. */
async function bySegment(
  persons: OutlookPersons,
  predictor: Predictor,
  outcome: Outcome,
  { floor, secret, today, period }: OutlookContext,
): Promise<{ id: string; chance: number }[]> {
  const now = tableAt(persons, today, outcome);
  const chances = predictChances(predictor, now.examples.columns);
  const sums = new Map<string, { count: number; sum: number }>();
  now.persons.forEach((person, row) => {
    for (const segment of persons.segments[person] ?? []) {
      const held = sums.get(segment) ?? { count: 0, sum: 0 };
      sums.set(segment, { count: held.count + 1, sum: held.sum + (chances[row] ?? 0) });
    }
  });
  const groupsMax = now.persons.reduce((most, person) => Math.max(most, persons.segments[person]?.length ?? 0), 1);
  const scale = Math.ceil(NOISE_SCALE * Math.sqrt(groupsMax));
  const shown: { id: string; chance: number }[] = [];
  for (const [id, { count, sum }] of [...sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const what = `outlook ${outcome} ${period} ${id}`;
    const isSeen = (await publishReportCount(count, floor, secret, what)) !== null;
    const chance = await publishShare(sum, count, secret, what, scale);
    if (isSeen && chance !== null) shown.push({ id, chance });
  }
  return shown;
}

/** All predictions, by outcome. */
export async function outlooks(
  persons: OutlookPersons,
  context: OutlookContext,
): Promise<ReadonlyMap<Outcome, FoundOutlook>> {
  const found = new Map<Outcome, FoundOutlook>();
  for (const outcome of Object.keys(OUTCOMES) as Outcome[]) {
    found.set(outcome, await outlookOf(persons, outcome, context));
  }
  return found;
}
