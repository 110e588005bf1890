// runtime/second-place.ts: what is kept apart from the database, so that a database that was cut back or restored shows and mends.
//
// The schedule writes all of it. What came since is beside it as news, one small text each, written before whoever asked is told
// that it is done: two processes that wrote the whole at once could lose what one of them had not read yet.
import { faultCode } from '../core/index.ts';
import type { KeepApart, Port } from '../edge/index.ts';
import type { Db, Kept, StoredCheckpoint } from '../store/index.ts';
import { decodeKept, encodeKept, NOBODY_KEPT, readKept } from '../store/index.ts';

/** A folder on another disk, or a bucket: who can change the database must not be able to change it too. */
export interface SecondPlace {
  /** Keeps a signed checkpoint of the audit log, unless it is the last one kept. */
  readonly keepCheckpoint: (checkpoint: StoredCheckpoint) => Promise<void>;
  /** Puts the text in the place of the last one. */
  readonly keepErased: (text: string) => Promise<void>;
  /** Keeps a text beside it. Durable once it resolves. */
  readonly keepNews: (name: string, text: string) => Promise<void>;
  /** Names of such texts, some thousand at most: the rest is for the next run. */
  readonly newsNames: () => Promise<readonly string[]>;
  /** Takes them away. */
  readonly dropNews: (names: readonly string[]) => Promise<void>;
}

/** Keeps the newest checkpoint where there is one, and who was erased, objected or withdrew (without who it was). */
export async function keepApart(db: Db, place: SecondPlace, checkpoint?: StoredCheckpoint): Promise<void> {
  if (checkpoint !== undefined) await place.keepCheckpoint(checkpoint);
  // Before the database is read: news are written after what they tell of, so these are in what is read now.
  const told = await place.newsNames();
  await place.keepErased(encodeKept(await readKept(db)));
  if (told.length > 0) await place.dropNews(told);
}

/** Tells the log of a second place that could not be written. */
export const sayPlaceFailed =
  (log: Port['log']) =>
  (fault: unknown): void =>
    log('error', 'second_place_failed', { code: faultCode(fault) });

/** What requests are given to write there at once. @param failed hears of a place that could not be written. */
export function createKeepApart(
  db: Db,
  open: () => Promise<SecondPlace>,
  failed: (fault: unknown) => void = () => undefined,
): KeepApart {
  return async (news) => {
    try {
      const place = await open();
      await (news === undefined ? keepApart(db, place) : place.keepNews(news.name, encodeKept(news.kept)));
      return true;
    } catch (fault) {
      failed(fault);
      return false;
    }
  };
}

/** All that a second place says, put together; undefined where one of the texts is not what was written there. */
export function togetherOf(texts: readonly string[]): Kept | undefined {
  let all = NOBODY_KEPT;
  for (const text of texts) {
    const kept = decodeKept(text);
    if (kept === undefined) return undefined;
    all = {
      tombstones: [...all.tombstones, ...kept.tombstones],
      objections: [...all.objections, ...kept.objections],
      choices: [...all.choices, ...kept.choices],
    };
  }
  return all;
}
