// store/dead-letters.ts: events refused by themselves: written with the ledger, bounded per site, moved to another outcome once.
import type { InStatement, Row } from '@libsql/client';
import { visitorIdSql } from './accounts.ts';
import { auditStatement } from './audit.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Letters kept of one site; past it the oldest tenth goes. */
export const LETTERS_MAX = 10_000;
/** Bytes of letters kept of one site; past it the oldest go until nine tenths are left. */
export const LETTERS_BYTES_MAX = 8_388_608;
/** What a letter counts for beside its body: row, two index entries. */
const LETTER_OWN_BYTES = 200;
const KEPT_AFTER_EVICTION = 0.9;

/** The ways an event comes in. */
export type LetterVia = 'collect' | 'events' | 'import';

/** An event that was refused by itself: pseudonymised and scrubbed like an event row (P1). */
export interface DeadLetter {
  /** The id its event will be stored under, 32 hex digits. */
  readonly id: string;
  readonly receivedAt: number;
  /** When it happened by our clock; `receivedAt` where that can't be told. */
  readonly at: number;
  readonly via: LetterVia;
  /** Where it came from (core/context.ts); absent of the tag's. */
  readonly source?: string | undefined;
  /** Line of the import, from 1. */
  readonly line?: number | undefined;
  readonly reason: string;
  readonly pointer: string;
  /** The event in the wire's keys as JSON; absent where it was too large to keep. */
  readonly body?: string | undefined;
  readonly visitor?: string | undefined;
  readonly linked: 0 | 1;
  readonly purposes: number;
  readonly policyVersion: number;
  readonly orderKey?: string | undefined;
}

/** A letter as it lies there. `letter` is its number, `day` the day of arrival in whose ledger it stands. */
export interface KeptLetter extends DeadLetter {
  readonly letter: number;
  readonly day: number;
}

/** How many there are, and what became of those that went. */
export interface LetterTotals {
  readonly letters: number;
  readonly bytes: number;
  readonly evicted: number;
  readonly expired: number;
  readonly replayed: number;
  readonly dropped: number;
}

const INSERT_SQL = `INSERT INTO dead_letters (site_id, id, day, received_at, at, via, source, line, reason, pointer, body, visitor_key,
    linked, purposes, policy_version, order_key, bytes)
  SELECT ?1, unhex(value ->> '$.id'), ?2, value ->> '$.receivedAt', value ->> '$.at', value ->> '$.via', value ->> '$.source',
    value ->> '$.line', value ->> '$.reason', value ->> '$.pointer', value ->> '$.body', unhex(value ->> '$.visitor'), value ->> '$.linked',
    value ->> '$.purposes', value ->> '$.policyVersion', unhex(value ->> '$.orderKey'),
    coalesce(length(CAST(value ->> '$.body' AS BLOB)), 0) + ${LETTER_OWN_BYTES}
  FROM json_each(?3) WHERE true ORDER BY key ON CONFLICT (site_id, id) DO NOTHING`;
// Bytes of letters that were there already are counted as well; the eviction counts anew before it believes the sum.
const ADD_SQL = `INSERT INTO dead_letter_totals (site_id, letters, bytes) VALUES (?1, changes(), ?2)
  ON CONFLICT DO UPDATE SET letters = letters + excluded.letters, bytes = bytes + excluded.bytes`;
const IS_OVER = `(letters > ${LETTERS_MAX} OR bytes > ${LETTERS_BYTES_MAX})`;
// A tenth at once: the sums over all of a site's letters are then made once for a thousand new ones.
const EVICT_SQL = `DELETE FROM dead_letters WHERE (SELECT ${IS_OVER} FROM dead_letter_totals WHERE site_id = ?1) AND seq IN (
  SELECT seq FROM (SELECT seq, row_number() OVER newest AS nth, sum(bytes) OVER newest AS running FROM dead_letters
    WHERE site_id = ?1 WINDOW newest AS (ORDER BY seq DESC))
  WHERE nth > ${LETTERS_MAX * KEPT_AFTER_EVICTION} OR running > ${LETTERS_BYTES_MAX * KEPT_AFTER_EVICTION})`;
