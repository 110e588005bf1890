// e2e/edge/plan-suite.ts: a site's tracking plan at the edge: refused, kept and counted (D2), the same on every runtime (E1).
import { describe, expect, it } from 'vitest';
import { collect, freshId, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';
import { answerOf } from './use-edge.ts';

/** Runs these tests against an edge. */
export function planSuite(edge: SuiteEdge): void {
  const { stored, rowOf, counted, siteRow, ask } = edge;
  const findings = (row: number) =>
    ask('SELECT mode, reason, event, property, events FROM plan_findings WHERE site_id = ? ORDER BY reason', row);

  describe('D2: a tracking plan', () => {
    it('refuses by itself what it does not foresee, says where, and counts it; keeps what it warns of', async () => {
      const row = await siteRow('planned');
      const sound = wireEvent({ n: 'sign_up', p: { method: 'email' }, m: {} });
      const own = wireEvent();
      const warned = wireEvent({ n: 'sign_up', p: { method: 'email', marked7f3a: 1 }, m: {} });
      const unknown = wireEvent({ n: 'marked_event7f3a' });
      const missing = wireEvent({ n: 'sign_up', p: { other7f3a: 1 }, m: {} });
      const wrong = wireEvent({ n: 'sign_up', p: { method: 3 }, m: {} });
      const e = [sound, own, warned, unknown, missing, wrong];
      const answer = await answerOf(await collect(edge, wireBatch({ s: 'planned', e })));
      expect(answer).toEqual({
        received: 6,
        refused: [
          { index: 3, event: unknown.i, reason: 'plan_unknown_event', pointer: '/n' },
          { index: 4, event: missing.i, reason: 'plan_missing_property', pointer: '/p/method' },
          { index: 5, event: wrong.i, reason: 'plan_wrong_type', pointer: '/p/method' },
        ],
      });
      for (const kept of [sound, own, warned]) await stored(kept.i);
      for (const refused of [unknown, missing, wrong]) expect(await rowOf(refused.i)).toBeUndefined();
      await until(
        () => counted(row, 'invalid', 'plan_missing_property'),
        (seen) => seen === 1,
      );
      // Names are the plan's own; those that the page made up are not repeated (P1).
      expect(await findings(row)).toEqual([
        { mode: 'reject', reason: 'plan_missing_property', event: 'sign_up', property: 'method', events: 1 },
        { mode: 'reject', reason: 'plan_unknown_event', event: '', property: '', events: 1 },
        { mode: 'warn', reason: 'plan_unknown_property', event: 'sign_up', property: '', events: 2 },
        { mode: 'reject', reason: 'plan_wrong_type', event: 'sign_up', property: 'method', events: 1 },
      ]);
    });

    it('counts what it has against events of back ends as well', async () => {
      const row = await siteRow('planned');
      const total = async () => (await findings(row)).reduce((sum, { events }) => sum + Number(events), 0);
      const before = await total();
      const headers = {
        authorization: `Bearer ${await edge.token(siteId('planned'), ['ingest'])}`,
        'content-type': 'application/json',
      };
      const event = { id: freshId(), name: 'sign_up', time: Date.now(), params: { method: 3 } };
      await edge.fetch('/v1/events', { method: 'POST', headers, body: JSON.stringify({ events: [event] }) });
      expect(await until(total, (seen) => seen > before)).toBe(before + 1);
    });

    it('asks nothing of the events of another site', async () => {
      const event = wireEvent({ n: 'sign_up', p: { method: 3 }, m: {} });
      await collect(edge, wireBatch({ e: [event] }));
      expect(await stored(event.i)).toMatchObject({ site_id: await siteRow('shop') });
    });
  });
}
