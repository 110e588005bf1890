// e2e/edge/self-service-suite.ts: what a visitor's own browser may ask, and what others can't take from it by asking a lot (P4, P6).
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { WireBatch } from '../../contract/index.ts';
import { privacySchemas } from '../../edge/api/privacy/openapi.ts';
import type { ShownRequest } from '../../edge/api/privacy/shown.ts';
import { readAuditLog } from '../../store/index.ts';
import {
  BROWSER_AGENT,
  collect,
  SHOP_ORIGIN,
  siteId,
  until,
  wireBatch,
  wireEvent,
} from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const GRANTED: WireBatch['c'] = ['g', 3, 1];
let ids = 0;
const freshVisitor = (): string => `self-service-visitor-${String(++ids).padStart(4, '0')}`;

/** Runs these tests against an edge. */
export function selfServiceSuite(edge: SuiteEdge): void {
  const visits = async (id: string, title: string): Promise<void> => {
    const events = [wireEvent({ h: title }), wireEvent()];
    await collect(edge, wireBatch({ c: GRANTED, i: id, e: events }));
    await Promise.all(events.map(({ i }) => edge.stored(i)));
  };
  const reads = async (): Promise<Record<string, unknown>[]> =>
    (await readAuditLog(edge.db))
      .map(({ open }) => JSON.parse(open?.text ?? '{}') as Record<string, unknown>)
      .filter((entry) => entry['kind'] === 'visitor_read');
  const asVisitor = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    edge.fetch('/v1/privacy/requests', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { origin: SHOP_ORIGIN, 'user-agent': BROWSER_AGENT, ...headers },
    });

  const asOfficer = async (id: string, headers: Record<string, string> = {}): Promise<Response> =>
    edge.fetch('/v1/sites/shop/privacy/requests', {
      method: 'POST',
      body: JSON.stringify({ kind: 'access', subject: { first_party_id: id } }),
      headers: {
        authorization: `Bearer ${await edge.token(siteId('shop'), ['privacy:write'])}`,
        'content-type': 'application/json',
        ...headers,
      },
    });
  /** From another network. */
  const from = (network: string) => ({ 'x-forwarded-for': `${network}.1`, 'cf-connecting-ip': `${network}.1` });

  describe('P6: a visitor asks for themselves', () => {
    it('is answered with the file, from a page of the site alone', async () => {
      const id = freshVisitor();
      await visits(id, 'My own');
      const body = { site: 'shop', kind: 'access', first_party_id: id };
      expect((await asVisitor(body, { origin: 'https://evil.example' })).status).toBe(403);
      const answered = await asVisitor(body);
      expect(answered.headers.get('access-control-allow-origin')).toBe(SHOP_ORIGIN);
      const { request: shown, file } = (await answered.json()) as { request: ShownRequest; file: unknown };
      expect(shown).toMatchObject({ askedBy: 'visitor', status: 'done' });
      expect(v.parse(privacySchemas.file, file).data?.events).toHaveLength(2);
      expect((await reads()).at(-1)).toMatchObject({ request: shown.id, by: 'visitor' });
      const page = await asVisitor(body, { accept: 'text/html' });
      expect(await page.text()).toContain('My own');
    });
    it('is slowed down, so that a stolen list can not be tried', async () => {
      const statuses: number[] = [];
      for (let nth = 0; nth < 14; nth++) {
        statuses.push((await asVisitor({ site: 'shop', kind: 'objection', first_party_id: freshVisitor() })).status);
      }
      expect(statuses.at(-1)).toBe(429);
    });
    it('is answered though others make ids up by the hundred', async () => {
      const id = freshVisitor();
      await visits(id, 'Known');
      const madeUp: number[] = [];
      for (let nth = 0; nth < 110; nth++) {
        const body = { site: 'shop', kind: 'access', first_party_id: freshVisitor() };
        madeUp.push((await asVisitor(body, from(`10.9.${nth % 11}`))).status);
      }
      expect(madeUp.filter((status) => status === 429).length).toBeGreaterThan(0);
      expect((await asVisitor({ site: 'shop', kind: 'access', first_party_id: id }, from('10.9.99'))).status).toBe(200);
    });
    it('can not take the Idempotency-Key of an officer, nor of another visitor', async () => {
      const [one, two, key] = [freshVisitor(), freshVisitor(), { 'idempotency-key': 'of-everybody' }];
      await visits(one, 'One');
      await visits(two, 'Two');
      const own = (first_party_id: string) => ({ site: 'shop', kind: 'access', first_party_id });
      const answers = [
        await asVisitor(own(one), { ...key, ...from('10.8.1') }),
        await asVisitor(own(two), { ...key, ...from('10.8.2') }),
        await asOfficer(one, key),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    });
    it('is given the events of theirs that were refused, also where there are no others', async () => {
      const id = freshVisitor();
      let nth = 0;
      const bad = wireEvent({ n: 'Not A Name', p: { colour: 'letters-alone-blue' } });
      await collect(edge, wireBatch({ c: GRANTED, i: id, e: [bad] }));
      const asked = async () => {
        const answer = await asVisitor({ site: 'shop', kind: 'access', first_party_id: id }, from(`10.7.${++nth}`));
        return (await answer.json()) as { file?: { data?: { keptAside: { reason: string }[] } } };
      };
      const { file } = await until(asked, (answer) => answer.file?.data !== undefined);
      const data = file?.data;
      expect(data?.keptAside).toMatchObject([{ reason: 'malformed_event', purposes: ['measure', 'profile'] }]);
      expect(JSON.stringify(data)).toContain('letters-alone-blue');
    });
  });
}