/** Counts a site's letters anew; `?1` is the site. */
export const RECOUNT = `letters = (SELECT count(*) FROM dead_letters WHERE site_id = ?1),
  bytes = (SELECT coalesce(sum(bytes), 0) FROM dead_letters WHERE site_id = ?1)`;
const EVICTED_SQL = `UPDATE dead_letter_totals SET evicted = evicted + changes(), ${RECOUNT} WHERE site_id = ?1 AND ${IS_OVER}`;

/** Names of what a letter can go by, which are columns of the totals. */
type Gone = 'expired' | 'replayed' | 'dropped';
const goneStatement = (site: SiteRow, gone: Gone): InStatement => ({
  sql: `UPDATE dead_letter_totals SET ${gone} = ${gone} + changes(), ${RECOUNT} WHERE site_id = ?1 AND changes() > 0`,
  args: [site],
});

const encoder = new TextEncoder();
const bytesOf = ({ body }: DeadLetter): number =>
  LETTER_OWN_BYTES + (body === undefined ? 0 : encoder.encode(body).length);

/** Letters of one request. */
interface LetterJob {
  readonly site: SiteRow;
  readonly day: number;
  readonly letters?: readonly DeadLetter[];
}

/** The statements that keep the letters of some jobs; for the transaction that writes the jobs' ledger lines. */
export function letterStatements(jobs: readonly LetterJob[]): InStatement[] {
  const groups = new Map<string, { site: SiteRow; day: number; letters: DeadLetter[] }>();
  for (const { site, day, letters = [] } of jobs) {
    if (letters.length === 0) continue;
    const group = groups.get(`${site}|${day}`) ?? { site, day, letters: [] };
    group.letters.push(...letters);
    groups.set(`${site}|${day}`, group);
  }
  return [...groups.values()].flatMap(({ site, day, letters }) => [
    { sql: INSERT_SQL, args: [site, day, JSON.stringify(letters)] },
    { sql: ADD_SQL, args: [site, letters.reduce((sum, letter) => sum + bytesOf(letter), 0)] },
    { sql: EVICT_SQL, args: [site] },
    { sql: EVICTED_SQL, args: [site] },
  ]);
}

/** Which letters of a site are meant; of a list that is not one by one, at most `limit`. */
export type LetterChoice =
  | { readonly letters: readonly number[] }
  | { readonly after: number; readonly limit: number; readonly reason?: string; readonly newestFirst?: boolean };

const COLUMNS = `seq, lower(hex(id)) AS id, day, received_at, at, via, source, line, reason, pointer, body,
  lower(hex(visitor_key)) AS visitor, linked, purposes, policy_version, lower(hex(order_key)) AS order_key`;

