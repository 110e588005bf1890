// segmenter/rules/sweep.ts: judges everybody: after a change of rules or a new day, and whenever a run looks at all profiles.
import { DAY_MS } from '../../contract/index.ts';
import type { Db, Lease, SiteRow } from '../../store/index.ts';
import {
  beginSweep,
  CHANGES_KEPT_DAYS,
  endSweep,
  readMemberships,
  readProfiles,
  saveChanges,
} from '../../store/index.ts';
import { breathe } from '../breathe.ts';
import type { Fusion } from '../profiles/fuse.ts';
import type { ProfileState } from '../profiles/state.ts';
import { decodeState } from '../profiles/state.ts';
import { mainCurrency } from '../profiles/traits.ts';
import type { Judge } from './judge.ts';
import { changesOf, clustersAmong, personsOf } from './judge.ts';

/** Profiles in one page. */
const PAGE_PROFILES = 5_000;
/** Pages of one sweep at most: ten billion profiles. */
const PAGES_MAX = 2_000_000;

/** What a sweep judges by besides the rules. */
export interface SweepBy {
  readonly fusion: Fusion;
  /** The main currency; undefined where nobody bought anything. Left out, it is looked for. */
  readonly currency?: { readonly of: string | undefined };
  /** The cluster of each visitor where a run has just found new ones; those that are stored where left out. */
  readonly clusters?: ReadonlyMap<number, string>;
  /** When it is made, epoch ms. */
  readonly at: number;
}

/**
 * Judges every profile, page by page, each in one transaction. One that is killed is begun again by whoever folds next: the
 * mark that says by what everybody was judged is taken away first and written last. @returns false where the lease was lost.
 */
export async function sweepRules(
  db: Db,
  site: SiteRow,
  lease: Lease,
  judge: Judge,
  by: SweepBy,
  goOn: () => Promise<boolean>,
): Promise<boolean> {
  await beginSweep(
    db,
    site,
    lease,
    judge.rules.map(({ id }) => id),
    by.at,
  );
  const currency = judge.rules.length === 0 ? undefined : (by.currency ?? (await lookForCurrency(db, site, goOn)));
  if (judge.rules.length > 0) {
    if (currency === undefined) return false;
    const context = {
      asOf: judge.day * DAY_MS,
      currency: currency.of,
      own: judge.own,
      ...(judge.models === undefined ? {} : { models: judge.models }),
    };
    const judged = new Set<number>();
    const isWhole = await eachPage(db, site, goOn, async (states) => {
      const wanted = [...states.keys()].filter((visitor) => !judged.has(by.fusion.leads.get(visitor) ?? visitor));
      const persons = await personsOf(db, site, wanted, by.fusion, states);
      for (const visitor of wanted) {
        const lead = by.fusion.leads.get(visitor);
        if (lead !== undefined) judged.add(lead);
      }
      const visitors = persons.flatMap((person) => person.visitors);
      const held = await readMemberships(db, site, visitors);
      const clusters = by.clusters;
      const clustersOf =
        clusters === undefined
          ? (visitor: number) => clustersAmong(held.get(visitor))
          : (visitor: number) => one(clusters.get(visitor));
      await saveChanges(db, site, lease, changesOf(judge.rules, persons, held, { context, clustersOf }), by.at);
    });
    if (!isWhole) return false;
  }
  const mark = { rules: judge.text, day: judge.day, currency: currency?.of ?? '' };
  return endSweep(db, site, lease, mark, by.at - CHANGES_KEPT_DAYS * DAY_MS);
}

const one = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);

async function eachPage(
  db: Db,
  site: SiteRow,
  goOn: () => Promise<boolean>,
  use: (states: ReadonlyMap<number, ProfileState>) => Promise<void> | void,
): Promise<boolean> {
  let after = -1;
  for (let page = 0; page < PAGES_MAX; page++) {
    const profiles = await readProfiles(db, site, after, PAGE_PROFILES);
    if (profiles.length === 0) return true;
    await use(new Map(profiles.map(({ visitor, state }) => [visitor, decodeState(state)])));
    after = profiles.at(-1)?.visitor ?? after;
    if (!(await goOn())) return false;
    await breathe();
  }
  return true;
}

/** The currency of most orders. */
async function lookForCurrency(
  db: Db,
  site: SiteRow,
  goOn: () => Promise<boolean>,
): Promise<{ readonly of: string | undefined } | undefined> {
  const orders = new Map<string, number>();
  const isWhole = await eachPage(db, site, goOn, (states) => {
    for (const state of states.values()) {
      for (const { currency } of state.orders.values()) orders.set(currency, (orders.get(currency) ?? 0) + 1);
    }
  });
  return isWhole ? { of: mainCurrency(orders) } : undefined;
}
