// runtime/second-place.ts: what is kept apart from the database, so that a database that was cut back or restored shows and mends.
import { readKept, encodeKept } from '../store/index.ts';
import type { Db, StoredCheckpoint } from '../store/index.ts';

/** A folder on another disk, or a bucket: who can change the database must not be able to change it too. */
export interface SecondPlace {
  /** Keeps a signed checkpoint of the audit log, unless it is the last one kept. */
  readonly keepCheckpoint: (checkpoint: StoredCheckpoint) => Promise<void>;
  /** Puts the text in the place of the last one. */
  readonly keepErased: (text: string) => Promise<void>;
}

/** Keeps the newest checkpoint where there is one, and who was erased and who objected (without who it was). */
export async function keepApart(db: Db, place: SecondPlace, checkpoint?: StoredCheckpoint): Promise<void> {
  if (checkpoint !== undefined) await place.keepCheckpoint(checkpoint);
  await place.keepErased(encodeKept(await readKept(db)));
}
