// cli/replay/replay.ts: a real shop's invoices, posted to a collector as browsers would have sent them.
import { bodyOf, planMessages } from './messages.ts';
import type { Collector } from './post-message.ts';
import { CollectError, postMessage } from './post-message.ts';
import { readRetailRows } from './read-parquet.ts';
import type { LineCounts, MappedRetail } from './retail.ts';
import { mapRetail } from './retail.ts';

/** Requests under way at once, unless told otherwise. */
export const CONCURRENCY_DEFAULT = 8;
/** Requests under way at once, at most. */
export const CONCURRENCY_MAX = 64;

/** What to replay, and to whom. */
export interface ReplayOptions {
  readonly collector: URL;
  readonly site: string;
  /** An import token of that site. */
  readonly token: string;
  /** The Parquet file; see examples/data/README.md. */
  readonly file: string;
  readonly concurrency?: number;
  /** Called with the events answered so far. */
  readonly onProgress?: (done: number, total: number) => void;
  /** The clock a message's `sentAt` is read from. */
  readonly now?: () => number;
  /** Waits between two tries. */
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly signal?: AbortSignal;
}

/** What a replay did. `events` = `accepted` + the sum of `refused`. */
export interface ReplayReport {
  readonly events: number;
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly lines: LineCounts;
  /** When the last event of the file happened, epoch ms; 0 where there is none. */
  readonly lastAt: number;
  readonly messages: number;
  readonly retries: number;
  /** Posting alone, without reading and mapping the file. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
}

/**
 * Replays the file. A second replay into the same site changes nothing: every event has the same id again.
 * @throws {CollectError} a message could not be delivered; those sent before it are stored.
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  return replayMapped(mapRetail(await readRetailRows(options.file)), options);
}

/** Replays events that were mapped before. */
export async function replayMapped(
  { events, lines }: MappedRetail,
  options: Omit<ReplayOptions, 'file'>,
): Promise<ReplayReport> {
  const messages = planMessages(options.site, events);
  const failed = new AbortController();
  const collector: Collector = {
    url: options.collector,
    token: options.token,
    now: options.now ?? Date.now,
    signal: options.signal === undefined ? failed.signal : AbortSignal.any([failed.signal, options.signal]),
    ...(options.wait === undefined ? {} : { wait: options.wait }),
  };
  const refused: Record<string, number> = {};
  let answered = 0;
  let refusals = 0;
  let retries = 0;
  // Shared by the lanes: each takes the next message as soon as it is free.
  const queue = messages.values();
  const lane = async (): Promise<void> => {
    for (const message of queue) {
      const answer = await postMessage(collector, (sentAt) => bodyOf(message, sentAt));
      requireAll(answer.received, message.events.length);
      for (const { reason } of answer.refused) refused[reason] = (refused[reason] ?? 0) + 1;
      refusals += answer.refused.length;
      retries += answer.retries;
      answered += message.events.length;
      options.onProgress?.(answered, events.length);
    }
  };
  const startedAt = performance.now();
  const lanes = Math.min(Math.max(1, options.concurrency ?? CONCURRENCY_DEFAULT), CONCURRENCY_MAX);
  await Promise.all(Array.from({ length: lanes }, lane)).catch((error: unknown) => {
    // The first failure stops the other lanes, so that none goes on posting behind the caller's back.
    failed.abort(error);
    throw error;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    events: events.length,
    accepted: events.length - refusals,
    refused,
    lines,
    lastAt: events.at(-1)?.event.at ?? 0,
    messages: messages.length,
    retries,
    seconds,
    eventsPerSecond: seconds > 0 ? events.length / seconds : 0,
  };
}

/** An event the collector did not even see would be lost without a reason (D2). */
function requireAll(received: number, sent: number): void {
  if (received === sent) return;
  throw new CollectError('bad_answer', `the collector received ${received} of a message's ${sent} events`, {
    status: 202,
  });
}
