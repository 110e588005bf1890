// edge/api/reports/days.ts: a day's numbers about people, made a few times and then the same for everybody who asks (P3).
import { DAY_MS } from '../../../contract/index.ts';
import type { ReportCount } from '../../../core/index.ts';
import { DAY_SEALED, dayStage, mayRefreshDay, publishDayCount, roundAmount, toHex } from '../../../core/index.ts';
import type { ExactDay, ReportResult, Site } from '../../../store/index.ts';
import { keepResults, readResults } from '../../../store/index.ts';
import type { Port } from '../../port.ts';
import { utcDay } from './range.ts';

/** One day as it may be seen. */
export interface ShownDay {
  readonly date: string;
  readonly views: number;
  readonly visits: ReportCount;
  readonly visitors: ReportCount;
  readonly orders: ReportCount;
  readonly revenue: ReportCount;
  /** Why there is no number of visitors. */
  readonly withheld?: 'below_floor' | 'day_open';
}

/** What is kept of a day. */
interface KeptDay {
  readonly stage: number;
  /** When it was made anew after it was sealed. */
  readonly late: readonly number[];
  /** Tells whether the exact numbers are others now, without telling them. */
  readonly print: string;
  readonly views: number;
  readonly visits: ReportCount;
  readonly visitors: ReportCount;
  readonly orders: ReportCount;
  readonly revenue: ReportCount;
}

const KIND = 'day';

async function printOf(secret: Uint8Array<ArrayBuffer>, numbers: readonly number[]): Promise<string> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const text = new TextEncoder().encode(`hushtag report print ${numbers.join()}`);
  return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, text)).slice(0, 12));
}

async function publishDay(
  exact: ExactDay,
  floor: number,
  secret: Uint8Array<ArrayBuffer>,
): Promise<Omit<KeptDay, 'stage' | 'late' | 'print' | 'views'>> {
  const date = utcDay(exact.day * DAY_MS);
  const count = (name: 'visits' | 'visitors' | 'orders'): Promise<ReportCount> =>
    publishDayCount(exact[name], floor, secret, `day ${date} ${name}`);
  const orders = await count('orders');
  return {
    visitors: await count('visitors'),
    visits: await count('visits'),
    orders,
    revenue: orders === null ? null : roundAmount(exact.revenue),
  };
}

/** Brings the kept days up to date and gives what may be seen of each day of the list. @param days in order, all of a range. */
export async function showDays(
  port: Port,
  site: Site,
  days: readonly number[],
  exact: ReadonlyMap<number, ExactDay>,
  { seq, secret, now }: { readonly seq: number; readonly secret: Uint8Array<ArrayBuffer>; readonly now: number },
): Promise<ShownDay[]> {
  const kept = await readResults(
    port.db,
    site.row,
    KIND,
    days.map((day) => utcDay(day * DAY_MS)),
  );
  const made: ReportResult[] = [];
  const shown: ShownDay[] = [];
  for (const day of days) {
    const date = utcDay(day * DAY_MS);
    const row = kept.get(date);
    const was = row === undefined ? undefined : (JSON.parse(row.result) as KeptDay);
    const found = exact.get(day);
    const stage = dayStage(day, now);
    let current = was;
    if (found !== undefined && mayRefreshDay(was, stage, now)) {
      const print = await printOf(secret, [found.visitors, found.visits, found.orders, found.revenue]);
      if (was === undefined || was.print !== print || was.stage < stage) {
        const isLate = was?.stage === DAY_SEALED;
        const numbers = was?.print === print ? was : await publishDay(found, site.floor, secret);
        const late = isLate ? [...(was?.late ?? []), now] : (was?.late ?? []);
        current = { ...numbers, stage, late, print, views: found.views };
        made.push({ kind: KIND, key: date, at: now, units: 0, seq, result: JSON.stringify(current) });
      }
    }
    shown.push(shownDay(date, found?.views ?? current?.views ?? 0, current));
  }
  await keepResults(port.db, site.row, made, { since: now, budget: 0 });
  return shown;
}

function shownDay(date: string, views: number, kept: KeptDay | undefined): ShownDay {
  if (kept === undefined) {
    return {
      date,
      views,
      visits: null,
      visitors: null,
      orders: null,
      revenue: null,
      withheld: views === 0 ? 'below_floor' : 'day_open',
    };
  }
  const { visits, visitors, orders, revenue } = kept;
  return { date, views, visits, visitors, orders, revenue, ...(visitors === null ? { withheld: 'below_floor' } : {}) };
}
