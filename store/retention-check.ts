// store/retention-check.ts: proves P5 by queries of its own. It shares no code with the purge on purpose: a mistake there
// must show here. So nothing of retention.ts, retention-walk.ts or retention-purge.ts is imported.
import type { Row } from '@libsql/client';
import { DAY_MS } from '../contract/index.ts';
import type { Db } from './db.ts';

/** One claim about what is stored, and what was found. */
export interface RetentionFinding {
  /** Undefined where the claim is about all sites. */
  readonly site?: string;
  readonly claim:
    | 'events_within_limit'
    | 'copy_within_limit'
    | 'profiles_within_limit'
    | 'profiles_only_of_kept_events'
    | 'sessions_within_limit'
    | 'campaigns_within_limit'
    | 'letters_within_limit'
    | 'receipts_within_limit'
    | 'requests_within_limit'
    | 'audit_within_limit'
    | 'files_given_in_time'
    | 'changes_within_limit'
    | 'events_have_limit'
    | 'visitors_have_events'
    | 'profiles_have_events'
    | 'memberships_have_events'
    | 'changes_have_events'
    | 'links_have_visitors'
    | 'receipts_have_visitors'
    | 'accounts_have_links'
    | 'strings_are_used'
    | 'requests_have_visitors'
    | 'contexts_are_used'
    | 'order_aliases_are_used';
  readonly holds: boolean;
  /** Rows that break it. */
  readonly rows: number;
  readonly limitDays?: number;
  /** The oldest row there is, epoch ms, where the claim is about age. */
  readonly oldestAt?: number;
  /** How far the oldest row is past its limit, ms; 0 where it is not. */
  readonly overLimitMs: number;
}

/** Between two purges of the schedule: what fell due since the last one is still there. */
const PURGE_PAUSE_MS: number = DAY_MS / 4;

interface Age {
  readonly claim: RetentionFinding['claim'];
  readonly limit: 'events' | 'profiles' | 'receipts' | 'requests' | 'audit';
  /** Rows of all sites as site and age. */
  readonly from: string;
}

const AGES: readonly Age[] = [
  { claim: 'events_within_limit', limit: 'events', from: 'SELECT site_id, at FROM events' },
  {
    claim: 'profiles_within_limit',
    limit: 'profiles',
    from: `SELECT site_id, state ->> '$.at[1]' AS at FROM profiles`,
  },
  {
    claim: 'profiles_only_of_kept_events',
    limit: 'events',
    from: `SELECT site_id, state ->> '$.at[0]' AS at FROM profiles`,
  },
  {
    // A session is told by its day alone, which ends after the last event that may be of it.
    claim: 'sessions_within_limit',
    limit: 'events',
    from: `SELECT site_id, ((state ->> '$.sessions[0]') + 1) * ${DAY_MS} - 1 AS at FROM profiles`,
  },
  {
    claim: 'campaigns_within_limit',
    limit: 'events',
    from: 'SELECT site_id, at FROM events WHERE campaign IS NOT NULL',
  },
  { claim: 'letters_within_limit', limit: 'events', from: 'SELECT site_id, at FROM dead_letters' },
  { claim: 'receipts_within_limit', limit: 'receipts', from: 'SELECT site_id, at FROM receipts' },
  {
    claim: 'requests_within_limit',
    limit: 'requests',
    from: "SELECT site_id, closed_at AS at FROM privacy_requests WHERE status <> 'open'",
  },
  {
    claim: 'audit_within_limit',
    limit: 'audit',
    from: `SELECT n.id AS site_id, a.entry ->> '$.at' AS at FROM audit_log AS a JOIN sites AS n ON n.name = a.entry ->> '$.site'`,
  },
  { claim: 'changes_within_limit', limit: 'events', from: 'SELECT site_id, at FROM segment_changes' },
];

