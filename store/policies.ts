// store/policies.ts: versions of a site's policy, and how a day's events would have fallen under another one.
import type { InStatement } from '@libsql/client';
import type { EpochMs, PurposeBits } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import type { SitePolicy } from '../core/index.ts';
import { policyChanges, sitePolicyText } from '../core/index.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { eventWindows } from './event-windows.ts';
import { exemptLimits } from './retention.ts';
import { textOf } from './rows.ts';
import type { Site } from './sites.ts';
import { policyOf } from './sites.ts';

/** Versions that are read at most. */
const VERSIONS_MAX = 10_000;

/** A version of a policy. */
export interface PolicyVersion {
  readonly version: number;
  readonly policy: SitePolicy;
  readonly setAt: EpochMs;
}

/**
 * Puts a policy in force as the site's next version, with the audit entry that says so; what collects takes it over within
 * seconds. An `exempt` one brings its limits of retention, where none or longer ones are set.
 * @returns that version, or `changed_meanwhile` where the site is not at the version of `site` any more.
 */
export async function setPolicy(
  db: Db,
  site: Pick<Site, 'row' | 'id' | 'policy' | 'policyVersion'>,
  policy: SitePolicy,
  at: EpochMs,
): Promise<number | 'changed_meanwhile'> {
  const version = site.policyVersion + 1;
  const inForce = 'EXISTS (SELECT 1 FROM sites WHERE id = ?1 AND policy_version = ?2 - 1)';
  const insert = (nth: number, text: string, setAt: string): InStatement => ({
    sql: `INSERT INTO policies (site_id, version, document, set_at) SELECT ?1, ?5, ?3, ${setAt} WHERE ${inForce} AND ?4 > 0
      ON CONFLICT DO NOTHING`,
    args: [site.row, version, text, at, nth],
  });
  const changed = policyChanges(site.policy, policy);
  const results = await db.client.batch(
    [
      // The version before the first change gets its row too, so that the history is whole.
      insert(site.policyVersion, sitePolicyText(site.policy), '(SELECT created_at FROM sites WHERE id = ?1)'),
      insert(version, sitePolicyText(policy), '?4'),
      {
        sql: 'UPDATE sites SET policy = ?3, policy_version = ?2 WHERE id = ?1 AND policy_version = ?2 - 1',
        args: [site.row, version, policy.preset],
      },
      await auditStatement(
        { kind: 'policy_changed', site: site.id, version, preset: policy.preset, changed, at },
        'if_changed',
      ),
      ...(await exemptLimits(site.id, at)),
    ],
    'write',
  );
  return results[2]?.rowsAffected === 1 ? version : 'changed_meanwhile';
}

/** Versions of a site's policy, the first first; one of a site that never changed it is version 1. The newest, where there are more. */
export async function readPolicyHistory(
  db: Db,
  site: SiteRow,
  { before, limit = VERSIONS_MAX }: { readonly before?: number; readonly limit?: number } = {},
): Promise<PolicyVersion[]> {
  // The newest are read, whatever the limit: a site of many versions must not lose sight of those in force.
  const { rows } = await db.client.execute({
    sql: `SELECT coalesce(p.version, 1) AS version, s.policy, p.document, coalesce(p.set_at, s.created_at) AS set_at
      FROM sites AS s LEFT JOIN policies AS p ON p.site_id = s.id
      WHERE s.id = ?1 AND (?2 IS NULL OR coalesce(p.version, 1) < ?2) ORDER BY 1 DESC LIMIT ?3`,
    args: [site, before ?? null, Math.min(limit, VERSIONS_MAX)],
  });
  return rows.reverse().map((row) => {
    const version = Number(row['version']);
    const document = row['document'] === null ? null : textOf(row, 'document');
    return {
      version,
      policy: policyOf(textOf(row, 'policy'), document, version),
      setAt: Number(row['set_at']) as EpochMs,
    };
  });
}

/** Events that were treated alike. */
export interface TreatedEvents {
  /** As they were kept; `not_kept` where the ledger alone knows of them. */
  readonly kept: 'link' | 'day' | 'count' | 'not_kept';
  readonly purposes: PurposeBits;
  /** What is known of the choice, where nothing was kept. */
  readonly choice: 'unasked' | 'refused' | '';
  readonly events: number;
}

/** How a site's events of one UTC day were treated. Reads the day's events in stretches, so that nobody waits for long. */
export async function readTreated(db: Db, site: SiteRow, day: number): Promise<TreatedEvents[]> {
  const counts = new Map<string, TreatedEvents>();
  const add = (one: TreatedEvents): void => {
    const key = `${one.kept}|${one.purposes}|${one.choice}`;
    counts.set(key, { ...one, events: one.events + (counts.get(key)?.events ?? 0) });
  };
  for await (const { from, to } of eventWindows(db)) {
    const { rows } = await db.client.execute({
      sql: `SELECT CASE WHEN purposes <> 0 THEN 'link' WHEN visitor IS NULL THEN 'count' ELSE 'day' END AS kept, purposes,
          count(*) AS events FROM events WHERE seq > ? AND seq <= ? AND site_id = ? AND at >= ? AND at < ? GROUP BY 1, 2`,
      args: [from, to, site, day * DAY_MS, (day + 1) * DAY_MS],
    });
    for (const row of rows) {
      add({
        kept: textOf(row, 'kept') as TreatedEvents['kept'],
        purposes: Number(row['purposes']),
        choice: '',
        events: Number(row['events']),
      });
    }
  }
  const { rows } = await db.client.execute({
    sql: `SELECT reason, events FROM ledger WHERE site_id = ? AND day = ? AND outcome = 'no_consent' AND events > 0`,
    args: [site, day],
  });
  for (const row of rows) {
    // A grant that was dropped was of nothing the policy knows: a refusal by another name.
    const choice = textOf(row, 'reason') === 'unasked' ? 'unasked' : 'refused';
    add({ kept: 'not_kept', purposes: 0, choice, events: Number(row['events']) });
  }
  return [...counts.values()].sort((a, b) => b.events - a.events || a.purposes - b.purposes);
}
