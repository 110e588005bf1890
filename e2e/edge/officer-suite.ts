// e2e/edge/officer-suite.ts: what an officer reads and decides over the API: what is kept, the policy, the audit log (P6, P7).
import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../console/app/verify-audit.ts';
import { collect, siteId, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { addSite, findSite, setDestination, setPolicy, setRetention } from '../../store/index.ts';
import type { EpochMs } from '../../contract/index.ts';
import { logIn } from '../support/login.ts';
import type { SuiteEdge } from './use-edge.ts';

interface Policy {
  readonly preset: string;
  readonly unknown: string;
}
interface Read {
  readonly version: number;
  readonly policy: Policy;
  readonly versions: readonly { readonly version: number }[];
}
interface Funnel {
  readonly views: number | null;
  readonly purposes: readonly { readonly purpose: string; readonly granted: number | null }[];
}
interface Log {
  readonly entries: readonly { index: number; commitment: string; nonce?: string; entry?: string }[];
  readonly next: string | null;
}

/** Runs these tests against an edge. */
export function officerSuite(edge: SuiteEdge): void {
  const site = siteId('officer-shop');
  const base = `/v1/sites/${site}`;
  const json = async <T>(response: Response): Promise<T> => (await response.json()) as T;

  describe('an officer', () => {
    it('P6: puts a policy in force once, is told when it was changed meanwhile, and may not loosen it', async () => {
      const origins = ['https://officer.example'];
      await addSite(edge.db, { id: site, origins, policy: 'strict', floor: 50, at: Date.now() });
      const who = await logIn(edge, [{ site, role: 'privacy_officer' }]);
      const { policy, version } = await json<Read>(await who.fetch(`${base}/policy`));
      const put = (changes: object, at = version): Promise<Response> =>
        who.fetch(`${base}/policy`, {
          method: 'PUT',
          body: JSON.stringify({ policy: { ...policy, ...changes }, version: at }),
        });
      const refused = await put({ unknown: 'day' });
      expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('policy_refused')]);
      expect((await put({ preset: 'nothing' })).status).toBe(400);
      expect((await put({ channelData: false })).status).toBe(200);
      expect((await put({ channelData: true })).status).toBe(409);
      const after = await json<Read>(await who.fetch(`${base}/policy`));
      expect([after.version, after.versions.length]).toEqual([version + 1, 2]);
      const marketer = await logIn(edge, [{ site, role: 'marketer' }]);
      expect((await marketer.fetch(`${base}/policy`)).status).toBe(200);
      const body = JSON.stringify({ policy, version: after.version });
      expect((await marketer.fetch(`${base}/policy`, { method: 'PUT', body })).status).toBe(403);
    });

    it('C2: finds on each event the version of the policy that it was accepted under', async () => {
      const [origin, id] = ['https://versions.example', siteId('versions-shop')];
      await addSite(edge.db, { id, origins: [origin], policy: 'standard', floor: 50, at: Date.now() });
      const versionOf = async (): Promise<number> => {
        const event = wireEvent({ u: `${origin}/` });
        await collect(edge, wireBatch({ s: id, e: [event] }), { origin });
        return Number((await edge.stored(event.i))['policy_version']);
      };
      expect(await versionOf()).toBe(1);
      const changed = await findSite(edge.db, id);
      if (changed === undefined) throw new Error('it was added');
      await setPolicy(edge.db, changed, { ...changed.policy, channelData: false }, Date.now() as EpochMs);
      // What collects takes a change over within five seconds.
      expect(await until(versionOf, (version) => version !== 1)).toBe(2);
      expect(
        await edge.ask('SELECT DISTINCT policy_version AS v FROM events WHERE site_id = ? ORDER BY 1', changed.row),
      ).toEqual([{ v: 1 }, { v: 2 }]);
    });

    it('has records that follow the configuration as it changes: policy, time limits, destinations', async () => {
      const id = siteId('records-shop');
      await addSite(edge.db, {
        id,
        origins: ['https://records.example'],
        policy: 'standard',
        floor: 50,
        at: Date.now(),
      });
      const who = await logIn(edge, [{ site: id, role: 'privacy_officer' }]);
      const read = async (): Promise<readonly string[]> =>
        Promise.all(
          ['ropa', 'dpia', 'breach?from=2026-01-01&to=2026-01-02'].map(async (name) =>
            (await who.fetch(`/v1/sites/${id}/privacy/${name}`)).text(),
          ),
        );
      for (const text of (await read()).slice(0, 2)) {
        expect(text).toContain('NO LIMIT SET');
        expect(text).toContain('unknown visitors \\"day\\"');
        expect(text).toContain('No destination is registered');
      }
      const now = Date.now() as EpochMs;
      const changed = await findSite(edge.db, id);
      if (changed === undefined) throw new Error('it was added');
      await setPolicy(edge.db, changed, { ...changed.policy, preset: 'strict', unknown: 'drop', refused: 'drop' }, now);
      await setRetention(edge.db, changed, { events: 33, profiles: 22, receipts: 44, requests: 55, audit: 66 }, now);
      const crm = { name: 'crm-of-records', url: 'https://crm.example/hook', purpose: 'newsletters' };
      await setDestination(edge.db, changed, crm, now);
      const [ropa = '', dpia = '', breach = ''] = await read();
      for (const text of [ropa, dpia]) {
        expect(text).not.toContain('NO LIMIT SET');
        expect(text).toContain('unknown visitors \\"drop\\"');
        for (const days of ['["events",33]', '["profiles",22]', '["audit",66]']) expect(text).toContain(days);
        expect(text).toContain('["sessions","as events');
        expect(text).toContain('["campaign data","as events');
      }
      for (const text of [ropa, dpia, breach]) expect(text).toContain('crm-of-records');
    });

    it('sees what is kept', async () => {
      const who = await logIn(edge, [{ site, role: 'privacy_officer' }]);
      const kept = await json<object>(await who.fetch(`${base}/privacy/overview`));
      expect(kept).toMatchObject({
        collecting: true,
        gpcRemoves: expect.arrayContaining(['share']) as unknown,
        publishing: {
          floor: 50,
          margin: 30,
          releases: { used: 0, of: 4, nextAt: null },
          segments: { of: 0, withheld: [] },
        },
      });
    });

    it('sees how many page views came with which choice, whatever became of them, and none of few', async () => {
      const origin = 'https://consent.example';
      const id = siteId('consent-shop');
      await addSite(edge.db, { id, origins: [origin], policy: 'strict', floor: 10, at: Date.now() });
      const send = async (c: readonly [string, number, number], times: number, headers = {}): Promise<void> => {
        const e = Array.from({ length: times }, () => wireEvent({ u: `${origin}/` }));
        const message = { ...wireBatch({ s: id, e }), c };
        const answered = await collect(edge, message, { origin, ...headers });
        expect(answered.status).toBe(202);
      };
      await send(['u', 0, 0], 14);
      await send(['r', 0, 1], 12);
      // measure and share, once with GPC.
      await send(['g', 9, 1], 15);
      await send(['g', 9, 1], 15, { 'sec-gpc': '1' });
      await send(['g', 1, 1], 3, { 'sec-gpc': '1' });
      const who = await logIn(edge, [{ site: id, role: 'privacy_officer' }]);
      const read = async () => json<Funnel>(await who.fetch(`/v1/sites/${id}/privacy/consent`));
      const told = await until(read, ({ views }) => views === 60);
      expect(told).toMatchObject({ unasked: 10, refused: 10, granted: 30, gpc: { views: 20, narrowed: 20 } });
      const of = (purpose: string) => told.purposes.find((one) => one.purpose === purpose);
      expect(of('measure')).toEqual({ purpose: 'measure', granted: 30, refused: 10, isReliedOn: true });
      expect(of('profile')).toMatchObject({ granted: null, refused: 50 });
      expect(of('cross_border')).toBeUndefined();
      expect((await who.fetch(`/v1/sites/${id}/privacy/consent?from=2026-01-02&to=2026-01-01`)).status).toBe(400);
    });

    it('P7: reads their own site’s entries of the audit log, page by page, and can verify all of it', async () => {
      const who = await logIn(edge, [{ site, role: 'privacy_officer' }]);
      const checkpoint = `${base}/audit/checkpoint`;
      const signed = await json<{ size: number; note: string; publicKey: string }>(
        await who.fetch(checkpoint, { method: 'POST' }),
      );
      const lines: Log['entries'][number][] = [];
      for (let cursor: string | null = '0'; cursor !== null && lines.length < signed.size; ) {
        const page: Log = await json<Log>(await who.fetch(`${base}/audit?limit=7&cursor=${cursor}`));
        lines.push(...page.entries);
        cursor = page.next;
      }
      const told = lines.flatMap(({ entry }) => (entry === undefined ? [] : [JSON.parse(entry) as { site: string }]));
      expect(told.length).toBeGreaterThan(0);
      expect(told.every((entry) => entry.site === site)).toBe(true);
      expect(await verifyAudit(lines, signed)).toMatchObject({ kind: 'sound', size: signed.size });
      const newest = await json<Log>(await who.fetch(`${base}/audit?limit=5&order=newest`));
      const size = newest.entries[0]?.index ?? 0;
      expect(newest.entries.map(({ index }) => size - index)).toEqual([0, 1, 2, 3, 4]);
      const older = await json<Log>(await who.fetch(`${base}/audit?limit=200&order=newest&cursor=${newest.next}`));
      expect(older.entries[0]?.index).toBe(size - 5);
      const first = await json<Log>(await who.fetch(`${base}/audit?limit=5&order=newest&cursor=1`));
      expect([first.entries.length, first.next]).toEqual([1, null]);
      expect((await who.fetch(`${base}/audit?order=random`)).status).toBe(400);
      const analyst = await logIn(edge, [{ site, role: 'analyst' }]);
      expect((await analyst.fetch(`${base}/audit`)).status).toBe(403);
    });
  });
}
