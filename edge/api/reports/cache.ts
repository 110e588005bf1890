// edge/api/reports/cache.ts: answers to reports, remembered until events come that would change them.
import type { ReportRange, SiteRow } from '../../../store/index.ts';
import { hasArrivals, newestArrival } from '../../../store/index.ts';
import type { Port } from '../../port.ts';

/** Answers remembered at most; the one asked least lately goes. */
const ENTRIES_MAX = 300;
/** How long an answer is good although events came: a busy site would else compute for every reader. */
const FRESH_MS = 5_000;
/** How long an answer is good at most: an erasure and a purge bring no event. */
const AGE_MS_MAX = 300_000;

interface Entry {
  readonly value: Promise<unknown>;
  readonly at: number;
  readonly range: ReportRange;
  seq: number;
}

/** What a report is computed with: the order of arrival it can count on. */
export type Compute<T> = (seq: number) => Promise<T>;

/** Remembers answers. */
export type ReportCache = <T>(site: SiteRow, range: ReportRange, key: string, compute: Compute<T>) => Promise<T>;

/** Makes an empty one. */
export function createReportCache({ db, now }: Pick<Port, 'db' | 'now'>): ReportCache {
  const entries = new Map<string, Entry>();
  const isGood = async (entry: Entry, site: SiteRow, seq: number): Promise<boolean> => {
    const age = now() - entry.at;
    if (age > AGE_MS_MAX) return false;
    if (entry.seq === seq || age < FRESH_MS) return true;
    if (await hasArrivals(db, site, entry.range, entry.seq)) return false;
    entry.seq = seq;
    return true;
  };
  return async <T>(site: SiteRow, range: ReportRange, key: string, compute: Compute<T>): Promise<T> => {
    const name = JSON.stringify([site, range.from, range.to, key]);
    const seq = await newestArrival(db);
    const held = entries.get(name);
    entries.delete(name);
    if (held !== undefined && (await isGood(held, site, seq))) {
      entries.set(name, held);
      return (await held.value) as T;
    }
    const value = compute(seq);
    entries.set(name, { value, at: now(), range, seq });
    value.catch(() => entries.delete(name));
    for (const oldest of entries.keys()) {
      if (entries.size <= ENTRIES_MAX) break;
      entries.delete(oldest);
    }
    return value;
  };
}
