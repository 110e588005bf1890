// segmenter/rules/judge.ts: who is in which rule segment: for the visitors of one slice, and the rules a site has.
import type { Condition } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { RuleSegment } from '../../core/index.ts';
import { alikeIn, CLUSTER_PREFIX, invariant, orderRules, traitsIn } from '../../core/index.ts';
import type { Db, MemberChange, RuleMark, SiteRow } from '../../store/index.ts';
import {
  linksAround,
  readMemberships,
  readRuleMark,
  readRuleSegments,
  readSiteTraits,
  readStates,
  readVisitorModels,
  readVisitorModelsMark,
} from '../../store/index.ts';
import { mergeStates } from '../profiles/fold.ts';
import type { Fusion } from '../profiles/fuse.ts';
import { fuseVisitors } from '../profiles/fuse.ts';
import type { SiteTraits } from '../profiles/site-traits.ts';
import { readySiteTraits } from '../profiles/site-traits.ts';
import type { ProfileState } from '../profiles/state.ts';
import { decodeState, emptyState } from '../profiles/state.ts';
import { PREDICTED_TRAITS, readyVisitorModels } from '../predictions/visitor-models.ts';
import type { TraitContext, VisitorModelAsked } from '../profiles/measures.ts';
import { mainCurrency } from '../profiles/traits.ts';
import { fulfils } from './evaluate.ts';

/** A site's rules on one UTC day, and whether what is stored was judged by them. */
export interface Judge {
  /** Each after those it speaks of. */
  readonly rules: readonly RuleSegment[];
  /** The same text for the same rules. */
  readonly text: string;
  /** UTC day, whole days since 1970. */
  readonly day: number;
  readonly mark: RuleMark | undefined;
  /** Slices keep up to date what is current; anything else takes a sweep of everybody (sweep.ts). */
  readonly isCurrent: boolean;
  /** Traits that the site defined, which rules may speak of. */
  readonly own: SiteTraits;
  /** What models say of one visitor; undefined where no rule asks them. */
  readonly models: VisitorModelAsked | undefined;
}

/** Links around a slice's visitors that are followed; where there are more, everybody is judged instead. */
const LINKS_AROUND_MAX = 20_000;

/** Reads a site's rules, to judge by them as of an instant. */
export async function openJudge(db: Db, site: SiteRow, asOf: number): Promise<Judge> {
  const { segments, state } = await readRuleSegments(db, site);
  const ordered = orderRules(segments);
  invariant(ordered.ok, 'M1: rules that are kept make no circle');
  const mark = await readRuleMark(db, site);
  const day = Math.floor(asOf / DAY_MS);
  const own = readySiteTraits((await readSiteTraits(db, site)).traits);
  // Rules that ask a model say something else once it is learned anew.
  const asksModels = ordered.value.some(({ rule }) => asksModel(rule.where));
  const text = asksModels ? `${state} ${await readVisitorModelsMark(db, site)}` : state;
  const models = asksModels ? readyVisitorModels(await readVisitorModels(db, site)) : undefined;
  const isCurrent = mark !== undefined && mark.rules === text && mark.day === day;
  return { rules: ordered.value, text, day, mark, isCurrent, own, models };
}

const PREDICTED = new Set(PREDICTED_TRAITS.map(({ id }) => id));
const asksModel = (where: Condition): boolean =>
  alikeIn(where).length > 0 || traitsIn(where).some((trait) => PREDICTED.has(trait));

/** One person: all their visitors that have a profile, and these put together. */
export interface Person {
  readonly visitors: readonly number[];
  readonly state: ProfileState;
}

/** What persons are judged by besides their own profile. */
export interface JudgedBy {
  readonly context: TraitContext;
  /** Which clusters a visitor is in. */
  readonly clustersOf: (visitor: number) => Iterable<string>;
}

/** Segments of each visitor, clusters among them. */
export type Held = ReadonlyMap<number, ReadonlySet<string>>;

/** The clusters among the segments of one visitor. What rules said before must not decide what they say now. */
export const clustersAmong = (segments: ReadonlySet<string> | undefined): readonly string[] =>
  [...(segments ?? [])].filter((segment) => segment.startsWith(CLUSTER_PREFIX));

