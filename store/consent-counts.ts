// store/consent-counts.ts: page views counted by what was told of consent with them: the consent funnel and how often GPC came.
import type { InStatement } from '@libsql/client';
import type { Consent, PurposeBits } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Page views of one message, by what it told. */
export interface ConsentCount {
  readonly state: Consent['state'];
  /** What was granted, before policy and GPC; 0 unless `granted`. */
  readonly purposes: PurposeBits;
  readonly gpc: boolean;
  readonly views: number;
}

/** Combinations of a range that are read at most. */
const COUNTS_MAX = 10_000;

const WRITE_SQL = `INSERT INTO consent_counts (site_id, day, state, purposes, gpc, views)
  SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[2]', value ->> '$[3]', value ->> '$[4]', sum(value ->> '$[5]')
  FROM json_each(?) WHERE true GROUP BY 1, 2, 3, 4, 5 ON CONFLICT DO UPDATE SET views = views + excluded.views`;

/** Counts equal ones together. */
export function sumConsents(counts: readonly ConsentCount[]): ConsentCount[] {
  const sums = new Map<string, ConsentCount>();
  for (const count of counts) {
    const key = `${count.state}|${count.purposes}|${count.gpc}`;
    sums.set(key, { ...count, views: count.views + (sums.get(key)?.views ?? 0) });
  }
  return [...sums.values()];
}

/** The statement that counts what jobs tell; run it in the transaction of their events, so that a redelivery counts nothing twice. */
export function consentStatements(
  jobs: readonly { readonly site: SiteRow; readonly day: number; readonly consents?: readonly ConsentCount[] }[],
): InStatement[] {
  const days = new Map<string, { readonly site: SiteRow; readonly day: number; readonly counts: ConsentCount[] }>();
  for (const { site, day, consents = [] } of jobs) {
    const key = `${site}|${day}`;
    const held = days.get(key) ?? { site, day, counts: [] };
    for (const one of consents) held.counts.push(one);
    days.set(key, held);
  }
  // Summed here: most jobs of a transaction tell the same, and each line of JSON costs SQLite more than this.
  const rows = [...days.values()].flatMap(({ site, day, counts }) =>
    sumConsents(counts).map(({ state, purposes, gpc, views }) => [site, day, state, purposes, gpc ? 1 : 0, views]),
  );
  return rows.length === 0 ? [] : [{ sql: WRITE_SQL, args: [JSON.stringify(rows)] }];
}

/** What was told from one day to another, both included, over all days, the most first. */
export async function readConsentCounts(db: Db, site: SiteRow, from: number, to: number): Promise<ConsentCount[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT state, purposes, gpc, sum(views) AS views FROM consent_counts WHERE site_id = ? AND day BETWEEN ? AND ?
      GROUP BY state, purposes, gpc ORDER BY views DESC, state, purposes, gpc LIMIT ${COUNTS_MAX}`,
    args: [site, from, to],
  });
  return rows.map((row) => ({
    state: textOf(row, 'state') as Consent['state'],
    purposes: Number(row['purposes']),
    gpc: Number(row['gpc']) === 1,
    views: Number(row['views']),
  }));
}
