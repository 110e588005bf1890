// segmenter/insights.ts: what a run finds beside segments, each published by itself.
import { DAY_MS } from '../contract/index.ts';
import type { Lease } from '../store/index.ts';
import {
  countEventsAfter,
  countProfiles,
  readBaskets,
  readInsights,
  saveInsights,
  saveVisitorModels,
} from '../store/index.ts';
import type { InsightInput } from './insight-input.ts';
import { findLookalikes } from './lookalikes.ts';
import { shopRules } from './patterns/shop-rules.ts';
import { lifetimeValue } from './predictions/lifetime.ts';
import { outlooks } from './predictions/outlook.ts';
import type { ProfileState } from './profiles/state.ts';
import { publishRuleSizes } from './publish/rule-sizes.ts';
import { eachSampledPerson } from './rules/sample.ts';
import { periodOf, stands } from './standing.ts';

/** Finds and publishes them. @param goOn renews the lease. @returns false where the lease was lost. */
export async function findInsights(input: InsightInput, lease: Lease, goOn: () => Promise<boolean>): Promise<boolean> {
  const { db, site, now, publishKey, history } = input;
  // Reports read it; a site too small for one is read from the database.
  if (history !== undefined && (await countEventsAfter(db, site.row, 0)) >= history.eventsMin) {
    if ((await history.sync(site.row, goOn)) === undefined) return false;
  }
  if (!(await findOutlooks(input, lease)) || !(await goOn())) return false;
  if (!(await findLookalikes(input, lease)) || !(await goOn())) return false;
  if (!(await findRules(input, lease)) || !(await goOn())) return false;
  const profiles = await countProfiles(db, site.row);
  return publishRuleSizes(db, lease, { site, secret: publishKey, profiles, now });
}

/** Persons that predictions learn from; bounds a run's time and memory. */
const PERSONS_MAX = 10_000;
/** Days of orders that rules are looked for in. */
const ORDER_DAYS = 90;
const SEED = 42;

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
    const cards = [...found].map(([key, { published }]) => ({ key, published: JSON.stringify(published) }));
    const models = [...found].flatMap(([key, { predictor }]) =>
      predictor === undefined ? [] : [{ key, of: '', model: JSON.stringify(predictor) }],
    );
    if (!(await saveVisitorModels(db, site.row, lease, { kind: 'chance', models, at: now }))) return false;
    if (!(await saveInsights(db, site.row, lease, 'outlook', cards, now))) return false;
  }
  if (haveValue) return true;
  const { published, model } = await lifetimeValue(persons, context);
  const models = model === undefined ? [] : [{ key: '', of: '', model: JSON.stringify(model) }];
  if (!(await saveVisitorModels(db, site.row, lease, { kind: 'value', models, at: now }))) return false;
  return saveInsights(db, site.row, lease, 'value', [{ key: '', published: JSON.stringify(published) }], now);
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
