// e2e/workerd/retention.test.ts: on a Worker the cron purges, keeps checkpoints apart and holds to what was erased (P4, P5, P6).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EpochMs } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import { noteVerifierFrom, noteSignerFrom, parseCheckpoint } from '../../core/index.ts';
import { masterKeys } from '../../runtime/key-provider.master.ts';
import { addSite, checkRetention, setRetention } from '../../store/index.ts';
import { collect, freshId, SHOP_ORIGIN, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { WorkerdEdge } from '../support/workerd-edge.ts';
import { MASTER, startWorkerdEdge } from '../support/workerd-edge.ts';

const SHOP = { row: 1, id: 'shop' } as const;
const VISITOR = 'retention-visitor-of-workerd';

describe('P5: the cron of a Worker', () => {
  let edge: WorkerdEdge;
  beforeAll(async () => {
    edge = await startWorkerdEdge();
    await addSite(edge.db, {
      id: siteId('shop'),
      origins: [SHOP_ORIGIN],
      policy: 'standard',
      floor: 50,
      at: Date.now(),
    });
  });
  afterAll(() => edge.close());

  const count = async (): Promise<number> =>
    Number((await edge.db.client.execute('SELECT count(*) FROM events')).rows[0]?.[0]);

  it('removes what is past its limit, and what hung on it', async () => {
    const old = Date.now() - 20 * DAY_MS;
    const headers = { authorization: `Bearer ${await edge.token(siteId('shop'), ['import'])}` };
    const event = wireEvent({ i: freshId(old), t: old, h: 'Twenty days ago' });
    await collect(edge, wireBatch({ c: ['g', 3, 1], i: VISITOR, e: [event] }), headers);
    await collect(edge, wireBatch({ c: ['g', 3, 1], i: VISITOR, e: [wireEvent({ h: 'Today' })] }));
    await until(count, (events) => events === 2);
    await setRetention(
      edge.db,
      SHOP,
      { events: 10, profiles: 10, receipts: 10, requests: 10, audit: 10 },
      Date.now() as EpochMs,
    );
    await edge.segment();
    await until(count, (events) => events === 1);
    await edge.segment();
    expect((await checkRetention(edge.db, Date.now())).filter(({ holds }) => !holds)).toEqual([]);
    const { rows } = await edge.db.client.execute("SELECT 1 FROM strings WHERE value = 'Twenty days ago'");
    expect(rows).toEqual([]);
  });

  it('P6: keeps signed checkpoints and tombstones in the bucket', async () => {
    const authorization = `Bearer ${await edge.token(siteId('shop'), ['privacy:write'])}`;
    const body = JSON.stringify({ kind: 'erasure', subject: { first_party_id: VISITOR } });
    const asked = await edge.fetch('/v1/sites/shop/privacy/requests', {
      method: 'POST',
      body,
      headers: { authorization },
    });
    expect(await asked.json()).toMatchObject({ status: 'done', rows: { events: 1, visitors: 1 } });
    await edge.segment();
    const kept = await until(edge.keptApart, (objects) => (objects.get('erased.json') ?? '[]').includes('erasedAt'));
    const notes = [...kept].filter(([name]) => name.startsWith('checkpoints/')).map(([, note]) => note);
    const secret = await (await masterKeys(MASTER)).secret('audit', new Uint8Array(32));
    const verifier = await noteVerifierFrom((await noteSignerFrom(Uint8Array.from(secret))).publicKey);
    const sizes = await Promise.all(
      notes.map(async (note) => parseCheckpoint((await verifier?.open(note.slice(0, -1))) ?? '')?.size ?? 0),
    );
    expect(sizes.length).toBeGreaterThan(0);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
  });
});
