// store/policies.test.ts: a change of policy is a version, an audit entry, and in force for who reads the site.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { EXEMPT_RETENTION, presetPolicy } from '../core/index.ts';
import { acceptJobs } from './accept.ts';
import { readAuditLog } from './audit.ts';
import { readPolicyHistory, readTreated, setPolicy } from './policies.ts';
import { readRetention, setRetention } from './retention.ts';
import type { Site } from './sites.ts';
import { addSite, findSite, listSites } from './sites.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const NOW = (20_000 * DAY_MS) as EpochMs;
const SHOP = 'shop' as SiteId;

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
  await addSite(database.db, { id: SHOP, origins: [], policy: 'standard', floor: 50, at: NOW });
});
afterEach(() => database.close());

async function shop(): Promise<Site> {
  const site = await findSite(database.db, SHOP);
  if (site === undefined) throw new Error('the site is there');
  return site;
}
const days = async () => (await readRetention(database.db))[0]?.days;
const kinds = async () =>
  (await readAuditLog(database.db)).map(({ open }) => (JSON.parse(open?.text ?? '{}') as { kind: string }).kind);

describe('C2: versions of a policy', () => {
  it('are in force at once, kept for ever, and in the audit log', async () => {
    const stricter = { ...presetPolicy('standard'), refused: 'drop', query: ['page'] } as const;
    expect(await setPolicy(database.db, await shop(), stricter, (NOW + 1) as EpochMs)).toBe(2);
    expect(await shop()).toMatchObject({ policyVersion: 2, policy: stricter });
    expect((await listSites(database.db))[0]?.policy).toEqual(stricter);
    expect(await setPolicy(database.db, await shop(), presetPolicy('strict'), (NOW + 2) as EpochMs)).toBe(3);
    expect(await readPolicyHistory(database.db, 1)).toEqual([
      { version: 1, setAt: NOW, policy: presetPolicy('standard') },
      { version: 2, setAt: NOW + 1, policy: stricter },
      { version: 3, setAt: NOW + 2, policy: presetPolicy('strict') },
    ]);
    expect(await kinds()).toEqual(['site_added', 'policy_changed', 'policy_changed']);
  });

  it('of a site that never changed it are one', async () => {
    const expected = [{ version: 1, setAt: NOW, policy: presetPolicy('standard') }];
    expect(await readPolicyHistory(database.db, 1)).toEqual(expected);
  });

  it('are not given by somebody who looked at an older one, and nothing is changed then', async () => {
    const looked = await shop();
    await setPolicy(database.db, looked, presetPolicy('strict'), NOW);
    expect(await setPolicy(database.db, looked, presetPolicy('exempt'), NOW)).toBe('changed_meanwhile');
    expect((await shop()).policy.preset).toBe('strict');
    expect(await readPolicyHistory(database.db, 1)).toHaveLength(2);
    const newest = await readPolicyHistory(database.db, 1, { limit: 1 });
    expect(newest.map(({ version }) => version)).toEqual([2]);
    const before = await readPolicyHistory(database.db, 1, { before: 2 });
    expect(before.map(({ version }) => version)).toEqual([1]);
    expect(await days()).toEqual({});
  });
});

describe('P5: the policy exempt', () => {
  it('brings its limits, with the policy or with a new site', async () => {
    await setPolicy(database.db, await shop(), presetPolicy('exempt'), NOW);
    expect(await days()).toEqual(EXEMPT_RETENTION);
    expect(await kinds()).toEqual(['site_added', 'policy_changed', 'retention_changed']);
    await addSite(database.db, { id: 'other' as SiteId, origins: [], policy: 'exempt', floor: 50, at: NOW });
    expect((await readRetention(database.db))[1]?.days).toEqual(EXEMPT_RETENTION);
  });

  it('leaves shorter limits as they are, and shortens longer ones', async () => {
    await setRetention(database.db, await shop(), { events: EXEMPT_RETENTION.events + 1, profiles: 30 }, NOW);
    await setPolicy(database.db, await shop(), presetPolicy('exempt'), NOW);
    expect(await days()).toEqual({ events: EXEMPT_RETENTION.events, profiles: 30 });
  });
});

describe('D2: how a day was treated', () => {
  it('is told by the events kept and by the ledger', async () => {
    const row = (nth: number, over: object) => {
      const id = String(nth).padStart(32, '0');
      return { id, at: NOW, name: 'page_view', linked: 0 as const, purposes: 0, policyVersion: 1, ...over };
    };
    const rows = [
      row(1, { visitor: 'aa'.repeat(12), linked: 1, purposes: 3 }),
      row(2, { visitor: 'bb'.repeat(12) }),
      row(3, { visitor: 'cc'.repeat(12) }),
      row(4, {}),
      row(5, { at: NOW + DAY_MS }),
    ];
    const ledger = [
      { outcome: 'received' as const, reason: '', events: 9 },
      { outcome: 'no_consent' as const, reason: 'unasked', events: 4 },
    ];
    await acceptJobs(database.db, [{ site: 1, day: 20_000, rows, ledger }]);
    expect(await readTreated(database.db, 1, 20_000)).toEqual([
      { kept: 'not_kept', purposes: 0, choice: 'unasked', events: 4 },
      { kept: 'day', purposes: 0, choice: '', events: 2 },
      { kept: 'count', purposes: 0, choice: '', events: 1 },
      { kept: 'link', purposes: 3, choice: '', events: 1 },
    ]);
  });
});
