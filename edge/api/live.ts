// edge/api/live.ts: events of a site as they come, for debugging: server-sent events without anything that tells whose they are.
import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { DAY_MS, purposesOf } from '../../contract/index.ts';
import { CHANNELS, DEVICES } from '../../core/index.ts';
import type { LiveEvent, Site } from '../../store/index.ts';
import { newestArrival, readLedger, readLiveEvents } from '../../store/index.ts';
import { refusal } from '../http/describe.ts';
import { problem } from '../http/problem.ts';
import type { Port } from '../port.ts';
import type { ApiEnv, RequireScope } from './require-scope.ts';

/** Between two looks at what came. */
const LOOK_MS = 500;
/** Events shown of one look; of more the newest, and how many were left out. */
const EVENTS_A_LOOK_MAX = 25;
/** How long one stream lasts; a browser then asks again by itself and goes on where it was. */
const STREAM_SECONDS_MAX = 600;
/** Looks between two signs of life where nothing comes. */
const LOOKS_A_SIGN = 20;
/** Streams at once. */
const STREAMS_MAX = 20;

const shown = ({ at, name, path, purposes, device, channel, source, isLinked }: LiveEvent): object => ({
  at,
  name,
  page: path ?? null,
  kept: true,
  consent: purposesOf(purposes),
  recognised: isLinked,
  channel: CHANNELS[channel] ?? 'unassigned',
  device: DEVICES[device] ?? 'unknown',
  source,
});

const message = (event: string, data: object, id?: number): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** What the ledger counted as not kept, by outcome and reason. */
async function refusedSoFar(port: Port, site: Site): Promise<Map<string, number>> {
  const entries = await readLedger(port.db, site.row, Math.floor(port.now() / DAY_MS));
  const counts = new Map<string, number>();
  for (const { outcome, reason, events } of entries) {
    if (outcome === 'received' || outcome === 'stored') continue;
    const key = JSON.stringify([outcome, reason]);
    counts.set(key, (counts.get(key) ?? 0) + events);
  }
  return counts;
}

/** Makes what one look sends. @returns the place to go on from with it. */
function createLooks(port: Port, site: Site, from: number) {
  let seq = from;
  let refused: Map<string, number> | undefined;
  return async (): Promise<string> => {
    const newest = await newestArrival(port.db);
    let text = '';
    if (newest > seq) {
      const { events, skipped } = await readLiveEvents(port.db, site.row, seq, EVENTS_A_LOOK_MAX);
      if (skipped > 0) text += message('skipped', { events: skipped });
      for (const event of events) text += message('event', shown(event), event.seq);
      seq = Math.max(newest, events.at(-1)?.seq ?? 0);
    }
    const now = await refusedSoFar(port, site);
    for (const [key, count] of now) {
      const more = refused === undefined ? 0 : count - (refused.get(key) ?? 0);
      if (more <= 0) continue;
      const [outcome, reason] = JSON.parse(key) as [string, string];
      text += message('event', { at: port.now(), kept: false, outcome, reason, events: more });
    }
    refused = now;
    return text;
  };
}

const describeLive = describeRoute({
  summary:
    'Events as they come, as server-sent events: event, page, consent, channel and device, without whose they are',
  security: [{ token: ['live:read'] }],
  parameters: [
    { name: 'seconds', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 600, default: 600 } },
    { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' }, description: 'Go on behind this event' },
  ],
  responses: {
    200: {
      description: 'A stream: `event` (an event that was kept, or how many were not and why), `skipped`, `end`',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    400: refusal('seconds is not from 1 to 600'),
    401: refusal('No token, or not a valid one'),
    403: refusal('The token lacks the scope live:read'),
    404: refusal('Not this token’s site'),
    429: refusal('As many streams are open as may be'),
  },
});

/** Makes the route. */
export function createLiveStream(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  let streams = 0;
  app.get('/v1/sites/:site/live', describeLive, requireScope('live:read'), async (context) => {
    if (streams >= STREAMS_MAX) {
      return problem('rate_limited', `${STREAMS_MAX} streams are open: close one.`, { 'retry-after': '30' });
    }
    const seconds = Number(context.req.query('seconds') ?? STREAM_SECONDS_MAX);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > STREAM_SECONDS_MAX) {
      return problem('malformed_request', `seconds is a whole number from 1 to ${STREAM_SECONDS_MAX}.`);
    }
    const last = Number(context.req.header('last-event-id'));
    const newest = await newestArrival(port.db);
    const from = Number.isSafeInteger(last) && last > 0 ? Math.min(last, newest) : newest;
    const look = createLooks(port, context.get('site'), from);
    const ends = port.now() + seconds * 1_000;
    let looks = 0;
    const stream = { isOver: false };
    streams += 1;
    const over = (): void => {
      if (!stream.isOver) streams -= 1;
      stream.isOver = true;
    };
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(encoder.encode('retry: 2000\n\n: open\n\n')),
        // Asked for when the reader took what there was: a slow reader is sent the newest later, nothing piles up.
        pull: async (controller) => {
          try {
            let text = '';
            while (text === '' && !stream.isOver && port.now() < ends) {
              if (looks > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
              looks += 1;
              text = stream.isOver ? '' : await look();
              if (text === '' && looks % LOOKS_A_SIGN === 0) text = ': still here\n\n';
            }
            if (text !== '') controller.enqueue(encoder.encode(text));
            if (port.now() >= ends || stream.isOver) {
              over();
              controller.enqueue(encoder.encode(message('end', {})));
              controller.close();
            }
          } catch (fault) {
            over();
            controller.error(fault);
          }
        },
        cancel: over,
      },
      { highWaterMark: 1 },
    );
    return context.body(body, 200, {
      'content-type': 'text/event-stream',
      'cache-control': 'private, no-store',
      'x-accel-buffering': 'no',
    });
  });
  return app;
}
