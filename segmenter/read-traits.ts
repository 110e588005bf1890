// segmenter/read-traits.ts: the traits of every profile of a site, read page by page.
import type { Db, SiteRow } from '../store/index.ts';
import { countProfiles, readProfiles } from '../store/index.ts';
import { breathe } from './breathe.ts';
import type { TraitTable } from './features/trait-table.ts';
import { emptyTable, firstRows, setRow, sortedTable } from './features/trait-table.ts';
import { mergeStates } from './profiles/fold.ts';
import type { Fusion } from './profiles/fuse.ts';
import type { ProfileState } from './profiles/state.ts';
import { decodeState } from './profiles/state.ts';
import { mainCurrency } from './profiles/traits.ts';

/** Profiles in one page. */
const PAGE_PROFILES = 5_000;

/** All profiles' traits, and what they hold for. */
export interface ProfileTraits {
  readonly table: TraitTable;
  /** The currency of most orders. */
  readonly currency: string | undefined;
  readonly firstAt?: number;
  readonly lastAt?: number;
}

/** Called after each page; says whether the run may go on. */
export type AfterPage = (done: number, total: number) => Promise<boolean>;

/**
 * Computes the traits as of an instant. Visitors that are one person have one row, under the lead's number, of their
 * states put together. @returns undefined where the lease was lost. */
export async function readTraits(
  db: Db,
  site: SiteRow,
  asOf: number,
  fusion: Fusion,
  afterPage: AfterPage,
): Promise<ProfileTraits | undefined> {
  const guess = await readOnce(db, site, { asOf, currency: undefined, fusion }, afterPage);
  // Which currency is the main one is known only at the end; the first seen is nearly always right, else it is read again.
  if (guess === undefined || guess.main === guess.read.currency) return guess?.read;
  return (await readOnce(db, site, { asOf, currency: guess.main, fusion }, afterPage))?.read;
}

interface ReadOptions {
  readonly asOf: number;
  readonly currency: string | undefined;
  readonly fusion: Fusion;
}

async function readOnce(
  db: Db,
  site: SiteRow,
  { asOf, currency, fusion }: ReadOptions,
  afterPage: AfterPage,
): Promise<{ read: ProfileTraits; main: string | undefined } | undefined> {
  const total = await countProfiles(db, site);
  const table = emptyTable(total);
  const orders = new Map<string, number>();
  let used = currency;
  let firstAt = Number.POSITIVE_INFINITY;
  let lastAt = Number.NEGATIVE_INFINITY;
  const fused = new Map<number, ProfileState>();
  let read = 0;
  let row = 0;
  let after = -1;
  while (read < total) {
    const page = await readProfiles(db, site, after, PAGE_PROFILES);
    if (page.length === 0) break;
    for (const profile of page) {
      const state = decodeState(profile.state);
      for (const order of state.orders.values()) orders.set(order.currency, (orders.get(order.currency) ?? 0) + 1);
      used ??= mainCurrency(orders);
      firstAt = Math.min(firstAt, state.firstAt);
      lastAt = Math.max(lastAt, state.lastAt);
      after = profile.visitor;
      read += 1;
      const lead = fusion.leads.get(profile.visitor);
      if (lead === undefined) setRow(table, row++, profile.visitor, state, { asOf, currency: used });
      else fuseInto(fused, lead, state);
    }
    if (!(await afterPage(read, total))) return undefined;
    await breathe();
  }
  for (const [lead, state] of fused) setRow(table, row++, lead, state, { asOf, currency: used });
  const window = total === 0 ? {} : { firstAt, lastAt };
  return { read: { table: sortedTable(firstRows(table, row)), currency: used, ...window }, main: mainCurrency(orders) };
}

function fuseInto(fused: Map<number, ProfileState>, lead: number, state: ProfileState): void {
  const held = fused.get(lead);
  if (held === undefined) fused.set(lead, state);
  else mergeStates(held, state);
}
