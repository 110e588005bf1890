// store/kept-aside.ts: tombstones, objections and withdrawals as a file beside the backups: a restore must bring back nobody they name.
import type { EpochMs, VisitorKey } from '../contract/index.ts';
import type { Db, SiteRow } from './db.ts';
import type { Tombstone } from './erasure.ts';
import { addTombstones, readTombstones } from './erasure.ts';
import type { KeptChoice } from './kept-choices.ts';
import { addKeptChoices, isKeptChoice, readKeptChoices } from './kept-choices.ts';
import type { Objection } from './objection.ts';
import { addObjections, readObjections } from './objection.ts';
import { visitorDigest } from './visitor-digest.ts';

/** What a database restored from a backup must be told. */
export interface Kept {
  readonly tombstones: readonly Tombstone[];
  readonly objections: readonly Objection[];
  /** Of who withdrew consent, or agreed to less. */
  readonly choices: readonly KeptChoice[];
}

/** Nobody: what is added to. */
export const NOBODY_KEPT: Kept = { tombstones: [], objections: [], choices: [] };

const digestsOf = (site: SiteRow, keys: readonly VisitorKey[]): Promise<string[]> =>
  Promise.all(keys.map((key) => visitorDigest(site, key)));

/** What one erasure leaves, by the keys it is about. */
export const erasureKept = async (site: SiteRow, keys: readonly VisitorKey[], at: EpochMs): Promise<Kept> => ({
  ...NOBODY_KEPT,
  tombstones: (await digestsOf(site, keys)).map((digest) => ({ site, digest, erasedAt: at })),
});

/** What one objection leaves. */
export const objectionKept = async (site: SiteRow, keys: readonly VisitorKey[], at: EpochMs): Promise<Kept> => ({
  ...NOBODY_KEPT,
  objections: (await digestsOf(site, keys)).map((digest) => ({ site, digest, objectedAt: at })),
});

/** Reads all of it. */
export const readKept = async (db: Db): Promise<Kept> => ({
  tombstones: await readTombstones(db),
  objections: await readObjections(db),
  choices: await readKeptChoices(db),
});

/** Brings it into a restored database; then replay the tombstones, and purge. What it knows already changes nothing. */
export async function addKept(db: Db, { tombstones, objections, choices }: Kept): Promise<void> {
  await addTombstones(db, tombstones);
  await addObjections(db, objections);
  await addKeptChoices(db, choices);
}

/** The file's text: a JSON array, so that files of tombstones alone are read too. */
export const encodeKept = ({ tombstones, objections, choices }: Kept): string =>
  `${JSON.stringify([...tombstones, ...objections, ...choices])}\n`;

const isNamed = (value: unknown, time: 'erasedAt' | 'objectedAt'): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const { site, digest, [time]: at } = value as Readonly<Record<string, unknown>>;
  return (
    Number.isSafeInteger(site) &&
    Number.isSafeInteger(at) &&
    typeof digest === 'string' &&
    /^[0-9a-f]{64}$/.test(digest)
  );
};
const isTombstone = (value: unknown): value is Tombstone => isNamed(value, 'erasedAt');
const isObjection = (value: unknown): value is Objection => isNamed(value, 'objectedAt');

/** Reads such a text; undefined where it is none, or was altered. */
export function decodeKept(text: string): Kept | undefined {
  try {
    const read: unknown = JSON.parse(text);
    if (!Array.isArray(read)) return undefined;
    const entries: readonly unknown[] = read;
    if (!entries.every((entry) => isTombstone(entry) || isObjection(entry) || isKeptChoice(entry))) return undefined;
    return {
      tombstones: entries.filter(isTombstone),
      objections: entries.filter(isObjection),
      choices: entries.filter(isKeptChoice),
    };
  } catch {
    return undefined;
  }
}
