// e2e/edge/identity-suite.ts: accounts on every runtime: linked with consent alone, undone without a trace, raw nowhere (P1, C1, P7).
import { describe, expect, it } from 'vitest';
import type { WireBatch } from '../../contract/index.ts';
import { collect, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';
import { answerOf } from './use-edge.ts';

const ID = 'identity-suite-visitor-0001';
const OTHER_ID = 'identity-suite-visitor-0002';
const GRANTED: WireBatch['c'] = ['g', 3, 1];
const MEASURED: WireBatch['c'] = ['g', 1, 1];

const identify = (p: Record<string, string | number>) => wireEvent({ n: 'identify', p });

/** Runs these tests against an edge. */
export function identitySuite(edge: SuiteEdge): void {
  const { ask, stored } = edge;
  const accountsOf = async (eventId: string): Promise<unknown[]> => {
    const event = await stored(eventId);
    const rows = await ask(
      'SELECT a.kind, lower(hex(a.key)) AS key FROM links l JOIN accounts a ON a.id = l.account WHERE l.visitor = ? ORDER BY a.kind',
      Number(event['visitor']),
    );
    return rows;
  };

  describe('C1, P1: an account is linked with consent to profile alone', () => {
    it('under keys of its own, the same for one e-mail address however it is written', async () => {
      const [one, other] = [
        identify({ email: ' Jo.Link@Mail.Example', user_id: 4711 }),
        identify({ email: 'jo.link@mail.example', plan: 'gold' }),
      ];
      await collect(edge, wireBatch({ c: GRANTED, i: ID, e: [one] }));
      await collect(edge, wireBatch({ c: GRANTED, i: OTHER_ID, e: [other] }));
      await until(
        () => accountsOf(other.i),
        (rows) => rows.length === 1,
      );
      const [first, second] = [await accountsOf(one.i), await accountsOf(other.i)];
      expect(first).toMatchObject([{ kind: 'email' }, { kind: 'user_id' }]);
      expect(second[0]).toEqual(first[0]);
      expect((await stored(one.i))['properties']).toBeNull();
      expect((await stored(other.i))['properties']).toBe('{"plan":"gold"}');
    });

    it.each([
      { why: 'consent to measure', c: MEASURED, headers: {} },
      { why: 'nobody asked', c: ['u', 0, 0] as WireBatch['c'], headers: {} },
      { why: 'Global Privacy Control', c: GRANTED, headers: { 'sec-gpc': '1' } },
    ])('not with $why: the event is kept, its ids are not', async ({ c, headers }) => {
      const event = identify({ email: 'jo.unlinked@mail.example', phone: 'no number' });
      await collect(edge, wireBatch({ c, i: 'identity-suite-visitor-0003', e: [event] }), headers);
      expect((await stored(event.i))['properties']).toBeNull();
      expect(await accountsOf(event.i)).toEqual([]);
    });

    it('P7: not across sites, and under other keys there', async () => {
      const [here, there] = [
        identify({ email: 'jo.sites@mail.example' }),
        identify({ email: 'jo.sites@mail.example' }),
      ];
      await collect(edge, wireBatch({ c: GRANTED, i: ID, e: [here] }));
      await collect(edge, wireBatch({ c: GRANTED, i: ID, s: 'other', e: [there] }));
      await stored(there.i);
      const rows = await ask('SELECT DISTINCT site_id FROM accounts WHERE site_id > 0');
      expect(rows.length).toBeGreaterThan(1);
      const keys = await ask('SELECT hex(key) AS key FROM accounts');
      expect(new Set(keys.map((row) => row['key'])).size).toBe(keys.length);
    });

    it.each([
      { given: { email: 'not an address' }, pointer: '/p/email' },
      { given: { phone: '07700 900731' }, pointer: '/p/phone' },
      { given: { user_id: 'undefined' }, pointer: '/p/user_id' },
    ])('says which id is malformed: $pointer', async ({ given, pointer }) => {
      const event = identify(given);
      const response = await collect(edge, wireBatch({ c: GRANTED, i: ID, e: [event] }));
      expect(await answerOf(response)).toEqual({
        received: 1,
        refused: [{ event: event.i, index: 0, reason: 'malformed_identity', pointer }],
      });
    });
  });

  describe('C1: receipts and withdrawal', () => {
    const VISITOR = 'identity-suite-withdrawing-1';
    const at = Date.now() - 60_000;
    const receiptsOf = async (visitor: number): Promise<unknown[]> =>
      ask(
        'SELECT kind, purposes, source, policy_version, at, length(digest) AS digest FROM receipts WHERE visitor = ? ORDER BY id',
        visitor,
      );

    it('keeps one receipt a choice, with a keyed hash of the platform’s string', async () => {
      const [one, two] = [wireEvent(), identify({ email: 'jo.receipt@mail.example' })];
      const granted = wireBatch({ c: ['g', 7, 3, at], x: 'CPXxRfAPXxRfAAfKABENB', i: VISITOR, e: [one] });
      await collect(edge, granted);
      await collect(edge, { ...granted, e: [two] });
      await collect(edge, granted);
      const visitor = Number((await stored(two.i))['visitor']);
      await until(
        () => receiptsOf(visitor),
        (rows) => rows.length > 0,
      );
      expect(await receiptsOf(visitor)).toEqual([
        { kind: 'granted', purposes: 7, source: 'tcf', policy_version: 1, at, digest: 12 },
      ]);
    });

    it('ends the link with the withdrawal’s request and keeps a receipt of it', async () => {
      const before = wireEvent();
      await collect(edge, wireBatch({ c: ['g', 7, 3, at], x: 'CPXxRfAPXxRfAAfKABENB', i: VISITOR, e: [before] }));
      const visitor = Number((await stored(before.i))['visitor']);
      const links = async (): Promise<number> => (await ask('SELECT 1 FROM links WHERE visitor = ?', visitor)).length;
      await until(links, (count) => count === 1);
      const after = wireEvent({ n: 'consent_withdrawn' });
      await collect(edge, wireBatch({ c: ['r', 0, 3], i: VISITOR, e: [after] }));
      expect(await stored(after.i)).toMatchObject({ visitor: null, purposes: 0 });
      expect(await links()).toBe(0);
      expect((await receiptsOf(visitor)).at(-1)).toMatchObject({ kind: 'withdrawn', purposes: 0 });
      expect(await ask('SELECT purposes FROM withdrawals WHERE visitor = ?', visitor)).toHaveLength(1);
      // A late identify of before it links nothing.
      const late = wireEvent({ n: 'identify', p: { email: 'jo.receipt@mail.example' }, t: at });
      await collect(edge, wireBatch({ c: ['g', 7, 3, at], i: VISITOR, e: [late] }));
      await stored(late.i);
      expect(await links()).toBe(0);
    });

    it.each([
      { why: 'beside the refusal itself', choice: ['g', '', 1], policy: 'shop' },
      { why: 'where the policy drops what is refused', choice: ['g', '', 5], policy: 'strict' },
      { why: 'beside a new grant, where nobody heard of it before', choice: ['g', 'grant', 1], policy: 'shop' },
    ] as const)(
      'hears the tag’s event of whose consent has ended, $why, and keeps nothing of the id',
      async ({ why, choice, policy }) => {
        const id = `1795694400000-${why.length}-22-33-44`;
        const before = wireEvent();
        await collect(edge, wireBatch({ s: policy, c: ['g', 'grant', 1], i: id, e: [before] }));
        const visitor = Number((await stored(before.i))['visitor']);
        const told = wireEvent({ n: 'withdraw', p: [id] as never });
        const response = await collect(
          edge,
          wireBatch({ s: policy, c: choice, i: choice[1] ? `${id}9` : undefined, e: [told] } as Partial<WireBatch>),
        );
        expect(await answerOf(response)).toEqual({ received: 1, refused: [] });
        await until(
          () => receiptsOf(visitor),
          (rows) => rows.length === 2,
        );
        expect((await receiptsOf(visitor)).at(-1)).toMatchObject({ kind: 'withdrawn', purposes: 0 });
        expect(await ask('SELECT purposes FROM withdrawals WHERE visitor = ?', visitor)).toHaveLength(1);
        for (const { name, bytes } of await edge.written()) expect([name, bytes.includes(id)]).toEqual([name, false]);
      },
    );

    it('hears of each of two withdrawals that one message tells of, of somebody who agreed twice without a network', async () => {
      const ids = ['1795694400000-71-22-33-44', '1795694400000-72-22-33-44'];
      const visitors: number[] = [];
      for (const id of ids) {
        const before = wireEvent();
        await collect(edge, wireBatch({ c: ['g', 'grant', 1], i: id, e: [before] }));
        visitors.push(Number((await stored(before.i))['visitor']));
      }
      const told = ids.map((id) => wireEvent({ n: 'withdraw', p: [id] as never }));
      // Told again under the same event ids, as the tag does, it changes nothing.
      for (let time = 0; time < 2; time += 1) await collect(edge, wireBatch({ c: ['g', '', 1], e: told }));
      for (const visitor of visitors) {
        await until(
          () => receiptsOf(visitor),
          (rows) => rows.length > 1,
        );
        expect((await receiptsOf(visitor)).map((row) => (row as { kind: string }).kind)).toEqual([
          'granted',
          'withdrawn',
        ]);
      }
    });

    it('takes a grant that names a withdrawn id and no time for none, however often it comes: what comes with it is purged', async () => {
      const id = '1795694400000-81-22-33-44';
      const send = async (over: Partial<WireBatch>): Promise<number | undefined> => {
        const event = wireEvent();
        await collect(edge, wireBatch({ i: id, e: [event], ...over }));
        return (await stored(event.i))['visitor'] as number | undefined;
      };
      const visitor = Number(await send({ c: ['g', 'grant', 1] }));
      await collect(edge, wireBatch({ c: ['g', '', 1], e: [wireEvent({ n: 'withdraw', p: [id] as never })] }));
      const kinds = async (): Promise<unknown[]> =>
        (await receiptsOf(visitor)).map((row) => (row as { kind: string }).kind);
      await until(kinds, (all) => all.length > 1);
      const ends = async (): Promise<number> =>
        Number((await ask('SELECT until FROM withdrawals WHERE visitor = ?', visitor))[0]?.['until']);
      let last = await ends();
      // An older tag in a second tab goes on under the id: each of its messages is asked about.
      for (let message = 0; message < 2; message += 1) {
        expect(await send({ c: ['g', 'grant', 1] })).toBe(visitor);
        const before = last;
        last = await until(ends, (end) => end > before);
      }
      expect(await kinds()).toEqual(['granted', 'withdrawn']);
      // Said with its time, after the withdrawal, it is a new choice.
      await send({ c: ['g', 'grant', 1, Date.now() + 1_000] as never });
      await until(kinds, (all) => all.length > 2);
      expect(await kinds()).toEqual(['granted', 'withdrawn', 'granted']);
    });

    it('takes what a narrower grant no longer covers for withdrawn, and GPC for no withdrawal', async () => {
      const [wide, gpc, narrow] = [wireEvent(), wireEvent(), wireEvent()];
      const id = 'identity-suite-withdrawing-2';
      await collect(edge, wireBatch({ c: ['g', 3, 1], i: id, e: [wide] }));
      const visitor = Number((await stored(wide.i))['visitor']);
      const withdrawn = (): Promise<unknown[]> => ask('SELECT purposes FROM withdrawals WHERE visitor = ?', visitor);
      await collect(edge, wireBatch({ c: ['g', 3, 1], i: id, e: [gpc] }), { 'sec-gpc': '1' });
      await stored(gpc.i);
      expect(await withdrawn()).toEqual([]);
      // The choice stays what it was; the receipt says that the signal was set, and what took effect.
      expect(await ask('SELECT purposes, gpc, effective FROM receipts WHERE visitor = ? ORDER BY id', visitor)).toEqual(
        [
          { purposes: 3, gpc: 0, effective: 3 },
          { purposes: 3, gpc: 1, effective: 1 },
        ],
      );
      await collect(edge, wireBatch({ c: ['g', 1, 1], i: id, e: [narrow] }));
      await stored(narrow.i);
      expect(await withdrawn()).toEqual([{ purposes: 2 }]);
    });

    it('keeps no receipt of a refusal that withdraws nothing', async () => {
      const before = await ask('SELECT count(*) AS n FROM receipts');
      const event = wireEvent();
      await collect(edge, wireBatch({ c: ['r', 0, 1], i: 'identity-suite-never-agreed', e: [event] }));
      await stored(event.i);
      expect(await ask('SELECT count(*) AS n FROM receipts')).toEqual(before);
    });
  });
}
