// e2e/workerd/segments.test.ts: the whole path in both runtimes gives the same segments, byte for byte (M1).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { eventIdFrom } from '../../contract/index.ts';
import { apiSchemas } from '../../edge/api/openapi.ts';
import { addSite } from '../../store/index.ts';
import { masterKeys } from '../../runtime/key-provider.master.ts';
import type { EdgeUnderTest } from '../support/edge-under-test.ts';
import { collect, SHOP_ORIGIN, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { startNodeEdge } from '../support/node-edge.ts';
import { MASTER, startWorkerdEdge } from '../support/workerd-edge.ts';

const VISITORS = 320;
/** Each visitor is waited for, twice over: a minute on a machine that is free, many times that on one that is not. */
const RUN_MS_MAX = 600_000;
const START = Date.UTC(2026, 0, 5);
const DAY = 86_400_000;

// A small linear congruential generator (Numerical Recipes' constants): the same shoppers for both runtimes.
function shoppers(): {
  readonly id: string;
  readonly events: { id: string; at: number; name: string; value: number }[];
}[] {
  let state = 20_261_124;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: VISITORS }, (_, visitor) => {
    const kind = visitor % 4;
    const count = 1 + below([2, 4, 12, 30][kind] ?? 1);
    const events = Array.from({ length: count }, (__, nth) => {
      const at = START + below([20, 200, 120, 300][kind] ?? 1) * DAY + below(86_400) * 1_000;
      const random = Uint8Array.from(
        { length: 10 },
        (___, place) => (visitor * 31 + nth * 7 + place * 13 + below(256)) & 255,
      );
      return {
        id: eventIdFrom(at, random),
        at,
        name: nth % 3 === 2 ? 'view_item' : 'purchase',
        value: 500 + below(20_000) * (kind + 1),
      };
    });
    return { id: `shopper-first-party-id-${String(visitor).padStart(6, '0')}`, events };
  });
}

async function run(edge: EdgeUnderTest): Promise<string> {
  const site = siteId('shop');
  await addSite(edge.db, { id: site, origins: [SHOP_ORIGIN], policy: 'standard', floor: 20, at: 0 });
  const headers = { authorization: `Bearer ${await edge.token(site, ['import'])}` };
  let sent = 0;
  for (const { id, events } of shoppers()) {
    const e = events.map((event) => ({
      i: event.id,
      n: event.name,
      t: event.at,
      m: {
        c: 'EUR',
        l: [{ i: `sku-${event.value % 50}`, c: `aisle ${event.value % 5}`, p: event.value, q: 1 }],
        ...(event.name === 'purchase' ? { v: event.value } : {}),
      },
    }));
    expect((await collect(edge, wireBatch({ c: ['g', 3, 2], i: id, e }), headers)).status).toBe(202);
    sent += e.length;
    // One visitor after the other, so that both databases number them alike.
    await until(
      async () => Number((await edge.db.client.execute('SELECT count(*) AS n FROM events')).rows[0]?.['n']),
      (stored) => stored === sent,
    );
  }
  await edge.segment();
  const token = await edge.token(site, ['segments:read']);
  const read = async (): Promise<unknown> =>
    (await edge.fetch('/v1/sites/shop/segments', { headers: { authorization: `Bearer ${token}` } })).json();
  const answer = await until(read, (seen) => (seen as { version: number | null }).version === 1);
  const parsed = v.parse(apiSchemas.segments, answer);
  expect(parsed.segments.length).toBe(5);
  for (const segment of parsed.segments) {
    const one = await edge.fetch(`/v1/sites/shop/segments/${segment.id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await one.json()).toEqual(segment);
  }
  // When a run was made is all that may differ.
  return JSON.stringify(parsed).replaceAll(/"at":\d+/g, '"at":0');
}

describe('M1: same events, same seed, same segments', () => {
  let node: EdgeUnderTest;
  let workerd: EdgeUnderTest;
  beforeAll(async () => {
    node = await startNodeEdge(await masterKeys(MASTER));
    workerd = await startWorkerdEdge();
  });
  afterAll(async () => {
    await node.close();
    await workerd.close();
  });

  it('gives the same published bytes on Node and in workerd', { timeout: RUN_MS_MAX }, async () => {
    const [here, there] = [await run(node), await run(workerd)];
    expect(here).toContain('"status":"published"');
    expect(there).toBe(here);
  });
});

describe('rule segments in workerd', () => {
  it('follow the event by the queue’s consumer, without a run', async () => {
    const edge = await startWorkerdEdge();
    try {
      const site = siteId('shop');
      await addSite(edge.db, { id: site, origins: [SHOP_ORIGIN], policy: 'standard', floor: 50, at: 0 });
      const headers = {
        authorization: `Bearer ${await edge.token(site, ['segments:write'])}`,
        'content-type': 'application/json',
      };
      const body = JSON.stringify({ name: 'Returns', rule: { version: 1, where: { event: 'refund' } } });
      const put = await edge.fetch('/v1/sites/shop/rule-segments/returns', { method: 'PUT', headers, body });
      expect(put.status).toBe(201);
      const members = async (): Promise<number> =>
        (await edge.db.client.execute("SELECT 1 FROM memberships WHERE segment_id = 'returns'")).rows.length;
      for (const [nth, name] of ['page_view', 'refund', 'refund'].entries()) {
        const i = `shopper-first-party-id-${nth}`;
        expect((await collect(edge, wireBatch({ c: ['g', 3, 1], i, e: [wireEvent({ n: name })] }))).status).toBe(202);
      }
      expect(await until(members, (count) => count === 2)).toBe(2);
    } finally {
      await edge.close();
    }
  });
});

describe('D1: a database that is away', () => {
  it('loses nothing and stores nothing twice: the queue holds the events until it is back', async () => {
    const edge = await startWorkerdEdge();
    try {
      await addSite(edge.db, { id: siteId('shop'), origins: [SHOP_ORIGIN], policy: 'standard', floor: 50, at: 0 });
      expect((await collect(edge, wireBatch())).status).toBe(202);
      const events = async (): Promise<number> =>
        Number((await edge.db.client.execute('SELECT count(*) AS n FROM events')).rows[0]?.['n']);
      await until(events, (count) => count === 1);
      edge.database.away = true;
      for (let sent = 0; sent < 5; sent += 1) expect((await collect(edge, wireBatch())).status).toBe(202);
      // The consumer has met the missing database before it comes back.
      await until(edge.written, (files) =>
        files.some(({ name, bytes }) => name === 'log' && bytes.includes('message_not_written')),
      );
      edge.database.away = false;
      await until(events, (count) => count === 6);
      const ledger = await edge.db.client.execute('SELECT outcome, events FROM ledger ORDER BY outcome');
      expect(ledger.rows.map((row) => ({ ...row })).filter(({ events: count }) => count !== 0)).toEqual([
        { outcome: 'received', events: 6 },
        { outcome: 'stored', events: 6 },
      ]);
    } finally {
      await edge.close();
    }
  });
});