const UNUSED = {
  visitors_have_events: `SELECT count(*) FROM visitors WHERE objected_at IS NULL AND id NOT IN (SELECT visitor FROM events WHERE visitor > 0)
      AND id NOT IN (SELECT visitor FROM receipts)
      AND NOT EXISTS (SELECT 1 FROM dead_letters AS d WHERE d.site_id = visitors.site_id AND d.visitor_key = visitors.key)`,
  profiles_have_events:
    'SELECT count(*) FROM profiles WHERE visitor NOT IN (SELECT visitor FROM events WHERE visitor > 0)',
  memberships_have_events:
    'SELECT count(*) FROM memberships WHERE visitor NOT IN (SELECT visitor FROM events WHERE visitor > 0)',
  changes_have_events:
    'SELECT count(*) FROM segment_changes WHERE visitor NOT IN (SELECT visitor FROM events WHERE visitor > 0)',
  links_have_visitors: 'SELECT count(*) FROM links WHERE visitor NOT IN (SELECT id FROM visitors)',
  receipts_have_visitors: 'SELECT count(*) FROM receipts WHERE visitor NOT IN (SELECT id FROM visitors)',
  accounts_have_links:
    'SELECT count(*) FROM accounts WHERE unlinked_at IS NULL AND id NOT IN (SELECT account FROM links)',
  strings_are_used: `SELECT count(*) FROM strings AS s WHERE NOT EXISTS (SELECT 1 FROM (
    SELECT name AS id FROM events UNION SELECT path FROM events UNION SELECT title FROM events
    UNION SELECT referrer FROM events UNION SELECT campaign FROM events UNION SELECT currency FROM events
    UNION SELECT coupon FROM events) AS used WHERE used.id = s.id)`,
  requests_have_visitors:
    'SELECT count(*) FROM privacy_request_visitors AS r LEFT JOIN visitors AS v ON v.id = r.visitor WHERE v.id IS NULL',
  contexts_are_used: 'SELECT count(*) FROM contexts WHERE id NOT IN (SELECT context FROM events WHERE context > 0)',
  order_aliases_are_used: `SELECT count(*) FROM order_aliases AS a LEFT JOIN
    (SELECT DISTINCT site_id, order_key FROM events WHERE order_key IS NOT NULL) AS o ON o.site_id = a.site_id AND o.order_key = a.stands_for
    WHERE o.order_key IS NULL`,
} as const;

/** Looks at everything stored. It reads whole tables: run it after a purge, not while events pour in. */
export async function checkRetention(db: Db, now: number): Promise<RetentionFinding[]> {
  const findings: RetentionFinding[] = [];
  for (const age of AGES) {
    const { rows } = await db.client.execute({
      sql: `SELECT s.name, r.days, min(a.at) AS oldest, count(CASE WHEN a.at < ? - r.days * ${DAY_MS} THEN 1 END) AS past
        FROM sites AS s JOIN retention AS r ON r.site_id = s.id AND r.data_class = ? LEFT JOIN (${age.from}) AS a ON a.site_id = s.id
        GROUP BY s.id ORDER BY s.id`,
      args: [now, age.limit],
    });
    findings.push(...rows.map((row) => ageFinding(age.claim, row, now)));
  }
  findings.push(...(await copyFindings(db, now)));
  const unlimited = await db.client.execute(
    `SELECT s.name FROM sites AS s WHERE NOT EXISTS (SELECT 1 FROM retention WHERE site_id = s.id AND data_class = 'events')
      AND EXISTS (SELECT 1 FROM events WHERE site_id = s.id) ORDER BY s.id`,
  );
  for (const row of unlimited.rows) {
    findings.push({ site: row[0] as string, claim: 'events_have_limit', holds: false, rows: 1, overLimitMs: 0 });
  }
  const late = await db.client.execute({
    sql: `SELECT count(*) FROM privacy_request_visitors AS v JOIN privacy_requests AS r ON r.seq = v.request WHERE r.due_at < ?`,
    args: [now - PURGE_PAUSE_MS],
  });
  const files = Number(late.rows[0]?.[0] ?? 0);
  findings.push({ claim: 'files_given_in_time', holds: files === 0, rows: files, overLimitMs: 0 });
  for (const claim of Object.keys(UNUSED) as (keyof typeof UNUSED)[]) {
    const { rows } = await db.client.execute(UNUSED[claim]);
    const count = Number(rows[0]?.[0] ?? 0);
    findings.push({ claim, holds: count === 0, rows: count, overLimitMs: 0 });
  }
  return findings;
}

/** The same claim about the copy of the events outside the database, where there is one. */
async function copyFindings(db: Db, now: number): Promise<RetentionFinding[]> {
  if (db.copy === undefined) return [];
  const { rows } = await db.client.execute(
    `SELECT s.id, s.name, r.days FROM sites AS s JOIN retention AS r ON r.site_id = s.id AND r.data_class = 'events' ORDER BY s.id`,
  );
  const findings: RetentionFinding[] = [];
  for (const row of rows) {
    const limitDays = Number(row['days']);
    const { at, before } = await db.copy.oldest(Number(row['id']), now - limitDays * DAY_MS);
    findings.push({
      site: row['name'] as string,
      claim: 'copy_within_limit',
      holds: before === 0,
      rows: before,
      limitDays,
      ...(at === undefined ? {} : { oldestAt: at }),
      overLimitMs: at === undefined ? 0 : Math.max(0, now - limitDays * DAY_MS - at),
    });
  }
  return findings;
}

function ageFinding(claim: Age['claim'], row: Row, now: number): RetentionFinding {
  const limitDays = Number(row['days']);
  const oldest = row['oldest'] === null ? undefined : Number(row['oldest']);
  const past = Number(row['past']);
  return {
    site: row['name'] as string,
    claim,
    holds: past === 0,
    rows: past,
    limitDays,
    ...(oldest === undefined ? {} : { oldestAt: oldest }),
    overLimitMs: oldest === undefined ? 0 : Math.max(0, now - limitDays * DAY_MS - oldest),
  };
}