/** Who enters and who leaves which rule segment, that `held` may become what the rules say. */
export function changesOf(
  rules: readonly RuleSegment[],
  persons: readonly Person[],
  held: Held,
  { context, clustersOf }: JudgedBy,
): MemberChange[] {
  const changes: MemberChange[] = [];
  for (const { visitors, state } of persons) {
    const found = new Set<string>();
    for (const visitor of visitors) for (const cluster of clustersOf(visitor)) found.add(cluster);
    for (const { id, rule } of rules) {
      if (fulfils(rule.where, { state, isIn: (segment) => found.has(segment) }, context)) found.add(id);
    }
    for (const visitor of visitors) {
      for (const { id: segment } of rules) {
        const entered = found.has(segment);
        if (entered !== (held.get(visitor)?.has(segment) ?? false)) changes.push({ segment, visitor, entered });
      }
    }
  }
  return changes;
}

/** Puts visitors together to persons. Those of `wanted` and whoever is one person with them. */
export async function personsOf(
  db: Db,
  site: SiteRow,
  wanted: Iterable<number>,
  { leads, groups }: Fusion,
  known: ReadonlyMap<number, ProfileState>,
): Promise<Person[]> {
  const heads = new Set([...wanted].map((visitor) => leads.get(visitor) ?? visitor));
  const missing = [...heads].flatMap((head) => groups.get(head) ?? [head]).filter((visitor) => !known.has(visitor));
  const read = new Map<number, ProfileState>();
  if (missing.length > 0) {
    for (const { visitor, state } of await readStates(db, site, missing)) read.set(visitor, decodeState(state));
  }
  return [...heads].flatMap((head): Person[] => {
    const members = (groups.get(head) ?? [head]).flatMap((visitor) => {
      const state = known.get(visitor) ?? read.get(visitor);
      return state === undefined ? [] : [{ visitor, state }];
    });
    const [first] = members;
    if (first === undefined) return [];
    if (members.length === 1) return [{ visitors: [first.visitor], state: first.state }];
    // Into a fresh state: those of a slice are still to be written one by one.
    const state = emptyState();
    for (const member of members) mergeStates(state, member.state);
    return [{ visitors: members.map(({ visitor }) => visitor), state }];
  });
}

/** What a slice changes in rule segments, and what is judged by from then on where that is another. */
export interface SliceVerdict {
  readonly changes: readonly MemberChange[];
  readonly mark?: RuleMark;
}

/**
 * Judges the visitors of a slice by their new states, and whoever is one person with them.
 * @param linkers visitors that were identified in it: whom they are joined to, or not any more, is judged as well.
 * @returns undefined where so many are linked that everybody is to be judged instead.
 */
export async function judgeSlice(
  db: Db,
  site: SiteRow,
  { rules, mark, day, own, models }: Judge,
  states: ReadonlyMap<number, ProfileState>,
  linkers: ReadonlySet<number>,
): Promise<SliceVerdict | undefined> {
  if (mark === undefined || rules.length === 0 || states.size === 0) return { changes: [] };
  const links = await linksAround(db, site, [...states.keys()], LINKS_AROUND_MAX);
  if (links === undefined) return undefined;
  const wanted = new Set(states.keys());
  // Anybody reached may have been one person with who was identified, or be one now.
  if (linkers.size > 0) for (const { visitor } of links) wanted.add(visitor);
  const persons = await personsOf(db, site, wanted, fuseVisitors(links), states);
  const held = await readMemberships(
    db,
    site,
    persons.flatMap(({ visitors }) => visitors),
  );
  const currency = mark.currency === '' ? firstCurrency(states) : mark.currency;
  const changes = changesOf(rules, persons, held, {
    context: {
      asOf: day * DAY_MS,
      currency: currency === '' ? undefined : currency,
      own,
      ...(models === undefined ? {} : { models }),
    },
    clustersOf: (visitor) => clustersAmong(held.get(visitor)),
  });
  return { changes, ...(currency === mark.currency ? {} : { mark: { ...mark, currency } }) };
}

/** While nobody bought anything there is no main currency; the first that buy decide. */
function firstCurrency(states: ReadonlyMap<number, ProfileState>): string {
  const orders = new Map<string, number>();
  for (const state of states.values()) {
    for (const { currency } of state.orders.values()) orders.set(currency, (orders.get(currency) ?? 0) + 1);
  }
  return mainCurrency(orders) ?? '';
}