const optionalText = (row: Row, column: string): string | undefined => {
  const value = row[column];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const toLetter = (row: Row): KeptLetter => ({
  letter: Number(row['seq']),
  id: textOf(row, 'id'),
  day: Number(row['day']),
  receivedAt: Number(row['received_at']),
  at: Number(row['at']),
  via: textOf(row, 'via') as LetterVia,
  source: optionalText(row, 'source'),
  line: row['line'] === null ? undefined : Number(row['line']),
  reason: textOf(row, 'reason'),
  pointer: textOf(row, 'pointer'),
  body: optionalText(row, 'body'),
  visitor: optionalText(row, 'visitor'),
  linked: row['linked'] === 1 ? 1 : 0,
  purposes: Number(row['purposes']),
  policyVersion: Number(row['policy_version']),
  orderKey: optionalText(row, 'order_key'),
});

/** A site's letters: those that are named, or those behind a number, oldest first unless asked otherwise. */
export async function readLetters(db: Db, site: SiteRow, choice: LetterChoice): Promise<KeptLetter[]> {
  if ('letters' in choice) {
    const { rows } = await db.client.execute({
      sql: `SELECT ${COLUMNS} FROM dead_letters WHERE seq IN (SELECT value FROM json_each(?)) AND site_id = ? ORDER BY seq`,
      args: [JSON.stringify(choice.letters), site],
    });
    return rows.map(toLetter);
  }
  const { after, limit, reason, newestFirst = false } = choice;
  const { rows } = await db.client.execute({
    sql: `SELECT ${COLUMNS} FROM dead_letters WHERE site_id = ? AND seq ${newestFirst ? '<' : '>'} ?
      AND coalesce(reason = ?, true) ORDER BY seq ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
    args: [site, after, reason ?? null, limit],
  });
  return rows.map(toLetter);
}

/** The totals of a site; zeros where it never had a letter. */
export async function readLetterTotals(db: Db, site: SiteRow): Promise<LetterTotals> {
  const { rows } = await db.client.execute({
    sql: 'SELECT letters, bytes, evicted, expired, replayed, dropped FROM dead_letter_totals WHERE site_id = ?',
    args: [site],
  });
  const of = (column: keyof LetterTotals): number => Number(rows[0]?.[column] ?? 0);
  return {
    letters: of('letters'),
    bytes: of('bytes'),
    evicted: of('evicted'),
    expired: of('expired'),
    replayed: of('replayed'),
    dropped: of('dropped'),
  };
}

/** The statement that takes letters away; what it is for follows it in the transaction. */
export const letterRemoval = (site: SiteRow, letters: readonly number[]): InStatement => ({
  sql: 'DELETE FROM dead_letters WHERE seq IN (SELECT value FROM json_each(?)) AND site_id = ?',
  args: [JSON.stringify(letters), site],
});

/** What dropping letters by hand writes: they go and stay `invalid`. */
export async function dropStatements(
  site: { readonly row: SiteRow; readonly id: string },
  letters: readonly number[],
  at: number,
): Promise<InStatement[]> {
  return [
    letterRemoval(site.row, letters),
    goneStatement(site.row, 'dropped'),
    await auditStatement({ kind: 'letters_dropped', site: site.id, letters: letters.length, at }, 'if_changed'),
  ];
}

/** Days a letter is kept at most, whatever the site's limit for events: what nobody mends in a quarter is not mended. */
export const LETTER_DAYS_MAX = 90;

/** The statements that remove letters past their time: of events before `eventsFrom`, and of arrivals before `arrivedFrom`. */
export const expireStatements = (site: SiteRow, eventsFrom: number, arrivedFrom: number): InStatement[] => [
  {
    sql: 'DELETE FROM dead_letters WHERE site_id = ? AND (at < ? OR received_at < ?)',
    args: [site, eventsFrom, arrivedFrom],
  },
  goneStatement(site, 'expired'),
];

/** The statements that remove the letters of visitors, by their keys as hex digits, that came until an instant (P4). */
export const eraseLetterStatements = (site: SiteRow, keys: readonly string[], until: number): InStatement[] => [
  {
    sql: `DELETE FROM dead_letters WHERE site_id = ? AND received_at <= ?
      AND visitor_key IN (SELECT unhex(value) FROM json_each(?))`,
    args: [site, until, JSON.stringify(keys)],
  },
  { sql: `UPDATE dead_letter_totals SET ${RECOUNT} WHERE site_id = ?1 AND changes() > 0`, args: [site] },
];

const KEYS_OF = `(SELECT v.key FROM visitors AS v WHERE v.id = w.value ->> '$[0]' UNION
    SELECT f.key FROM former_keys AS f WHERE f.site_id = ?1 AND f."of" = 'visitors' AND f.id = w.value ->> '$[0]')`;
const WITHDRAWN_SQL = `UPDATE dead_letters SET purposes = dead_letters.purposes & ~(w.value ->> '$[1]') FROM json_each(?2) AS w
  WHERE dead_letters.site_id = ?1 AND dead_letters.at <= w.value ->> '$[2]' AND dead_letters.visitor_key IN ${KEYS_OF}`;

/**
 * The statements that take withdrawn purposes from letters, and letters that relied on nothing else: a replay would bring
 * them back as events that were agreed to.
 * @param withdrawals each visitor's number, the bits withdrawn, and the instant up to which.
 */
export const withdrawLetterStatements = (
  site: SiteRow,
  withdrawals: readonly (readonly [visitor: number, purposes: number, until: number])[],
): InStatement[] => [
  { sql: WITHDRAWN_SQL, args: [site, JSON.stringify(withdrawals)] },
  { sql: 'DELETE FROM dead_letters WHERE site_id = ? AND linked = 1 AND purposes = 0', args: [site] },
  { sql: `UPDATE dead_letter_totals SET ${RECOUNT} WHERE site_id = ?1 AND changes() > 0`, args: [site] },
];

/**
 * The statement that gives letters the key their visitor has now. Run it before former keys go: nobody could find a letter
 * by the key of a salt that is destroyed, and its replay would be a visitor whom no erasure reaches (P4).
 */
export const rekeyLetterStatement = (site: SiteRow): InStatement => ({
  sql: `UPDATE dead_letters SET visitor_key = v.key FROM former_keys AS f CROSS JOIN visitors AS v ON v.id = f.id
    WHERE dead_letters.site_id = ?1 AND f.site_id = ?1 AND f."of" = 'visitors' AND f.key = dead_letters.visitor_key`,
  args: [site],
});

/** The keys that a site's letters name, as hex digits, each once. */
export async function letterKeys(db: Db, site: SiteRow): Promise<{ readonly key: string }[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT DISTINCT lower(hex(visitor_key)) AS key FROM dead_letters WHERE site_id = ? AND visitor_key IS NOT NULL LIMIT ?`,
    args: [site, LETTERS_MAX + 1_000],
  });
  return rows.map((row) => ({ key: textOf(row, 'key') }));
}

/** Whether letters of a site name any of some keys. */
export async function hasLetterOf(db: Db, site: SiteRow, keys: readonly string[]): Promise<boolean> {
  const { rows } = await db.client.execute({
    sql: `SELECT 1 FROM dead_letters WHERE site_id = ? AND visitor_key IN (SELECT unhex(value) FROM json_each(?)) LIMIT 1`,
    args: [site, JSON.stringify(keys)],
  });
  return rows.length > 0;
}

/**
 * The statement that gives a number to a visitor of whom there are dead letters alone: what is asked and withdrawn goes by
 * numbers. It stays as long as one of the letters does.
 */
export const letterVisitorStatement = (site: SiteRow, key: string): InStatement => ({
  sql: `INSERT INTO visitors (site_id, key, linked) SELECT ?1, unhex(?2), 1
    WHERE ${visitorIdSql('?1', 'unhex(?2)')} IS NULL
      AND EXISTS (SELECT 1 FROM dead_letters WHERE site_id = ?1 AND visitor_key = unhex(?2) AND linked = 1)`,
  args: [site, key],
});

/** Visitors among the numbers in `?1` whose letters are kept. */
export const OF_LETTERS = `SELECT id FROM visitors WHERE id IN (SELECT value FROM json_each(?1))
  AND (site_id, key) IN (SELECT site_id, visitor_key FROM dead_letters WHERE visitor_key IS NOT NULL)`;

/** What a file of access shows of a letter. */
export interface FiledLetter {
  readonly receivedAt: number;
  readonly at: number;
  readonly reason: string;
  readonly purposes: number;
  /** What was kept of the event, in the wire's keys. */
  readonly event?: unknown;
}

/** The letters of some visitors, by number. */
export async function lettersOfVisitors(db: Db, site: SiteRow, visitors: readonly number[]): Promise<FiledLetter[]> {
  const { rows } = await db.client.execute({
    sql: `SELECT received_at, at, reason, purposes, body FROM dead_letters WHERE site_id = ?1 AND visitor_key IN (
      SELECT key FROM visitors WHERE id IN (SELECT value FROM json_each(?2))
      UNION SELECT key FROM former_keys WHERE site_id = ?1 AND "of" = 'visitors' AND id IN (SELECT value FROM json_each(?2)))
      ORDER BY at LIMIT ?3`,
    args: [site, JSON.stringify(visitors), LETTERS_MAX],
  });
  return rows.map((row) => {
    const body = optionalText(row, 'body');
    return {
      receivedAt: Number(row['received_at']),
      at: Number(row['at']),
      reason: textOf(row, 'reason'),
      purposes: Number(row['purposes']),
      ...(body === undefined ? {} : { event: JSON.parse(body) as unknown }),
    };
  });
}
