// e2e/edge/segment-suite.ts: rule segments by the API, and what a rule would find.
import { beforeAll, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { DAY_MS } from '../../contract/index.ts';
import { itemRulesSchema, predictionsSchema } from '../../edge/api/reports/insights.ts';
import { profileSchema } from '../../edge/api/segments/models.ts';
import { previewAnswerSchema, ruleSegmentSchema, ruleSegmentsSchema } from '../../edge/api/segments/openapi.ts';
import { siteTraitsSchema } from '../../edge/api/segments/site-traits.ts';
import type { Scope } from '../../core/index.ts';
import type { EventRow } from '../../store/index.ts';
import { acceptJobs, addSite } from '../../store/index.ts';
import { SHOP_ORIGIN, siteId } from '../support/edge-under-test.ts';
import { releaseSuite } from './release-suite.ts';
import type { SuiteEdge } from './use-edge.ts';

interface RunsAnswer {
  readonly runs: readonly { readonly run: number }[];
  readonly next: string | null;
}

const SITE = 'rules';
const VISITORS = 600;
const DAY = Math.floor(Date.now() / DAY_MS) - 3;
const hex = (nth: number, digits: number): string => nth.toString(16).padStart(digits, '0');
/** 600 agreed to profiles and looked at a page; every second one bought once. */
const history = (): EventRow[] =>
  Array.from({ length: VISITORS }, (_, visitor) => {
    const of = { visitor: `cc${hex(visitor, 22)}`, linked: 1, purposes: 15, policyVersion: 1 } as const;
    const at = DAY * DAY_MS + visitor * 1_000;
    const rows: EventRow[] = [{ ...of, id: `6a${hex(visitor, 30)}`, at, name: 'page_view', path: '/' }];
    if (visitor % 2 === 0) {
      const order = { name: 'purchase', currency: 'GBP', value: 500 + visitor, orderKey: `dd${hex(visitor, 22)}` };
      rows.push({ ...of, ...order, id: `6b${hex(visitor, 30)}`, at: at + 1 });
    }
    return rows;
  }).flat();

const BUYERS = { version: 1, where: { event: 'purchase' } } as const;

/** Runs these tests against an edge. */
export function segmentSuite(edge: SuiteEdge): void {
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    scopes: readonly Scope[] = ['segments:read', 'segments:write'],
  ) =>
    edge.fetch(`/v1/sites/${SITE}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await edge.token(siteId(SITE), scopes)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const preview = async (rule: unknown, explain = true) => {
    const response = await ask('POST', 'rule-segments/preview', { rule, explain });
    expect(response.status).toBe(200);
    return v.parse(previewAnswerSchema, await response.json());
  };

  describe('a rule segment', () => {
    beforeAll(async () => {
      await addSite(edge.db, {
        id: siteId(SITE),
        origins: [SHOP_ORIGIN],
        policy: 'standard',
        floor: 50,
        at: Date.now(),
      });
      const site = await edge.siteRow(SITE);
      await acceptJobs(edge.db, [{ site, day: DAY, rows: history(), ledger: [] }]);
    });

    it('is made once, changed, listed and deleted', async () => {
      const made = await ask('POST', 'rule-segments', { id: 'buyers', name: 'Buyers', rule: BUYERS });
      expect([made.status, made.headers.get('location')]).toEqual([201, '/v1/sites/rules/rule-segments/buyers']);
      expect(v.parse(ruleSegmentSchema, await made.json())).toMatchObject({
        version: 1,
        withheld: 'not_run',
        size: null,
      });
      expect((await ask('POST', 'rule-segments', { id: 'buyers', name: 'Buyers', rule: BUYERS })).status).toBe(200);
      expect((await ask('POST', 'rule-segments', { id: 'buyers', name: 'Others', rule: BUYERS })).status).toBe(409);
      const changed = await ask('PUT', 'rule-segments/buyers', { name: 'Have bought', rule: BUYERS });
      expect([changed.status, await changed.json()]).toMatchObject([200, { name: 'Have bought', version: 1 }]);
      const quiet = { version: 1, where: { not: { segment: 'buyers' } } };
      expect((await ask('PUT', 'rule-segments/quiet', { name: 'Quiet', rule: quiet })).status).toBe(201);
      const list = v.parse(ruleSegmentsSchema, await (await ask('GET', 'rule-segments')).json());
      expect(list.segments.map(({ id }) => id)).toEqual(['buyers', 'quiet']);
      expect((await ask('DELETE', 'rule-segments/buyers')).status).toBe(409);
      expect((await ask('DELETE', 'rule-segments/quiet')).status).toBe(204);
      expect((await ask('DELETE', 'rule-segments/quiet')).status).toBe(404);
      expect((await ask('GET', 'rule-segments/quiet')).status).toBe(404);
    });
    it('D1: is made once under an Idempotency-Key, also when it was changed since; and is listed by pages', async () => {
      // A key is its token's.
      const token = await edge.token(siteId(SITE), ['segments:write']);
      const make = (id: string, key: string): Promise<Response> =>
        edge.fetch(`/v1/sites/${SITE}/rule-segments`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ id, name: 'Paged', rule: BUYERS }),
        });
      const made = (await (await make('paged', 'paged-1')).json()) as unknown;
      await ask('PUT', 'rule-segments/paged', { name: 'Changed', rule: BUYERS });
      const again = await make('paged', 'paged-1');
      expect([again.status, again.headers.get('idempotent-replayed'), await again.json()]).toEqual([201, 'true', made]);
      expect((await make('other', 'paged-1')).status).toBe(409);
      const seen: string[] = [];
      let cursor: string | null = '';
      for (let page = 0; page < 9 && cursor !== null; page += 1) {
        const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const list = v.parse(ruleSegmentsSchema, await (await ask('GET', `rule-segments?limit=1${from}`)).json());
        seen.push(...list.segments.map(({ id }) => id));
        cursor = list.next;
      }
      expect(seen).toEqual(['buyers', 'paged']);
      expect((await ask('GET', 'rule-segments?limit=0')).status).toBe(400);
      expect((await ask('DELETE', 'rule-segments/paged')).status).toBe(204);
    });
    it.each([
      {
        why: 'a rule that is none',
        body: { id: 'x', name: 'X', rule: { version: 1, where: { event: 7 } } },
        reason: 'bad_rule',
      },
      { why: 'an id of a cluster', body: { id: 'cluster-9', name: 'X', rule: BUYERS }, reason: 'bad_id' },
      { why: 'no name', body: { id: 'x', name: ' ', rule: BUYERS }, reason: 'bad_name' },
    ])('is refused with $reason for $why', async ({ body, reason }) => {
      const response = await ask('POST', 'rule-segments', body);
      const problem = (await response.json()) as { type: string; reason: string; problems?: { pointer: string }[] };
      expect([response.status, problem.type, problem.reason]).toEqual([
        400,
        'urn:hushtag:problem:segment_refused',
        reason,
      ]);
      if (reason === 'bad_rule') expect(problem.problems?.[0]?.pointer).toBe('/rule/where/event');
    });
    it('P6: is written with segments:write alone', async () => {
      for (const [method, path] of [
        ['POST', 'rule-segments'],
        ['PUT', 'rule-segments/a'],
        ['DELETE', 'rule-segments/a'],
      ] as const) {
        const body = method === 'DELETE' ? undefined : { id: 'a', name: 'A', rule: BUYERS };
        expect((await ask(method, path, body, ['segments:read'])).status).toBe(403);
      }
    });
    it('has a JSON Schema that anybody may read', async () => {
      const response = await edge.fetch('/v1/schema/segment-rule.json');
      expect(response.headers.get('content-type')).toContain('schema+json');
      expect(await response.json()).toMatchObject({ type: 'object', required: ['version', 'where'] });
    });
    it('P3: has its size published by a run, the same in every answer', async () => {
      await edge.segment();
      const read = async () => v.parse(ruleSegmentSchema, await (await ask('GET', 'rule-segments/buyers')).json());
      const first = await read();
      expect(first.withheld).toBeNull();
      expect(Math.abs((first.size ?? 0) - VISITORS / 2)).toBeLessThan(200);
      await edge.segment();
      expect((await read()).size).toBe(first.size);
      const all = (await (await ask('GET', 'segments')).json()) as {
        segments: { id: string; kind: string; visitors?: number }[];
      };
      expect(all.segments.find(({ id }) => id === 'buyers')).toMatchObject({ kind: 'rule', visitors: first.size });
    });
  });

  describe('P3: a segment’s profile', () => {
    it('shows how its visitors spread over traits, against everybody, and asks its price once', async () => {
      const read = async () => v.parse(profileSchema, await (await ask('GET', 'segments/buyers/profile')).json());
      const first = await read();
      if (first.status !== 'ready') throw new Error(first.reason);
      const orders = first.traits.find(({ id }) => id === 'frequency');
      // Half of everybody bought once, and all buyers did: the range of one order holds all of them.
      const once = orders?.bins.find(({ from }) => from === 1);
      expect(once).toMatchObject({ segment: 1 });
      expect(once?.everybody).toBeGreaterThan(0.3);
      expect((await read()).budget.left).toBe(first.budget.left);
    });
    it('is there of a cluster and of a rule, and of nothing else; the model is there once it is made', async () => {
      expect((await ask('GET', 'segments/nobody/profile')).status).toBe(404);
      const model = await ask('GET', 'models/current');
      expect(await model.json()).toMatchObject({ site: SITE, method: { name: 'pca-kmeans' } });
    });
    it('comes from runs that are listed, newest first, page by page', async () => {
      const read = async (query: string) => (await (await ask('GET', `runs${query}`)).json()) as RunsAnswer;
      const all = await read('');
      expect(all.runs.length).toBeGreaterThan(1);
      expect(all.runs[0]).toMatchObject({
        outcome: 'unchanged',
        stages: [{ stage: 'fold' }, { stage: 'insights', rows: null }],
      });
      const first = await read('?limit=1');
      expect(first.runs).toEqual(all.runs.slice(0, 1));
      expect((await read(`?limit=1&cursor=${first.next}`)).runs).toEqual(all.runs.slice(1, 2));
      expect((await ask('GET', 'runs?limit=0')).status).toBe(400);
    });
  });

  describe('members', () => {
    const members = async (id: string, query = '', scopes: readonly Scope[] = ['members:export']) =>
      ask('GET', `segments/${id}/members${query}`, undefined, scopes);

    it('are exported page by page, by pseudonyms of that use alone, and each page is in the audit log (P6)', async () => {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const response = await members('buyers', `?limit=120${cursor === '' ? '' : `&cursor=${cursor}`}`);
        expect(response.status).toBe(200);
        const page = (await response.json()) as { members: string[]; next: string | null };
        seen.push(...page.members);
        cursor = page.next;
      }
      expect([seen.length, new Set(seen).size]).toEqual([VISITORS / 2, VISITORS / 2]);
      const keys = (await edge.ask('SELECT lower(hex(key)) AS key FROM visitors')).map((row) => String(row['key']));
      expect(seen.some((member) => keys.includes(member))).toBe(false);
      const entries = await edge.ask(
        "SELECT 1 FROM audit_log WHERE entry LIKE '%members_exported%' AND entry LIKE '%buyers%'",
      );
      expect(entries).toHaveLength(3);
    });
    it('are refused of a segment that is small, unknown, or to another scope', async () => {
      const few = { version: 1, where: { trait: 'monetary_minor', at_least: 500, at_most: 560 } };
      await ask('PUT', 'rule-segments/few', { name: 'Few', rule: few });
      expect((await members('few')).status).toBe(409);
      expect((await members('nobody')).status).toBe(404);
      expect((await members('buyers', '?limit=1001')).status).toBe(400);
      expect((await members('buyers', '', ['segments:read'])).status).toBe(403);
      await ask('DELETE', 'rule-segments/few');
    });
  });

  describe('what a run finds beside segments', () => {
    const read = async (path: string) => ask('GET', path, undefined, ['reports:read']);

    it('is refused with the reason where there is too little of it', async () => {
      const predictions = v.parse(predictionsSchema, await (await read('predictions')).json());
      expect(predictions.predictions.map((one) => [one.outcome, one.status])).toEqual([
        ['churn_30', 'refused'],
        ['purchase_30', 'refused'],
        ['purchase_7', 'refused'],
      ]);
      const rules = v.parse(itemRulesSchema, await (await read('item-rules')).json());
      expect(rules).toMatchObject({ status: 'refused', reason: 'too_few_orders' });
    });
    it('recommends nothing beside what too few bought', async () => {
      expect([(await read('recommendations?item=tea')).status, (await read('recommendations')).status]).toEqual([
        404, 400,
      ]);
    });
  });

  describe('traits that a site defines', () => {
    const dear = {
      id: 'dear_orders',
      count: { events: ['purchase'], where: [{ field: 'value', at_least: 800 }] },
    };
    it('are refused with where they are wrong, and written with segments:write alone', async () => {
      const wrong = await ask('PUT', 'traits', { version: 1, traits: [{ ...dear, id: 'frequency' }] });
      expect([wrong.status, await wrong.json()]).toMatchObject([
        400,
        { type: 'urn:hushtag:problem:traits_refused', problems: [{ reason: 'taken_id', pointer: '/traits/0/id' }] },
      ]);
      expect((await ask('PUT', 'traits', { version: 1, traits: [dear] }, ['segments:read'])).status).toBe(403);
    });
    it('are what rules may speak of once they are kept, and stay while one does', async () => {
      const rule = { version: 1, where: { trait: 'dear_orders', at_least: 1 } };
      expect((await ask('PUT', 'rule-segments/dear', { name: 'Dear', rule })).status).toBe(400);
      const kept = await ask('PUT', 'traits', { version: 1, traits: [dear] });
      const answer = v.parse(siteTraitsSchema, await kept.json());
      expect([kept.status, answer.version, answer.catalogue.at(-1)]).toEqual([
        200,
        1,
        { id: 'dear_orders', unit: 'count', description: '', isOwn: true },
      ]);
      expect(v.parse(siteTraitsSchema, await (await ask('GET', 'traits')).json())).toEqual(answer);
      expect((await ask('PUT', 'rule-segments/dear', { name: 'Dear', rule })).status).toBe(201);
      const emptied = await ask('PUT', 'traits', { version: 1, traits: [] });
      expect([emptied.status, await emptied.json()]).toMatchObject([409, { ids: ['dear'] }]);
    });
    it('decide who is a member from the next run on', async () => {
      await edge.segment();
      const count = async (): Promise<unknown> =>
        (await edge.ask("SELECT count(*) AS n FROM memberships WHERE segment_id = 'dear'"))[0]?.['n'];
      // Of the even numbers from 0 on those from 300: their orders came to 800 and more.
      expect(Number(await count())).toBe((VISITORS - 300) / 2);
      await ask('DELETE', 'rule-segments/dear');
      expect((await ask('PUT', 'traits', { version: 1, traits: [] })).status).toBe(200);
      const changes = await edge.ask("SELECT 1 FROM audit_log WHERE entry LIKE '%traits_changed%'");
      expect(changes).toHaveLength(2);
    });
  });

  releaseSuite(edge, VISITORS);

  describe('P3: a preview', () => {
    const rule = { version: 1, where: { all: [{ event: 'page_view' }, { event: 'purchase' }] } };

    it('says about how many a rule has and each condition by itself, and the same whenever it is asked', async () => {
      const first = await preview(rule);
      expect(Math.abs((first.size ?? 0) - VISITORS / 2)).toBeLessThan(200);
      expect(first.conditions.map(({ pointer, words }) => [pointer, words])).toEqual([
        ['/where/all/0', 'page_view at least once'],
        ['/where/all/1', 'purchase at least once'],
      ]);
      expect(Math.abs((first.conditions[0]?.size ?? 0) - VISITORS)).toBeLessThan(200);
      for (let again = 0; again < 3; again++) {
        const answer = await preview(rule);
        expect([answer.size, answer.conditions, answer.budget.left]).toEqual([
          first.size,
          first.conditions,
          first.budget.left,
        ]);
      }
    });
    it('shows nothing of a few', async () => {
      const few = await preview({ version: 1, where: { trait: 'monetary_minor', at_least: 500, at_most: 560 } }, false);
      expect(few).toMatchObject({ size: null, withheld: 'below_floor' });
    });
    it('ends an attacker’s questions about one visitor when the budget is spent, whatever they vary', async () => {
      let answered = 0;
      let last: v.InferOutput<typeof previewAnswerSchema> | undefined;
      for (let nth = 0; nth < 20 && last?.withheld !== 'budget_spent'; nth++) {
        const above = (low: number) => ({ trait: 'monetary_minor', at_least: low, at_most: 10_000 + nth });
        last = await preview({ version: 1, where: { any: [0, 1, 2, 3, 4, 5, 6, 7].map(above) } });
        answered += last.withheld === 'budget_spent' ? 0 : 1 + last.conditions.length;
      }
      expect(last).toMatchObject({ size: null, withheld: 'budget_spent' });
      expect(answered).toBeLessThanOrEqual(80);
      // What was answered before stays answered.
      expect((await preview(rule)).size).not.toBeNull();
    });
    it('tells what is wrong with a rule, and where', async () => {
      const response = await ask('POST', 'rule-segments/preview', {
        rule: { version: 1, where: { segment: 'nobody' } },
      });
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { problems: [{ reason: 'unknown_segment', pointer: '/rule/where/segment' }] },
      ]);
    });
  });
}
