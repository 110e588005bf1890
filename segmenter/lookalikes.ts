// segmenter/lookalikes.ts: learns what the members of each segment are like that a rule asks the closest others of.
import { DAY_MS } from '../contract/index.ts';
import { alikeIn, publishReportCount } from '../core/index.ts';
import type { KeptVisitorModel, Lease } from '../store/index.ts';
import {
  readInsights,
  readLinks,
  readRuleSegments,
  readSampledMembers,
  readVisitorModels,
  saveInsights,
  saveVisitorModels,
} from '../store/index.ts';
import type { InsightInput } from './insight-input.ts';
import { OUTCOME_EXAMPLES_MIN } from './predictions/predictor.ts';
import type { LookalikeRefusal } from './predictions/lookalike.ts';
import { learnLookalike } from './predictions/lookalike.ts';
import { fuseVisitors } from './profiles/fuse.ts';
import type { ProfileState } from './profiles/state.ts';
import { personsOf } from './rules/judge.ts';
import { eachSampledPerson } from './rules/sample.ts';
import { periodOf, stands } from './standing.ts';

/** Members of a segment, and persons outside it, that likeness is learned from at most. */
const MEMBERS_MAX = 2_000;
const OTHERS_MAX = 10_000;
const SEED = 42;
const KIND = 'lookalike';

/** Whether rules may ask for the closest to a segment, or why they find nobody. No figure of the model is told. */
export type PublishedLookalike =
  | { readonly status: 'ready'; readonly asOf: string }
  | { readonly status: 'refused'; readonly asOf: string; readonly reason: LookalikeRefusal };

/** A segment that is asked about, and which version of it. */
interface Asked {
  readonly id: string;
  readonly of: string;
}

/** Learns what is asked and does not stand any more. @returns false where the lease was lost. */
export async function findLookalikes(input: InsightInput, lease: Lease): Promise<boolean> {
  const { db, site, now } = input;
  const { segments } = await readRuleSegments(db, site.row);
  const versions = new Map(segments.map(({ id, version }) => [id, String(version)]));
  const asked = [...new Set(segments.flatMap(({ rule }) => alikeIn(rule.where)))]
    .sort()
    .map((id): Asked => ({ id, of: versions.get(id) ?? '' }));
  const kept = await readInsights(db, site.row, KIND);
  const models = new Map(
    (await readVisitorModels(db, site.row)).flatMap((one) => (one.kind === 'alike' ? [[one.key, one]] : [])),
  );
  if (asked.length === 0 && kept.size === 0) return true;
  const isDone = ({ id, of }: Asked): boolean => {
    const model = models.get(id);
    return stands(kept.get(id), now) && (model === undefined || model.of === of);
  };
  if (asked.length === kept.size && asked.every(isDone)) return true;
  const cards: { key: string; published: string }[] = [];
  const learned: Pick<KeptVisitorModel, 'key' | 'of' | 'model'>[] = [];
  for (const one of asked) {
    const found = await learn(input, one);
    cards.push({ key: one.id, published: JSON.stringify(found.published) });
    if (found.model !== undefined) learned.push({ key: one.id, of: one.of, model: found.model });
  }
  if (!(await saveVisitorModels(db, site.row, lease, { kind: 'alike', models: learned, at: now }))) return false;
  return saveInsights(db, site.row, lease, KIND, cards, now);
}

async function learn(
  { db, site, now, publishKey }: InsightInput,
  { id }: Asked,
): Promise<{ readonly published: PublishedLookalike; readonly model?: string }> {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const asOf = new Date(today).toISOString().slice(0, 10);
  const refused = (reason: LookalikeRefusal) => ({ published: { status: 'refused', asOf, reason } as const });
  const visitors = await readSampledMembers(db, site.row, id, MEMBERS_MAX);
  const fusion = fuseVisitors(await readLinks(db, site.row));
  const members = (await personsOf(db, site.row, visitors, fusion, new Map())).map(({ state }) => state);
  // Whether there are enough is asked of a blurred number: the answer itself would else tell of one visitor.
  const what = `lookalike ${periodOf(now)} ${id}`;
  if ((await publishReportCount(members.length, OUTCOME_EXAMPLES_MIN, publishKey, what)) === null) {
    return refused('too_few_members');
  }
  const others: ProfileState[] = [];
  const { currency } = await eachSampledPerson(
    db,
    site.row,
    now,
    ({ state, isIn }) => {
      if (!isIn(id)) others.push(state);
    },
    OTHERS_MAX,
  );
  const learned = learnLookalike({ members, others, currency, today, seed: SEED });
  if (!learned.ok) return refused(learned.error);
  return { published: { status: 'ready', asOf }, model: JSON.stringify(learned.value) };
}
