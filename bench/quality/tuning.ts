// bench/quality/tuning.ts: does choosing settings pay? A real shop, learned and chosen as of several days, judged on what came after each.
import type { RetailEvent } from '../../cli/replay/index.ts';
import { exampleFile, mapRetail, readRetailRows } from '../../cli/replay/index.ts';
import { DAY_MS, PURPOSE_BITS_ALL } from '../../contract/index.ts';
import type { Examples, ProfileState, Settings } from '../../segmenter/index.ts';
import {
  areaUnderCurve,
  createVisitorFold,
  decodeState,
  examplesOf,
  predictChances,
  trainPredictor,
  tune,
} from '../../segmenter/index.ts';
import type { StoredEvent } from '../../store/index.ts';
import type { Measured } from './measured.ts';

const SEED = 42;
const OUTCOME = 'purchase_30';
const HORIZON_DAYS = 30;
const CURRENCY = 'GBP';
/** Days between two instants of which is predicted. */
const STEP_DAYS = 14;

/** The event as a fold reads it. */
function storedOf({ event }: RetailEvent): StoredEvent {
  const { transactionId, items, ...money } = event.commerce ?? {};
  return {
    id: event.id,
    visitor: 1,
    purposes: PURPOSE_BITS_ALL,
    at: event.at,
    name: event.name,
    ...money,
    ...(transactionId === undefined ? {} : { orderKey: transactionId }),
    ...(items === undefined ? {} : { items: JSON.stringify(items) }),
  };
}

function profilesOf(events: readonly RetailEvent[]): ProfileState[] {
  const byVisitor = new Map<string, StoredEvent[]>();
  for (const entry of events) {
    if (entry.firstPartyId === undefined) continue;
    const held = byVisitor.get(entry.firstPartyId);
    if (held === undefined) byVisitor.set(entry.firstPartyId, [storedOf(entry)]);
    else held.push(storedOf(entry));
  }
  const { fold } = createVisitorFold([]);
  return [...byVisitor.values()].map((list) => decodeState(fold(list)));
}

function aucOf(settings: Settings, learnedOn: Examples, judgedOn: Examples): number {
  const learned = trainPredictor(learnedOn, { ...settings, seed: SEED });
  if (!learned.ok) throw new Error(`the prediction was refused: ${learned.error}`);
  return areaUnderCurve(predictChances(learned.value, judgedOn.columns), judgedOn.labels);
}

/** Figures of chosen settings beside those of the defaults. */
export async function measureTuning(): Promise<Measured[]> {
  const { events } = mapRetail(await readRetailRows(exampleFile()));
  const states = profilesOf(events);
  const at = (asOf: number): Examples => examplesOf({ states, segments: [], currency: CURRENCY }, asOf, OUTCOME);
  const times: readonly number[] = events.map(({ event }) => event.at);
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const horizon = HORIZON_DAYS * DAY_MS;
  const sums = { chosen: 0, logistic: 0, trees: 0 };
  let instants = 0;
  for (let now = Math.floor((last - horizon) / DAY_MS) * DAY_MS; now - 3 * horizon > first; now -= STEP_DAYS * DAY_MS) {
    const [before, learnedOn, judgedOn] = [at(now - 2 * horizon), at(now - horizon), at(now)];
    const chosen = tune(before, learnedOn, SEED);
    if (chosen === undefined) throw new Error('nothing was chosen');
    sums.chosen += aucOf(chosen, learnedOn, judgedOn);
    sums.logistic += aucOf({ method: 'logistic' }, learnedOn, judgedOn);
    sums.trees += aucOf({ method: 'trees' }, learnedOn, judgedOn);
    instants += 1;
  }
  const unit = `AUC of who buys in 30 days, mean of ${instants} instants`;
  return [
    { figure: 'tuning_auc_chosen', value: sums.chosen / instants, unit },
    { figure: 'tuning_auc_logistic', value: sums.logistic / instants, unit },
    { figure: 'tuning_auc_trees', value: sums.trees / instants, unit },
  ];
}
