// bench/segmenter/history.ts: a made-up shop's history of any length, written through the collector's own query.
import { DAY_MS, MINUTE_MS } from '../../contract/index.ts';
import type { Db, EventRow, SiteRow } from '../../store/index.ts';
import { acceptJobs } from '../../store/index.ts';
import { seeded } from '../random.ts';

/** 2026-01-01. */
const START = Date.UTC(2026, 0, 1);
const DAYS = 300;
const EVENTS_A_COMMIT = 5_000;
const PRODUCTS = 2_000;
const CATEGORIES = 40;
/** What a visit goes through, in this order, as far as it goes. */
const FUNNEL = [
  'page_view',
  'page_view',
  'view_item',
  'page_view',
  'view_item',
  'add_to_cart',
  'begin_checkout',
  'purchase',
];
/** How many visits in ten end at each step of the funnel. */
const STEPS = [1, 2, 3, 4, 5, 5, 6, 6, 7, 8];

/** How much there is. */
export interface HistorySize {
  readonly events: number;
  readonly visitors: number;
  readonly seed: number;
  /** Day to begin at, after the history before. */
  readonly fromDay?: number;
}

const hex = (nth: number, digits: number): string => nth.toString(16).padStart(digits, '0');

/** Writes a history, visit by visit in order of time, each by a visitor drawn at random. @returns events written. */
export async function writeHistory(
  db: Db,
  site: SiteRow,
  { events, visitors, seed, fromDay = 0 }: HistorySize,
  onProgress: (done: number) => void,
): Promise<number> {
  const random = seeded(seed);
  const below = (max: number): number => Math.floor(random() * max);
  let rows: EventRow[] = [];
  let written = 0;
  const commit = async (): Promise<void> => {
    const ledger = [{ outcome: 'received' as const, reason: '', events: rows.length }];
    await acceptJobs(db, [{ site, day: Math.floor(START / DAY_MS) + fromDay, rows, ledger }]);
    written += rows.length;
    rows = [];
    onProgress(written);
  };
  // The mean visit has 4.7 events.
  const between = ((DAYS - fromDay) * DAY_MS) / (events / 4.7);
  let at = START + fromDay * DAY_MS;
  let id = 0;
  while (written + rows.length < events) {
    at += random() * 2 * between;
    // Half of the visits are by a tenth of the visitors, as in shops.
    const visitor = random() < 0.5 ? below(visitors / 10) : below(visitors);
    const steps = STEPS[below(STEPS.length)] ?? 1;
    let moment = Math.floor(at);
    for (let step = 0; step < steps && written + rows.length < events; step += 1) {
      moment += below(3 * MINUTE_MS);
      rows.push(aRow(FUNNEL[step] ?? 'page_view', moment, visitor, hex(id++, 24), below(PRODUCTS), seed));
    }
    if (rows.length >= EVENTS_A_COMMIT) await commit();
  }
  if (rows.length > 0) await commit();
  return written;
}

function aRow(name: string, at: number, visitor: number, id: string, product: number, seed: number): EventRow {
  const item = { id: `p${product}`, category: `c${product % CATEGORIES}`, price: 500 + product, quantity: 1 };
  return {
    id: `${hex(seed, 8)}${id}`,
    at,
    name,
    visitor: hex(visitor + 1, 24),
    linked: 1,
    purposes: 15,
    policyVersion: 1,
    path: `/products/p${product}`,
    ...(name === 'page_view' ? {} : { items: JSON.stringify([item]) }),
    ...(name === 'purchase' ? { currency: 'GBP', value: item.price, orderKey: id } : {}),
  };
}
