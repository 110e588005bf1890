// edge/collector/known-visitor.test.ts: who shows their own id is found by the key the collector made, or by none.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, FirstPartyId, SiteId } from '../../contract/index.ts';
import { LONG_SALT_MS, linkedVisitorKey } from '../../core/index.ts';
import { nodeHmac } from '../../runtime/hmac.node.ts';
import { memoryKeys } from '../../runtime/key-provider.memory.ts';
import type { Site, WrappedSalt } from '../../store/index.ts';
import { addSite, findSite, insertSaltStatement } from '../../store/index.ts';
import type { TestDatabase } from '../../store/testing.ts';
import { openTestDatabase } from '../../store/testing.ts';
import { createKeyring } from './keyring.ts';
import { knownVisitorKey } from './known-visitor.ts';
import { destroyExpiredSalts } from './salt-destruction.ts';

const NOW = Date.UTC(2026, 10, 24, 12) as EpochMs;
const firstPartyId = 'Zm9vYmFyYmF6cXV4MTIzNDU2' as FirstPartyId;
const shop = 'shop' as SiteId;
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));

describe('P4: a visitor is found by their own id', () => {
  let database: TestDatabase;
  let site: Site;
  const keys = memoryKeys();
  beforeEach(async () => {
    database = await openTestDatabase();
    await addSite(database.db, { id: shop, origins: [], policy: 'standard', floor: 50, at: NOW });
    const found = await findSite(database.db, shop);
    if (found === undefined) throw new Error('the site was added');
    site = found;
  });
  afterEach(() => database.close());

  const ask = (at: EpochMs = NOW) => knownVisitorKey({ db: database.db, keys }, site, firstPartyId, at);
  const collected = async (): Promise<string> => {
    const keepSalt = async (salt: WrappedSalt): Promise<void> => {
      await database.db.client.execute(insertSaltStatement(salt));
    };
    const ring = createKeyring({ db: database.db, keys, now: () => NOW, randomBytes, hmacOf: nodeHmac, keepSalt });
    return linkedVisitorKey(await ring(site.row, 'long', NOW), { site: shop, firstPartyId });
  };

  it('as long as the salt lives, and by no key once it is destroyed', async () => {
    const key = await collected();
    expect(await ask()).toBe(key);
    const over = (NOW + LONG_SALT_MS) as EpochMs;
    expect(await destroyExpiredSalts({ db: database.db, keys }, over)).toBe(1);
    expect(await ask()).toBeUndefined();
  });

  it('and no salt is made for the question', async () => {
    expect(await ask()).toBeUndefined();
    expect((await database.db.client.execute('SELECT * FROM salts')).rows).toEqual([]);
  });
});
