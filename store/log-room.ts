// store/log-room.ts: gives the write-ahead log its room before it is needed.
//
// A commit that makes the log's file longer has the file system write down blocks and length too, in a journal of its own, and
// that is what most of a small commit's sync waits for: 2.7 ms against 1.6 ms at the median and 51 to 159 ms against 10 ms at
// the 99th percentile (32 events a commit, ext4). A log that has its length is written over instead, as one that has been
// filled once is anyway (docs/adr/0036-the-log-has-its-room-from-the-start.md).
import { closeSync, fdatasyncSync, openSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'libsql';

/** Written at once; a transaction's pages spill into the log where they don't fit into the page cache. */
const PIECE_BYTES = 1_000_000;
/** Pieces that the cache may hold back at the end. */
const PIECES_MORE = 4;
/** The page cache meanwhile, KiB: less than a piece. */
const SPILLING_CACHE_KIB = 512;
/** Of what is free on the disk the log takes one part in so many at most. */
const FREE_PARTS = 8;

/** What became of a log. */
export type LogRoom = 'made' | 'had' | 'no_room';

/** Bytes that the file is long; 0 where there is none. */
const lengthOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Makes the log of a database `bytes` long, by a transaction that spills into it and is rolled back: what stays are frames
 * that were never committed. Holds the write lock for as long as the disk takes to write that much.
 * @param database in WAL mode, outside a transaction. @param cacheKib its page cache, which it gets back.
 * @returns `no_room` where the disk has less than eight times as much to spare; nothing is changed then.
 * @throws {Error} with the driver's code; the log is then as short as it can be made.
 */
export function makeLogRoom(database: Database.Database, path: string, bytes: number, cacheKib: number): LogRoom {
  const log = `${path}-wal`;
  if (lengthOf(log) >= bytes) return 'had';
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < bytes * FREE_PARTS) return 'no_room';
  const pragma = (text: string): void => {
    database.prepare(`PRAGMA ${text}`).all();
  };
  // All of it is in the database then, so that the transaction begins at the log's front.
  pragma('wal_checkpoint(PASSIVE)');
  pragma(`cache_size=-${SPILLING_CACHE_KIB}`);
  try {
    database.exec('BEGIN IMMEDIATE');
    try {
      database.exec('CREATE TABLE log_room (bytes BLOB)');
      // By the file and not by what was written: the last pages stay in the cache.
      for (let piece = 0; lengthOf(log) < bytes && piece < bytes / PIECE_BYTES + PIECES_MORE; piece += 1) {
        database.exec(`INSERT INTO log_room VALUES (zeroblob(${PIECE_BYTES}))`);
      }
    } finally {
      database.exec('ROLLBACK');
    }
  } catch (fault) {
    pragma('wal_checkpoint(TRUNCATE)');
    throw fault;
  } finally {
    pragma(`cache_size=-${cacheKib}`);
  }
  // Else the first commit would wait for all of it.
  const file = openSync(log, 'r+');
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  return 'made';
}
