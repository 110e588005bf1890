// runtime/traces.ts: tells a collector of OpenTelemetry what took how long: requests by their route, commits, runs of the schedule.
//
// Written here, as JSON over HTTP (OTLP 1.x), because one kind of message is all there is to it; the official packages are ten and
// 20 MB (docs/adr/0071-traces-by-a-small-sender.md). Nothing of a request but method, route and status is ever in a span (P1).
import { faultCode, toHex } from '../core/index.ts';
import type { EndedSpan, Port } from '../edge/index.ts';

/** Spans that wait at most; past it they are dropped and counted. */
const WAITING_MAX = 4_096;
/** Spans of one message. */
const BATCH_SPANS = 1_024;
/** How often what waits is sent. */
const SEND_MS = 1_000;
const [TRACE_BYTES, SPAN_BYTES] = [16, 8];

// OTLP's numbers (opentelemetry-proto, trace.proto).
const KINDS = { internal: 1, server: 2 } as const;
const STATUS_ERROR = 2;

/** What takes spans. */
export interface Traces {
  readonly onSpan: (span: EndedSpan) => void;
  /** Sends what waits, and ends. */
  readonly close: () => Promise<void>;
}

const attribute = ([key, value]: readonly [string, string | number]) => ({
  key,
  // Whole numbers are texts in OTLP's JSON, as in that of all 64-bit numbers of protobuf.
  value: typeof value === 'number' ? { intValue: String(Math.round(value)) } : { stringValue: value },
});

const nanos = (ms: number): string => String(BigInt(Math.round(ms * 1_000)) * 1_000n);

/** A message of OTLP/HTTP. @param ids gives random bytes. */
function tracesMessage(spans: readonly EndedSpan[], ids: (length: number) => Uint8Array): string {
  const written = spans.map(({ name, kind, startedAt, durationMs, isFailed, attributes }) => ({
    traceId: toHex(ids(TRACE_BYTES)),
    spanId: toHex(ids(SPAN_BYTES)),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanos(startedAt),
    endTimeUnixNano: nanos(startedAt + durationMs),
    attributes: Object.entries(attributes).map(attribute),
    status: isFailed ? { code: STATUS_ERROR } : {},
  }));
  const resource = { attributes: [attribute(['service.name', 'hushtag'])] };
  return JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'hushtag' }, spans: written }] }],
  });
}

/** Starts sending to a collector's address, such as `http://127.0.0.1:4318/v1/traces`. What it does not take is not sent again. */
export function startTraces(
  url: string,
  { fetchOut, log, randomBytes }: Pick<Port, 'fetchOut' | 'log' | 'randomBytes'>,
): Traces {
  let waiting: EndedSpan[] = [];
  let dropped = 0;
  let isFailing = false;
  let sending: Promise<void> | undefined;

  const sendOne = async (batch: readonly EndedSpan[]): Promise<void> => {
    try {
      const { status } = await fetchOut(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: tracesMessage(batch, randomBytes),
      });
      if (status >= 300) throw Object.assign(new Error('refused'), { code: `status_${status}` });
      isFailing = false;
    } catch (fault) {
      // Once and not each second.
      if (!isFailing) log('warn', 'traces_not_taken', { code: faultCode(fault), spans: batch.length });
      isFailing = true;
    }
  };
  const sendAll = async (): Promise<void> => {
    if (dropped > 0) log('warn', 'traces_dropped', { spans: dropped });
    dropped = 0;
    const all = waiting;
    waiting = [];
    for (let first = 0; first < all.length; first += BATCH_SPANS) await sendOne(all.slice(first, first + BATCH_SPANS));
  };
  const send = (): Promise<void> => {
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
    return sending;
  };
  const timer = setInterval(() => void send(), SEND_MS);
  timer.unref();
  return {
    onSpan: (span) => {
      if (waiting.length < WAITING_MAX) waiting.push(span);
      else dropped += 1;
    },
    close: async () => {
      clearInterval(timer);
      await sending;
      await send();
    },
  };
}
