// store/visitor-file.ts: everything that is stored of one visitor, for the person it is about (GDPR Art. 15 and 20).
import type { Row } from '@libsql/client';
import type { Db, SiteRow } from './db.ts';
import type { FiledLetter } from './dead-letters.ts';
import { lettersOfVisitors } from './dead-letters.ts';
import { eventWindows } from './event-windows.ts';
import type { Receipt } from './receipts.ts';
import { gpcOf } from './receipts.ts';
import { textOf } from './rows.ts';

/** Events a file holds at most, the earliest in order of arrival; how many were left out is said. */
export const FILE_EVENTS_MAX = 100_000;
const STEP_EVENTS = 5_000;

/** An event as the person is given it: names in place of numbers, absent where nothing is stored. */
export interface FiledEvent {
  readonly at: number;
  readonly name: string;
  readonly purposes: number;
  readonly policyVersion: number;
  readonly path?: string;
  readonly title?: string;
  readonly referrer?: string;
  readonly campaign?: string;
  /** The pseudonym of the order, 24 hex digits: equal for equal orders. */
  readonly orderKey?: string;
  readonly currency?: string;
  readonly value?: number;
  readonly tax?: number;
  readonly shipping?: number;
  readonly discount?: number;
  readonly coupon?: string;
  /** Where and how it came: country, region, device, browser, os, language, timeZone, channel, source, as far as they are kept. */
  readonly context?: Readonly<Record<string, string>>;
  readonly items?: unknown;
  readonly properties?: unknown;
}

/** What is stored of some visitors of a site. */
export interface VisitorFile {
  readonly visitors: readonly { readonly linked: boolean; readonly objectedAt?: number }[];
  readonly events: readonly FiledEvent[];
  readonly eventsLeftOut: number;
  /** Consents given and withdrawn, oldest first. */
  readonly receipts: readonly {
    readonly kind: string;
    readonly at: number;
    readonly purposes: number;
    readonly source: string;
    readonly policyVersion: number;
    readonly gpc?: Receipt['gpc'];
  }[];
  /** Logins they were linked to: by what, and when last. */
  readonly links: readonly { readonly kind: string; readonly linkedAt: number }[];
  /** Events that were refused and kept aside. */
  readonly letters: readonly FiledLetter[];
  /** Folded profiles, JSON texts. */
  readonly profiles: readonly string[];
  /** Segments they are in, each with the JSON text of what is published of it. */
  readonly segments: readonly { readonly id: string; readonly published?: string }[];
}

/** Reads it. Events of a visitor are found by reading all of the site's, in stretches. */
export async function readVisitorFile(db: Db, site: SiteRow, visitors: readonly number[]): Promise<VisitorFile> {
  const ids = JSON.stringify(visitors);
  const known = await db.client.execute({
    sql: 'SELECT linked, objected_at FROM visitors WHERE site_id = ? AND id IN (SELECT value FROM json_each(?)) ORDER BY id',
    args: [site, ids],
  });
  const profiles = await db.client.execute({
    sql: 'SELECT state FROM profiles WHERE site_id = ? AND visitor IN (SELECT value FROM json_each(?)) ORDER BY visitor',
    args: [site, ids],
  });
  return {
    visitors: known.rows.map((row) => ({
      linked: row['linked'] === 1,
      ...(row['objected_at'] === null ? {} : { objectedAt: Number(row['objected_at']) }),
    })),
    ...(await readEvents(db, site, ids)),
    profiles: profiles.rows.map((row) => textOf(row, 'state')),
    segments: await readSegments(db, site, ids),
    receipts: await readReceipts(db, site, ids),
    links: await readLinksOf(db, site, ids),
    letters: await lettersOfVisitors(db, site, visitors),
  };
}

const DICTIONARY = ['name', 'path', 'title', 'referrer', 'campaign', 'currency', 'coupon'] as const;
const EVENTS_SQL = `SELECT e.seq, e.at, e.purposes, e.policy_version, lower(hex(e.order_key)) AS order_key, e.value, e.tax,
    e.shipping, e.discount, e.items, e.properties, c.country, c.region, c.device, c.browser, c.os, c.language, c.time_zone,
    c.channel, c.source, ${DICTIONARY.map((name) => `${name}_text.value AS ${name}`).join(', ')}
  FROM events AS e NOT INDEXED LEFT JOIN contexts AS c ON c.id = e.context ${DICTIONARY.map((name) => `LEFT JOIN strings AS ${name}_text ON ${name}_text.id = e.${name}`).join(' ')}
  WHERE e.seq > ?1 AND e.seq <= ?2 AND e.site_id = ?3 AND e.visitor IN (SELECT value FROM json_each(?4)) ORDER BY e.seq LIMIT ?5`;

