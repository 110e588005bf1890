// segmenter/rules/preview.ts: how many visitors a rule and each of its conditions would have, without keeping it.
import type { Condition } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { Db, SiteRow } from '../../store/index.ts';
import { readLinks, readMemberships, readSampledProfiles } from '../../store/index.ts';
import { breathe } from '../breathe.ts';
import { fuseVisitors } from '../profiles/fuse.ts';
import { decodeState } from '../profiles/state.ts';
import { mainCurrency } from '../profiles/traits.ts';
import { fulfils } from './evaluate.ts';
import { personsOf } from './judge.ts';

/** Profiles looked at; of a site with more, every nth visitor, always the same ones. */
export const PREVIEW_PROFILES_MAX = 40_000;
const PAGE_PROFILES = 2_000;

/** What a preview finds, exactly but for the sample. */
export interface RulePreview {
  /** Persons of the site, and those who fulfil each condition asked for. */
  readonly persons: number;
  readonly counts: readonly number[];
  /** One in so many visitors was looked at; the numbers above are scaled up by it. */
  readonly sampledOneIn: number;
}

/**
 * Counts who fulfils conditions, by the profiles as they are now. Segments a condition speaks of are those last judged.
 */
export async function previewRule(
  db: Db,
  site: SiteRow,
  conditions: readonly Condition[],
  asOf: number,
): Promise<RulePreview> {
  const fusion = fuseVisitors(await readLinks(db, site));
  const counts = conditions.map(() => 0);
  const orders = new Map<string, number>();
  let persons = 0;
  let after = -1;
  let oneIn = 1;
  const seen = new Set<number>();
  for (let read = 0; read < PREVIEW_PROFILES_MAX + PAGE_PROFILES; read += PAGE_PROFILES) {
    const page = await readSampledProfiles(db, site, { after, limit: PAGE_PROFILES, of: PREVIEW_PROFILES_MAX });
    if (page.profiles.length === 0) break;
    oneIn = page.oneIn;
    const states = new Map(page.profiles.map(({ visitor, state }) => [visitor, decodeState(state)]));
    for (const state of states.values()) {
      for (const { currency } of state.orders.values()) orders.set(currency, (orders.get(currency) ?? 0) + 1);
    }
    const heads = [...states.keys()].filter((visitor) => !seen.has(fusion.leads.get(visitor) ?? visitor));
    for (const visitor of heads) seen.add(fusion.leads.get(visitor) ?? visitor);
    const found = await personsOf(db, site, heads, fusion, states);
    const held = await readMemberships(
      db,
      site,
      found.flatMap(({ visitors }) => visitors),
    );
    const context = { asOf: Math.floor(asOf / DAY_MS) * DAY_MS, currency: mainCurrency(orders) };
    for (const { visitors, state } of found) {
      persons += 1;
      const isIn = (segment: string): boolean => visitors.some((visitor) => held.get(visitor)?.has(segment) === true);
      conditions.forEach((condition, nth) => {
        if (fulfils(condition, { state, isIn }, context)) counts[nth] = (counts[nth] ?? 0) + 1;
      });
    }
    after = page.profiles.at(-1)?.visitor ?? after;
    await breathe();
  }
  return { persons: persons * oneIn, counts: counts.map((count) => count * oneIn), sampledOneIn: oneIn };
}
