// store/visitor-digest.ts: names a visitor who must be found again, without being their key.
import type { EpochMs } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import { textOf } from './rows.ts';

/** Keys of one step. */
const STEP_KEYS = 2_000;
/** Steps of one pass at most. */
const STEPS_MAX = 1_000_000;

const hexOf = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * SHA-256 of site and key as 64 hex digits. A key has 96 bits of an HMAC in it, so a digest without a secret can't be
 * searched for it.
 */
export async function visitorDigest(site: SiteRow, key: string): Promise<string> {
  return hexOf(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`hushtag erased 1|${site}|${key}`)));
}

/** Tables of digests, by what the instant in them is called. */
const INSTANT = { tombstones: 'erased_at', objections: 'objected_at' } as const;
type DigestTable = keyof typeof INSTANT;
/** Digests of one step of reading all. */
const STEP_DIGESTS = 10_000;

/** Every digest of a table, by site and digest. All of them: were there a limit, made-up requests could crowd out true ones. */
export async function readDigests(
  db: Db,
  table: DigestTable,
): Promise<{ readonly site: SiteRow; readonly digest: string; readonly at: EpochMs }[]> {
  const all = [];
  let [site, digest] = [Number.MIN_SAFE_INTEGER, ''];
  for (let step = 0; step < STEPS_MAX; step++) {
    const { rows } = await db.client.execute({
      sql: `SELECT site_id, lower(hex(digest)) AS digest, ${INSTANT[table]} AS at FROM ${table}
        WHERE (site_id, digest) > (?, unhex(?)) ORDER BY site_id, digest LIMIT ?`,
      args: [site, digest, STEP_DIGESTS],
    });
    for (const row of rows) {
      [site, digest] = [Number(row['site_id']), textOf(row, 'digest')];
      all.push({ site, digest, at: Number(row['at']) as EpochMs });
    }
    if (rows.length < STEP_DIGESTS) break;
  }
  return all;
}

/** The instants of those keys whose digest is in a table; looked up, so that it costs the same however many there are. */
export async function instantsOfDigests(
  db: Db,
  table: DigestTable,
  site: SiteRow,
  keys: readonly { readonly key: string }[],
): Promise<ReadonlyMap<string, EpochMs>> {
  const keyOf = new Map<string, string>();
  for (const { key } of keys) keyOf.set(await visitorDigest(site, key), key);
  const { rows } = await db.client.execute({
    sql: `SELECT lower(hex(digest)) AS digest, ${INSTANT[table]} AS at FROM ${table}
      WHERE site_id = ? AND digest IN (SELECT unhex(value) FROM json_each(?))`,
    args: [site, JSON.stringify([...keyOf.keys()])],
  });
  return new Map(rows.map((row) => [keyOf.get(textOf(row, 'digest')) ?? '', Number(row['at']) as EpochMs]));
}

/** A key that a visitor has, or had before the last rotation. */
export interface KnownKey {
  readonly visitor: number;
  /** 24 hex digits. */
  readonly key: string;
}

/** Keys of a site's visitors after a number, by number; one batch at a time. */
export async function* visitorKeys(db: Db, site: SiteRow, after = 0): AsyncGenerator<readonly KnownKey[]> {
  let last = after;
  for (let step = 0; step < STEPS_MAX; step++) {
    const { rows } = await db.client.execute({
      sql: 'SELECT id, lower(hex(key)) AS key FROM visitors WHERE site_id = ? AND id > ? ORDER BY id LIMIT ?',
      args: [site, last, STEP_KEYS],
    });
    if (rows.length === 0) return;
    const keys = rows.map((row) => ({ visitor: Number(row['id']), key: textOf(row, 'key') }));
    last = keys.at(-1)?.visitor ?? last;
    yield keys;
  }
}

/** Keys that a site's visitors had before the last rotation; one batch at a time. */
export async function* formerVisitorKeys(db: Db, site: SiteRow): AsyncGenerator<readonly KnownKey[]> {
  let last = '';
  for (let step = 0; step < STEPS_MAX; step++) {
    const { rows } = await db.client.execute({
      sql: `SELECT id, "of", lower(hex(key)) AS key FROM former_keys WHERE site_id = ? AND key > unhex(?) ORDER BY key LIMIT ?`,
      args: [site, last, STEP_KEYS],
    });
    const end = rows.at(-1);
    if (end === undefined) return;
    last = textOf(end, 'key');
    yield rows
      .filter((row) => row['of'] === 'visitors')
      .map((row) => ({ visitor: Number(row['id']), key: textOf(row, 'key') }));
  }
}
