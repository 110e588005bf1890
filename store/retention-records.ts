// store/retention-records.ts: removes records past their limit: receipts of consent, privacy requests, what the audit log says (P5).
import type { InStatement } from '@libsql/client';
import type { EpochMs } from '../contract/index.ts';
import type { RecordClass } from '../core/index.ts';
import { RECORD_CLASSES, retentionCutoff } from '../core/index.ts';
import type { Db } from './db.ts';
import type { SiteRetention } from './retention.ts';
import { overwriting } from './retention-walk.ts';

/** Rows of one step. */
const STEP_ROWS = 500;
/** Steps of one class at most. */
const STEPS_MAX = 1_000_000;

/** Rows that went and the oldest that stayed, by class of record. */
export interface PurgedRecords {
  readonly rows: Readonly<Record<RecordClass, number>>;
  /** Epoch ms; a class of which nothing is stored is left out. */
  readonly oldestAt: Readonly<Partial<Record<RecordClass, number>>>;
}

interface Class {
  /** Rows of a site (?1, ?2 its name) as key and age. */
  readonly aged: string;
  /** The statements that remove rows by their keys, a JSON list as ?1. The last tells how many went. */
  readonly removal: readonly string[];
}

const CLASSES: Readonly<Record<RecordClass, Class>> = {
  receipts: {
    aged: `SELECT id AS key, at FROM receipts WHERE site_id = ?1 AND ?2 <> ''`,
    removal: ['DELETE FROM receipts WHERE id IN (SELECT value FROM json_each(?1))'],
  },
  // Counted from the end: an open request is never too old, it is late.
  requests: {
    aged: `SELECT seq AS key, closed_at AS at FROM privacy_requests WHERE site_id = ?1 AND ?2 <> '' AND closed_at IS NOT NULL`,
    removal: [
      'DELETE FROM privacy_request_visitors WHERE request IN (SELECT value FROM json_each(?1))',
      'DELETE FROM privacy_request_steps WHERE request IN (SELECT value FROM json_each(?1))',
      'DELETE FROM privacy_requests WHERE seq IN (SELECT value FROM json_each(?1))',
    ],
  },
  // What an entry says goes; its commitment stays, so that the tree and every proof stay what they were.
  audit: {
    aged: `SELECT seq AS key, entry ->> '$.at' AS at FROM audit_log WHERE ?1 > 0 AND entry ->> '$.site' = ?2`,
    removal: ['UPDATE audit_log SET nonce = NULL, entry = NULL WHERE seq IN (SELECT value FROM json_each(?1))'],
  },
};

/** Removes a site's records that are past its limits, and lets files of access requests go when their month is over. */
export async function purgeRecords(
  db: Db,
  { row, id, days }: SiteRetention,
  now: EpochMs,
  goOn: () => Promise<boolean>,
): Promise<PurgedRecords> {
  const rows: Record<RecordClass, number> = { receipts: 0, requests: 0, audit: 0 };
  const oldestAt: Partial<Record<RecordClass, number>> = {};
  for (const name of RECORD_CLASSES) {
    const limit = days[name];
    if (limit !== undefined) rows[name] = await purgeClass(db, { row, id }, name, retentionCutoff(limit, now), goOn);
    const { aged } = CLASSES[name];
    const oldest = await db.client.execute({ sql: `SELECT min(at) FROM (${aged})`, args: [row, id] });
    const at = oldest.rows[0]?.[0];
    if (at !== null && at !== undefined) oldestAt[name] = Number(at);
  }
  await db.client.execute({
    sql: `DELETE FROM privacy_request_visitors WHERE request IN (SELECT seq FROM privacy_requests WHERE site_id = ? AND due_at < ?)`,
    args: [row, now],
  });
  return { rows, oldestAt };
}

async function purgeClass(
  db: Db,
  { row, id }: Pick<SiteRetention, 'row' | 'id'>,
  name: RecordClass,
  cutoff: EpochMs,
  goOn: () => Promise<boolean>,
): Promise<number> {
  const { aged, removal } = CLASSES[name];
  let removed = 0;
  for (let step = 0; step < STEPS_MAX; step++) {
    const found = await db.client.execute({
      sql: `SELECT key FROM (${aged}) WHERE at < ?3 LIMIT ?4`,
      args: [row, id, cutoff, STEP_ROWS],
    });
    if (found.rows.length === 0) break;
    const keys = JSON.stringify(found.rows.map((one) => Number(one['key'])));
    const statements = removal.map((sql): InStatement => ({ sql, args: [keys] }));
    const results = await db.client.batch(overwriting(db, statements), 'write');
    removed += results.at(-1)?.rowsAffected ?? 0;
    if (!(await goOn())) break;
  }
  return removed;
}
