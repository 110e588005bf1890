// e2e/edge/release-suite.ts: going back to an older version of a site's segments by the API, on the site of segment-suite.ts.
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../core/index.ts';
import { siteId } from '../support/edge-under-test.ts';
import type { SuiteEdge } from './use-edge.ts';

const SITE = 'rules';

interface Releases {
  readonly held: boolean;
  readonly releases: readonly { readonly version: number; readonly at: number; readonly released: boolean }[];
}

/** Runs these tests against an edge. @param visitors that the site's profiles are of. */
export function releaseSuite(edge: SuiteEdge, visitors: number): void {
  const ask = async (method: string, path: string, scopes: readonly Scope[] = ['segments:read', 'segments:write']) =>
    edge.fetch(`/v1/sites/${SITE}/${path}`, {
      method,
      headers: { authorization: `Bearer ${await edge.token(siteId(SITE), scopes)}` },
    });
  const releases = async (): Promise<Releases> => (await (await ask('GET', 'releases')).json()) as Releases;
  const releasedOf = ({ releases: all }: Releases): number[] =>
    all.filter(({ released }) => released).map(({ version }) => version);
  const segmentsNow = async () =>
    (await (await ask('GET', 'segments')).json()) as {
      readonly version: number;
      readonly segments: readonly unknown[];
    };
  const clustered = async (): Promise<number> => {
    const site = await edge.siteRow(SITE);
    const sql = "SELECT count(*) AS n FROM memberships WHERE site_id = ? AND segment_id GLOB 'cluster-*'";
    return Number((await edge.ask(sql, site))[0]?.['n']);
  };

  describe('going back to a version', () => {
    let newest = 0;
    it('changes what every answer says at once, holds it, and is in the audit log (P6)', async () => {
      const before = await releases();
      [newest = 0] = releasedOf(before);
      expect([before.held, newest]).toEqual([false, before.releases[0]?.version]);
      expect(newest).toBeGreaterThan(1);
      const back = await ask('POST', 'releases/1/rollback');
      expect(back.status).toBe(200);
      const after = (await back.json()) as Releases;
      expect([after.held, releasedOf(after), after.releases.length]).toEqual([true, [1], before.releases.length]);
      expect(await releases()).toEqual(after);
      expect((await segmentsNow()).version).toBe(1);
      expect(await clustered()).toBe(0);
      expect(await edge.ask("SELECT 1 FROM audit_log WHERE entry LIKE '%release_rolled_back%'")).toHaveLength(1);
    });
    it('goes to any version that is kept, forwards too, and nowhere else', async () => {
      expect(releasedOf((await (await ask('POST', `releases/${newest}/rollback`)).json()) as Releases)).toEqual([
        newest,
      ]);
      expect(releasedOf((await (await ask('POST', 'releases/1/rollback')).json()) as Releases)).toEqual([1]);
      for (const version of ['999', '0', '1.5', 'x']) {
        expect((await ask('POST', `releases/${version}/rollback`)).status).toBe(404);
      }
      expect((await ask('POST', 'releases/1/rollback', ['segments:read'])).status).toBe(403);
      expect(releasedOf(await releases())).toEqual([1]);
    });
    it('is followed by the members with the next run, which releases nothing new', async () => {
      await edge.segment();
      expect([releasedOf(await releases()), await clustered()]).toEqual([[1], visitors]);
    });
    it('ends when somebody says so, once', async () => {
      const resumed = await ask('POST', 'releases/resume');
      expect([resumed.status, ((await resumed.json()) as Releases).held]).toEqual([200, false]);
      expect((await ask('POST', 'releases/resume')).status).toBe(404);
    });
  });
}
