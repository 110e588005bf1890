// store/sites.test.ts: what several change of a site at once.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SiteId } from '../contract/index.ts';
import { readAuditLog } from './audit.ts';
import { openFiles } from './open.node.ts';
import type { Site } from './sites.ts';
import { addSite, changeSite, findSite } from './sites.ts';
import type { TestDatabase } from './testing.ts';
import { openTestDatabase } from './testing.ts';

const ID = 'shop' as SiteId;
const FIRST = 'https://shop.example';
const by = { at: 1, by: 'command' };

describe('D1: settings of a site', () => {
  let database: TestDatabase;
  let site: Site;
  beforeEach(async () => {
    database = await openTestDatabase();
    await addSite(database.db, { id: ID, origins: [FIRST], policy: 'standard', floor: 50, at: 1 });
    const found = await findSite(database.db, ID);
    if (found === undefined) throw new Error('the site is there');
    site = found;
  });
  afterEach(() => database.close());

  it('keep what everybody adds who changes them at once, each with its entry in the audit log', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, () => openFiles(database.files)));
    const added = others.map((_, nth) => `https://shop-${nth}.example`);
    await Promise.all(
      others.map((db, nth) =>
        changeSite(db, site, ({ origins, floor }) => ({ origins: [...origins, added[nth] ?? ''], floor }), by),
      ),
    );
    for (const { client } of others) client.close();
    expect((await findSite(database.db, ID))?.origins.toSorted()).toEqual([...added, FIRST].toSorted());
    const log = (await readAuditLog(database.db)).map(({ open }) => open?.text ?? '');
    expect(log.filter((text) => text.includes('site_changed'))).toHaveLength(others.length);
  });

  it('are read and changed again where somebody was faster, and written to no log where nothing changes', async () => {
    const seen: number[] = [];
    const slow = changeSite(
      database.db,
      site,
      ({ origins, floor }) => {
        seen.push(floor);
        return { origins: [...origins, 'https://slow.example'], floor };
      },
      by,
    );
    await changeSite(database.db, site, ({ origins }) => ({ origins, floor: 60 }), by);
    await slow;
    await changeSite(database.db, site, (settings) => settings, by);
    expect(await findSite(database.db, ID)).toMatchObject({ origins: [FIRST, 'https://slow.example'], floor: 60 });
    expect(seen.length).toBeGreaterThanOrEqual(1);
    const log = (await readAuditLog(database.db)).map(({ open }) => open?.text ?? '');
    expect(log.filter((text) => text.includes('site_changed'))).toHaveLength(2);
  });
});
