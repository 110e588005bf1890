// segmenter/rules/sample.ts: the persons of a site, or of a large one a sample that is always the same, one after the other.
import { DAY_MS } from '../../contract/index.ts';
import type { Db, SiteRow } from '../../store/index.ts';
import { readLinks, readMemberships, readSampledProfiles, readSiteTraits } from '../../store/index.ts';
import { breathe } from '../breathe.ts';
import { fuseVisitors } from '../profiles/fuse.ts';
import { readySiteTraits } from '../profiles/site-traits.ts';
import type { ProfileState } from '../profiles/state.ts';
import { decodeState } from '../profiles/state.ts';
import type { TraitContext } from '../profiles/measures.ts';
import { mainCurrency } from '../profiles/traits.ts';
import { personsOf } from './judge.ts';

/** Profiles looked at; of a site with more, every nth visitor, always the same ones. */
const SAMPLE_PROFILES_MAX = 40_000;
const PAGE_PROFILES = 2_000;

/** One person of the sample. */
export interface SampledPerson {
  readonly state: ProfileState;
  /** Whether they are in a segment, as last judged. */
  readonly isIn: (segment: string) => boolean;
  /** All of these, sorted. */
  readonly segments: () => string[];
}

/** Calls `use` with every person. @returns one in how many visitors was looked at, and the currency of most orders. */
export async function eachSampledPerson(
  db: Db,
  site: SiteRow,
  asOf: number,
  use: (person: SampledPerson, context: TraitContext) => void,
  profilesMax: number = SAMPLE_PROFILES_MAX,
): Promise<{ readonly persons: number; readonly oneIn: number; readonly currency: string | undefined }> {
  const fusion = fuseVisitors(await readLinks(db, site));
  const own = readySiteTraits((await readSiteTraits(db, site)).traits);
  const orders = new Map<string, number>();
  const seen = new Set<number>();
  let persons = 0;
  let after = -1;
  let oneIn = 1;
  for (let read = 0; read < profilesMax + PAGE_PROFILES; read += PAGE_PROFILES) {
    const page = await readSampledProfiles(db, site, { after, limit: PAGE_PROFILES, of: profilesMax });
    if (page.profiles.length === 0) break;
    oneIn = page.oneIn;
    const states = new Map(page.profiles.map(({ visitor, state }) => [visitor, decodeState(state)]));
    for (const state of states.values()) {
      for (const { currency } of state.orders.values()) orders.set(currency, (orders.get(currency) ?? 0) + 1);
    }
    const headOf = (visitor: number): number => fusion.leads.get(visitor) ?? visitor;
    const wanted = [...states.keys()].filter((visitor) => !seen.has(headOf(visitor)));
    for (const visitor of wanted) seen.add(headOf(visitor));
    const found = await personsOf(db, site, wanted, fusion, states);
    const visitors = found.flatMap((person) => person.visitors);
    const held = await readMemberships(db, site, visitors);
    const context = { asOf: Math.floor(asOf / DAY_MS) * DAY_MS, currency: mainCurrency(orders), own };
    for (const person of found) {
      persons += 1;
      const isIn = (segment: string): boolean =>
        person.visitors.some((visitor) => held.get(visitor)?.has(segment) === true);
      const segments = (): string[] =>
        [...new Set(person.visitors.flatMap((visitor) => [...(held.get(visitor) ?? [])]))].sort();
      use({ state: person.state, isIn, segments }, context);
    }
    after = page.profiles.at(-1)?.visitor ?? after;
    await breathe();
  }
  return { persons, oneIn, currency: mainCurrency(orders) };
}
