// store/kept-choices.ts: who withdrew consent, kept beside the backups: a restore must not bring back what was agreed to before.
//
// A restored database holds the grant and not the withdrawal that came after the backup. Told again as the choice that it was, the
// withdrawal ends links and has the same purge as the first time.
import { CONSENT_SOURCES } from '../contract/index.ts';
import type { EpochMs, PurposeBits } from '../contract/index.ts';
import type { Row } from '@libsql/client';
import { visitorsOfKeys } from './accounts.ts';
import type { Db, SiteRow } from './db.ts';
import type { Choice } from './receipts.ts';
import { choiceStatements, leaveOnWithdrawal } from './receipts.ts';
import { textOf } from './rows.ts';
import { formerVisitorKeys, visitorDigest, visitorKeys } from './visitor-digest.ts';

/** Receipts of one step of reading all. */
const STEP_RECEIPTS = 5_000;
const STEPS_MAX = 1_000_000;

/** The last choice of somebody who withdrew or agreed to less than before, without who it was. */
export interface KeptChoice {
  readonly site: SiteRow;
  /** SHA-256 as 64 hex digits. */
  readonly digest: string;
  readonly chosenAt: EpochMs;
  readonly kind: Choice['kind'];
  readonly purposes: PurposeBits;
  readonly source: string;
  readonly policyVersion: number;
}

const OF_THEM = 'IN (SELECT value FROM json_each(?2))';
// The last choice of a visitor that takes something back, under every key the visitor has or had; of those of a page, or of some visitors.
const choicesSql = (
  which: string,
  whose: '' | `WHERE id ${string}`,
): string => `SELECT r.id, r.site_id, r.kind, r.at, r.purposes,
    r.source, r.policy_version, lower(hex(k.key)) AS key
  FROM (SELECT * FROM receipts AS own WHERE ${which}
    AND id = (SELECT max(id) FROM receipts WHERE site_id = own.site_id AND visitor = own.visitor)
    AND (kind = 'withdrawn' OR EXISTS (SELECT 1 FROM receipts AS before WHERE before.site_id = own.site_id
      AND before.visitor = own.visitor AND (before.purposes & ~own.purposes) <> 0)) ORDER BY id LIMIT ${STEP_RECEIPTS}) AS r
  CROSS JOIN (SELECT id AS visitor, key FROM visitors ${whose} UNION ALL
    SELECT id, key FROM former_keys ${whose === '' ? 'WHERE' : `${whose} AND`} "of" = 'visitors') AS k ON k.visitor = r.visitor
  ORDER BY r.id`;
const ALL_SQL = choicesSql('id > ?1', '');
const OF_SQL = choicesSql(`site_id = ?1 AND visitor ${OF_THEM}`, `WHERE id ${OF_THEM}`);

const toChoice = async (row: Row): Promise<KeptChoice> => ({
  site: Number(row['site_id']),
  digest: await visitorDigest(Number(row['site_id']), textOf(row, 'key')),
  chosenAt: Number(row['at']) as EpochMs,
  kind: textOf(row, 'kind') as Choice['kind'],
  purposes: Number(row['purposes']),
  source: textOf(row, 'source'),
  policyVersion: Number(row['policy_version']),
});

/** All of them, under every key the visitor has or had. */
export async function readKeptChoices(db: Db): Promise<KeptChoice[]> {
  const choices: KeptChoice[] = [];
  let last = 0;
  for (let step = 0; step < STEPS_MAX; step++) {
    const { rows } = await db.client.execute({ sql: ALL_SQL, args: [last] });
    if (rows.length === 0) break;
    last = Number(rows.at(-1)?.['id'] ?? last);
    for (const row of rows) choices.push(await toChoice(row));
  }
  return choices;
}

/** Those of the visitors that choices are about, once these are written: none where they took nothing back. */
export async function keptChoicesOf(db: Db, site: SiteRow, choices: readonly Choice[]): Promise<KeptChoice[]> {
  if (choices.length === 0) return [];
  const visitors = await visitorsOfKeys(
    db,
    site,
    choices.map(({ visitor }) => visitor),
  );
  if (visitors.length === 0) return [];
  const { rows } = await db.client.execute({ sql: OF_SQL, args: [site, JSON.stringify(visitors)] });
  return Promise.all(rows.map(toChoice));
}

/**
 * Tells a database that was restored from before them. The purge that follows takes what relied on what was withdrawn. One whose visitor
 * chose since changes nothing, nor one that it knows.
 * @returns how many were told.
 */
export async function addKeptChoices(db: Db, choices: readonly KeptChoice[]): Promise<number> {
  // A server asks at each start: what it knows itself is left out before every visitor is looked at.
  const own = new Set((await readKeptChoices(db)).map(nameOf));
  const news = choices.filter((choice) => !own.has(nameOf(choice)));
  let told = 0;
  for (const site of new Set(news.map((choice) => choice.site))) {
    const byDigest = new Map(news.filter((choice) => choice.site === site).map((choice) => [choice.digest, choice]));
    for (const pass of [visitorKeys(db, site), formerVisitorKeys(db, site)]) {
      for await (const keys of pass) {
        for (const { visitor, key } of keys) {
          const choice = byDigest.get(await visitorDigest(site, key));
          if (choice === undefined || (await lastChoiceAt(db, site, visitor)) >= choice.chosenAt) continue;
          const again = { ...choice, visitor: key, toldAt: choice.chosenAt, receivedAt: choice.chosenAt };
          await db.client.batch(choiceStatements(site, again), 'write');
          await leaveOnWithdrawal(db, site, [again]);
          told += 1;
        }
      }
    }
  }
  return told;
}

const nameOf = ({ site, digest, chosenAt }: KeptChoice): string => `${site} ${digest} ${chosenAt}`;

async function lastChoiceAt(db: Db, site: SiteRow, visitor: number): Promise<number> {
  const { rows } = await db.client.execute({
    sql: 'SELECT coalesce(max(at), -1) AS at FROM receipts WHERE site_id = ? AND visitor = ?',
    args: [site, visitor],
  });
  return Number(rows[0]?.['at'] ?? -1);
}

/** Whether a value that was read is one. */
export function isKeptChoice(value: unknown): value is KeptChoice {
  if (typeof value !== 'object' || value === null) return false;
  const { site, digest, chosenAt, kind, purposes, source, policyVersion } = value as Readonly<Record<string, unknown>>;
  return (
    [site, chosenAt, purposes, policyVersion].every((number) => Number.isSafeInteger(number)) &&
    typeof digest === 'string' &&
    /^[0-9a-f]{64}$/.test(digest) &&
    (kind === 'withdrawn' || kind === 'granted') &&
    CONSENT_SOURCES.some((one) => one === source)
  );
}
