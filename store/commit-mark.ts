// store/commit-mark.ts: remembers beside the database how far its events had come, so that a lost log does not go unseen.
//
// SQLite takes a write-ahead log that is missing, empty or cut between transactions for one that never held more. The number of the last
// event is written to a small file after each commit. It is not synced: after a crash of the program it is what it was, and after a
// loss of power it may be older than the log, but never newer, which is all that is asked of it.
import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { faultCode } from '../core/index.ts';
import { openCopy } from './open.node.ts';

/** Digits of a mark, so that each is written over the last one whole. */
const DIGITS = 16;
const MARK = /^\d{16}\n$/;

const pathOf = (ground: string): string => `${ground}-mark`;

/** The mark of a database that is written to. */
export interface CommitMark {
  /** Says that the event of this number is committed. Where the disk refuses it, what stood there stays true. */
  readonly write: (seq: number) => void;
  readonly close: () => void;
}

/** Opens the mark beside ground.db, and makes it where there is none. @throws {Error} with the system's code */
export function openCommitMark(ground: string): CommitMark {
  // Not cut to nothing: what another process said stays until there is more to say.
  const file = openSync(pathOf(ground), constants.O_RDWR | constants.O_CREAT, 0o600);
  return {
    write: (seq) => {
      try {
        writeSync(file, `${String(seq).padStart(DIGITS, '0')}\n`, 0);
      } catch {
        // The event is committed all the same, and whoever sent it is to hear so.
      }
    },
    close: () => {
      closeSync(file);
    },
  };
}

/** Removes the mark: what it speaks of is not what lies beside it now. */
export const removeCommitMark = (ground: string): void => {
  rmSync(pathOf(ground), { force: true });
};

/** The number of the last event that a mark speaks of, 0 where there is none or it is not whole. */
export function readCommitMark(ground: string): number {
  try {
    const text = readFileSync(pathOf(ground), 'latin1');
    return MARK.test(text) ? Number(text) : 0;
  } catch (fault) {
    if (faultCode(fault) === 'ENOENT') return 0;
    throw fault;
  }
}

/**
 * Counts the numbers between the last event a database has given one and the last that was acknowledged by its mark.
 * @param ground a database that is there. @returns 0 where nothing is missing. @throws what the driver throws
 */
export async function countLostEvents(ground: string): Promise<number> {
  // Before the database: a server that runs meanwhile writes them the other way around.
  const mark = readCommitMark(ground);
  if (mark === 0) return 0;
  const { client } = await openCopy(ground);
  try {
    const { rows: tables } = await client.execute(`SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'`);
    const { rows } =
      tables.length === 0
        ? { rows: [] }
        : await client.execute(`SELECT seq FROM sqlite_sequence WHERE name = 'events'`);
    return Math.max(0, mark - Number(rows[0]?.['seq'] ?? 0));
  } finally {
    client.close();
  }
}
