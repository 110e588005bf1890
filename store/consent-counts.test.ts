// store/consent-counts.test.ts: page views by choice are summed, whichever way they are written.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WriteJob } from './accept.ts';
import { acceptJobs, acceptMessage } from './accept.ts';
import type { ConsentCount } from './consent-counts.ts';
import { readConsentCounts } from './consent-counts.ts';
import { openLocalWriter } from './local-writer.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const DAY = 20_000;
const count = (over: Partial<ConsentCount> = {}): ConsentCount => ({
  state: 'granted',
  purposes: 3,
  gpc: false,
  views: 1,
  ...over,
});
const job = (consents: readonly ConsentCount[], day = DAY, site = 1): WriteJob => ({
  site,
  day,
  rows: [],
  ledger: [],
  consents,
});
const JOBS = [
  job([count(), count({ state: 'refused', purposes: 0 })]),
  job([count({ views: 4 }), count({ gpc: true })]),
  job([count({ views: 2 })], DAY + 1),
  job([count({ views: 50 })], DAY, 2),
  job([count({ views: 50 })], DAY + 2),
];

describe('D2: page views by choice', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase();
  });
  afterEach(() => database.close());
  const read = () => readConsentCounts(database.db, 1, DAY, DAY + 1);
  const SUMS = [
    count({ views: 7 }),
    count({ gpc: true, views: 1 }),
    count({ state: 'refused', purposes: 0, views: 1 }),
  ];

  it('are summed over jobs and days, of one site', async () => {
    await acceptJobs(database.db, JOBS);
    expect(await read()).toEqual(SUMS);
  });
  it('are the same by the statements prepared once', async () => {
    const writer = openLocalWriter(database.files);
    writer.accept(JOBS);
    writer.close();
    expect(await read()).toEqual(SUMS);
  });
  it('D1: are counted once of a message that comes twice', async () => {
    for (let times = 0; times < 2; times++) {
      for (const [nth, one] of JOBS.entries()) await acceptMessage(database.db, `${nth}`.padStart(32, 'a'), 1, one);
    }
    expect(await read()).toEqual(SUMS);
  });
});
