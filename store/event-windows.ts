// store/event-windows.ts: one visitor's events are found by reading all of a site's; in stretches, so that nobody waits for long.
import type { Db } from './db.ts';

/** Events one query may read in a file: some 10 ms, in which the same thread answers nobody. */
export const FILE_EVENTS = 50_000;
/** Events one query may read on a server, which answers others meanwhile. */
export const SERVER_EVENTS = 1_000_000;
/** Stretches of one pass at most. */
const WINDOWS_MAX = 1_000_000;

/** A stretch of the order of arrival: after `from`, up to and with `to`. */
export interface EventWindow {
  readonly from: number;
  readonly to: number;
}

/** Cuts stretches into such as one query may read, in order, with a turn for others between them. @param eventsMax fewer, where they are told apart. */
export async function* windowsOf(
  db: Db,
  stretches: readonly EventWindow[],
  eventsMax = SERVER_EVENTS,
): AsyncGenerator<EventWindow> {
  const length = Math.min(eventsMax, db.client.protocol === 'file' ? FILE_EVENTS : SERVER_EVENTS);
  for (const { from, to } of stretches) {
    for (let nth = 0; nth < WINDOWS_MAX && from + nth * length < to; nth++) {
      yield { from: from + nth * length, to: Math.min(to, from + (nth + 1) * length) };
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

/** Stretches that together hold every event there is when the pass begins, in order. */
export async function* eventWindows(db: Db): AsyncGenerator<EventWindow> {
  const { rows } = await db.client.execute('SELECT coalesce(max(seq), 0) AS seq FROM events');
  yield* windowsOf(db, [{ from: 0, to: Number(rows[0]?.['seq'] ?? 0) }]);
}
