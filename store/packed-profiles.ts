// store/packed-profiles.ts: many profiles as few buffers: how they pass between threads, and into the database.
//
// As JSON a profile would be text within text: escaped here, parsed and unescaped by SQLite, three times the work (ADR 0051).
import type { InStatement } from '@libsql/client';
import type { SiteRow } from './db.ts';
import type { Lease } from './lease.ts';
import { HELD, heldArgs } from './lease.ts';

/** A profile as stored. */
export interface StoredProfile {
  readonly visitor: number;
  readonly state: string;
}

/** Profiles of one buffer, in the order in which they were added. */
export interface PackedProfiles {
  readonly visitors: readonly number[];
  /** Bytes of each profile's text. */
  readonly lengths: readonly number[];
  /** The texts in UTF-8, one behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes of a buffer, unless one profile is longer: SQLite copies it, and over HTTP a batch is one message. */
const PACK_BYTES = 500_000;
/** The most that a UTF-16 code unit takes in UTF-8. */
const BYTES_A_UNIT = 3;

/** Gathers profiles. */
export interface ProfilePacker {
  readonly add: (visitor: number, state: string) => void;
  /** What was added since the last time, ready to be written or handed to another thread. */
  readonly take: () => PackedProfiles[];
}

/** A packer without profiles. */
export function createPacker(): ProfilePacker {
  const encoder = new TextEncoder();
  let done: PackedProfiles[] = [];
  let visitors: number[] = [];
  let lengths: number[] = [];
  let bytes = new Uint8Array(0);
  let used = 0;
  const close = (): void => {
    if (visitors.length > 0) done.push({ visitors, lengths, bytes: bytes.subarray(0, used) });
    [visitors, lengths, bytes, used] = [[], [], new Uint8Array(0), 0];
  };
  return {
    add: (visitor, state) => {
      let { read, written } = encoder.encodeInto(state, bytes.subarray(used));
      if (read < state.length) {
        close();
        bytes = new Uint8Array(Math.max(PACK_BYTES, state.length * BYTES_A_UNIT));
        ({ read, written } = encoder.encodeInto(state, bytes));
      }
      visitors.push(visitor);
      lengths.push(written);
      used += written;
    },
    take: () => {
      close();
      const packs = done;
      done = [];
      return packs;
    },
  };
}

/** The statement that writes packed profiles over what there was. */
export function profileStatement(
  site: SiteRow,
  lease: Lease,
  { visitors, lengths, bytes }: PackedProfiles,
): InStatement {
  let from = 1;
  const places = visitors.map((visitor, nth) => {
    const length = lengths[nth] ?? 0;
    const place = `"${visitor}":[${from},${length}]`;
    from += length;
    return place;
  });
  return {
    sql: `INSERT INTO profiles (site_id, visitor, state)
      SELECT ?1, CAST(key AS INTEGER), CAST(substr(?3, value ->> 0, value ->> 1) AS TEXT) FROM json_each(?2) WHERE ${HELD}
      ON CONFLICT DO UPDATE SET state = excluded.state`,
    args: [site, `{${places.join()}}`, bytes.slice().buffer, ...heldArgs(lease)],
  };
}
