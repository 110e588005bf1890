// e2e/edge/officer-suite.ts: what an officer reads and decides over the API: what is kept, the policy, the audit log (P6, P7).
import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../console/app/verify-audit.ts';
import { siteId } from '../support/edge-under-test.ts';
import { addSite } from '../../store/index.ts';
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

    it('sees what is kept', async () => {
      const who = await logIn(edge, [{ site, role: 'privacy_officer' }]);
      const kept = await json<object>(await who.fetch(`${base}/privacy/overview`));
      expect(kept).toMatchObject({ collecting: true, gpcRemoves: expect.arrayContaining(['share']) as unknown });
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
      const analyst = await logIn(edge, [{ site, role: 'analyst' }]);
      expect((await analyst.fetch(`${base}/audit`)).status).toBe(403);
    });
  });
}