async function readEvents(db: Db, site: SiteRow, ids: string): Promise<Pick<VisitorFile, 'events' | 'eventsLeftOut'>> {
  const events: FiledEvent[] = [];
  let eventsLeftOut = 0;
  for await (const { from, to } of eventWindows(db)) {
    let last = from;
    while (last < to) {
      const { rows } = await db.client.execute({ sql: EVENTS_SQL, args: [last, to, site, ids, STEP_EVENTS] });
      for (const row of rows) {
        if (events.length < FILE_EVENTS_MAX) events.push(toFiled(row));
        else eventsLeftOut += 1;
      }
      last = rows.length < STEP_EVENTS ? to : Number(rows.at(-1)?.['seq'] ?? to);
    }
  }
  return { events: events.sort((a, b) => a.at - b.at), eventsLeftOut };
}

const TEXTS = ['path', 'title', 'referrer', 'campaign', 'currency', 'coupon'] as const;
const CONTEXT = [
  ...(['country', 'region', 'device', 'browser', 'os', 'language', 'channel', 'source'] as const).map(
    (name) => [name, name] as const,
  ),
  ['timeZone', 'time_zone'] as const,
];
const AMOUNTS = ['value', 'tax', 'shipping', 'discount'] as const;
const JSON_TEXTS = ['items', 'properties'] as const;

function toFiled(row: Row): FiledEvent {
  const entries: (readonly [string, unknown])[] = [
    ...TEXTS.map((name) => [name, row[name] ?? undefined] as const),
    ['orderKey', row['order_key'] === '' ? undefined : row['order_key']],
    ...AMOUNTS.map((name) => [name, row[name] === null ? undefined : Number(row[name])] as const),
    ...JSON_TEXTS.map((name) => [name, row[name] === null ? undefined : JSON.parse(textOf(row, name))] as const),
  ];
  const context = CONTEXT.flatMap(([name, column]) => {
    const value = row[column];
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
  });
  return {
    at: Number(row['at']),
    name: textOf(row, 'name'),
    purposes: Number(row['purposes']),
    policyVersion: Number(row['policy_version']),
    ...(context.length === 0 ? {} : { context: Object.fromEntries(context) }),
    ...(Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<FiledEvent>),
  };
}

async function readReceipts(db: Db, site: SiteRow, ids: string): Promise<VisitorFile['receipts']> {
  const { rows } = await db.client.execute({
    sql: `SELECT kind, at, purposes, source, policy_version, gpc, effective FROM receipts
      WHERE site_id = ? AND visitor IN (SELECT value FROM json_each(?)) ORDER BY at, id LIMIT ?`,
    args: [site, ids, FILE_EVENTS_MAX],
  });
  return rows.map((row) => ({
    kind: textOf(row, 'kind'),
    at: Number(row['at']),
    purposes: Number(row['purposes']),
    source: textOf(row, 'source'),
    policyVersion: Number(row['policy_version']),
    ...gpcOf(row),
  }));
}

async function readLinksOf(db: Db, site: SiteRow, ids: string): Promise<VisitorFile['links']> {
  const { rows } = await db.client.execute({
    sql: `SELECT a.kind, l.linked_at FROM links AS l CROSS JOIN accounts AS a ON a.id = l.account
      WHERE l.site_id = ? AND l.visitor IN (SELECT value FROM json_each(?)) ORDER BY l.linked_at, a.kind LIMIT ?`,
    args: [site, ids, FILE_EVENTS_MAX],
  });
  return rows.map((row) => ({ kind: textOf(row, 'kind'), linkedAt: Number(row['linked_at']) }));
}

/** Visitors of one login are one person to the segmenter, and in segments under the number of one of them. */
async function readSegments(db: Db, site: SiteRow, ids: string): Promise<VisitorFile['segments']> {
  const { rows } = await db.client.execute({
    sql: `SELECT DISTINCT m.segment_id, s.published FROM memberships AS m
        LEFT JOIN releases AS r ON r.site_id = m.site_id
        LEFT JOIN segments AS s ON s.site_id = m.site_id AND s.version = r.version AND s.id = m.segment_id
      WHERE m.site_id = ?1 AND m.visitor IN (SELECT value FROM json_each(?2) UNION
        SELECT other.visitor FROM links AS mine CROSS JOIN links AS other ON other.site_id = mine.site_id AND other.account = mine.account
        WHERE mine.site_id = ?1 AND mine.visitor IN (SELECT value FROM json_each(?2))) ORDER BY m.segment_id`,
    args: [site, ids],
  });
  return rows.map((row) => ({
    id: textOf(row, 'segment_id'),
    ...(row['published'] === null ? {} : { published: textOf(row, 'published') }),
  }));
}
