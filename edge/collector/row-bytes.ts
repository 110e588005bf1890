// edge/collector/row-bytes.ts: how large one event may be as a row.
import type { EventRow } from '../../store/index.ts';

/** Bytes of one event as a row: what a queue message holds (see runtime/queue-messages.ts). */
export const ROW_BYTES_MAX = 100_000;
const encoder = new TextEncoder();

/** Bytes of a row as JSON, or 0 where it is plain that they are few. */
export const rowBytes = (row: EventRow): number =>
  // Only items and properties can make a row large; all other fields together stay far below.
  (row.items?.length ?? 0) + (row.properties?.length ?? 0) < ROW_BYTES_MAX / 12
    ? 0
    : encoder.encode(JSON.stringify(row)).length;
