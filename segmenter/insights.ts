// segmenter/insights.ts: what a run finds beside segments, each published by itself.
import type { SiteId } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { Db, KeptInsight, Lease, SiteRow } from '../store/index.ts';
import { countEventsAfter, countProfiles, readBaskets, readInsights, saveInsights } from '../store/index.ts';
import type { History } from './history.ts';
import { shopRules } from './patterns/shop-rules.ts';
import { lifetimeValue } from './predictions/lifetime.ts';
import { outlooks } from './predictions/outlook.ts';
import type { ProfileState } from './profiles/state.ts';
import { publishRuleSizes } from './publish/rule-sizes.ts';
import { eachSampledPerson } from './rules/sample.ts';

/** What they are found by. */
export interface InsightInput {
  readonly db: Db;
  readonly site: { readonly row: SiteRow; readonly id: SiteId; readonly floor: number };
  readonly now: number;
  readonly publishKey: Uint8Array<ArrayBuffer>;
  readonly history?: History;
}

/** Finds and publishes them. @param goOn renews the lease. @returns false where the lease was lost. */
export async function findInsights(input: InsightInput, lease: Lease, goOn: () => Promise<boolean>): Promise<boolean> {
  const { db, site, now, publishKey, history } = input;
  // Reports read it; a site too small for one is read from the database.
  if (history !== undefined && (await countEventsAfter(db, site.row, 0)) >= history.eventsMin) {
    if ((await history.sync(site.row, goOn)) === undefined) return false;
  }
  if (!(await findOutlooks(input, lease)) || !(await goOn())) return false;
  if (!(await findRules(input, lease)) || !(await goOn())) return false;
  const profiles = await countProfiles(db, site.row);
  return publishRuleSizes(db, lease, { site, secret: publishKey, profiles, now });
}

/** Findings are made anew a week at the earliest, as a release is; those that were refused a day later. */
const PERIOD_DAYS = 7;
/** Persons that predictions learn from; bounds a run's time and memory. */
const PERSONS_MAX = 10_000;
/** Days of orders that rules are looked for in. */
const ORDER_DAYS = 90;
const SEED = 42;

const periodOf = (at: number): number => Math.floor(at / (PERIOD_DAYS * DAY_MS));

/** Whether a finding stands: of this period, or of this day where there was too little to find. */
function stands(kept: KeptInsight | undefined, now: number): boolean {
  if (kept === undefined) return false;
  const { status } = JSON.parse(kept.published) as { readonly status: string };
  return status === 'ready'
    ? periodOf(kept.at) === periodOf(now)
    : Math.floor(kept.at / DAY_MS) === Math.floor(now / DAY_MS);
}

async function findOutlooks({ db, site, now, publishKey }: InsightInput, lease: Lease): Promise<boolean> {
  const kept = [...(await readInsights(db, site.row, 'outlook')).values()];
  const haveOutlooks = kept.length > 0 && kept.every((one) => stands(one, now));
  const haveValue = stands((await readInsights(db, site.row, 'value')).get(''), now);
  if (haveOutlooks && haveValue) return true;
  const states: ProfileState[] = [];
  const segments: string[][] = [];
  const { currency } = await eachSampledPerson(
    db,
    site.row,
    now,
    (person) => {
      states.push(person.state);
      segments.push(person.segments());
    },
    PERSONS_MAX,
  );
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const persons = { states, segments, currency };
  const context = { floor: site.floor, secret: publishKey, seed: SEED, today, period: periodOf(now) };
  if (!haveOutlooks) {
    const found = await outlooks(persons, context);
    if (!(await saveInsights(db, site.row, lease, 'outlook', found, now))) return false;
  }
  if (haveValue) return true;
  const published = JSON.stringify(await lifetimeValue(persons, context));
  return saveInsights(db, site.row, lease, 'value', [{ key: '', published }], now);
}

async function findRules({ db, site, now, publishKey }: InsightInput, lease: Lease): Promise<boolean> {
  if (stands((await readInsights(db, site.row, 'item_rules')).get(''), now)) return true;
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const found = await shopRules(await readBaskets(db, site.row, today, ORDER_DAYS), {
    floor: site.floor,
    secret: publishKey,
    asOf: new Date(today).toISOString().slice(0, 10),
    days: ORDER_DAYS,
    period: periodOf(now),
  });
  // The rules last: they say that this period is done.
  if (!(await saveInsights(db, site.row, lease, 'recommendations', found.recommendations, now))) return false;
  return saveInsights(db, site.row, lease, 'item_rules', [{ key: '', published: JSON.stringify(found.rules) }], now);
}
