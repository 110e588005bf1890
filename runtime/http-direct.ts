// runtime/http-direct.ts: serves the edge's busiest routes straight from node:http: making the web's Request and Response
// for each page view costs more than all stages of the collector together.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { Place } from '../core/index.ts';
import type { Asked, Handler } from '../edge/index.ts';
import { addressOf } from './client-address.ts';

/** What is read and thrown away of a body that nobody asked for, so that its sender hears the answer before the end. */
const DRAIN_BYTES_MAX = 1_048_576;
/** How long such a body is listened to. */
const DRAIN_MS_MAX = 500;

/**
 * How long the body of a message may take, however it drips: a page's fits into a second or two of the slowest network. A
 * stream of history is no message, and has Node's own limit of 5 minutes for a request.
 */
export const MESSAGE_MS_MAX = 30_000;

/** Thrown where a client went away in the middle of its body; nobody is left to answer. */
class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
  readonly code = 'client_gone';
}

/** Lets bodies that came in one turn of the event loop go on together. */
interface Turn {
  /** Goes on at the end of this turn. */
  readonly atEnd: (goOn: () => void) => void;
}

/**
 * Makes it. All sockets of a turn are read and parsed before any message passes the stages: taking each message through
 * everything by itself, between two sockets, costs a third more CPU for the same code, which falls out of the processor's caches
 * each time (measured under load, alternating in one process). What waits is bounded by what sockets can bring in one turn.
 */
function createTurn(): Turn {
  let waiting: (() => void)[] = [];
  const end = (): void => {
    const ready = waiting;
    waiting = [];
    for (const goOn of ready) goOn();
  };
  return {
    atEnd: (goOn) => {
      if (waiting.push(goOn) === 1) setImmediate(end);
    },
  };
}

function readBody(
  incoming: IncomingMessage,
  bytesMax: number,
  messageMsMax: number,
  turn: Turn,
): Promise<Result<Uint8Array, 'body_too_large'>> {
  // HTTP holds a body to the length it announced (RFC 9112 §6.3).
  if (Number(incoming.headers['content-length'] ?? 0) > bytesMax) return Promise.resolve(err('body_too_large'));
  const { socket } = incoming;
  return new Promise((resolve, reject) => {
    let patience: NodeJS.Timeout | undefined;
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let bytes = 0;
    let ended = false;
    let turned = false;
    const whole = (): void =>
      resolve(ok(more === undefined ? (first ?? new Uint8Array()) : Buffer.concat(more, bytes)));
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        more = undefined;
        resolve(err('body_too_large'));
      } else if (first === undefined) first = chunk;
      else (more ??= [first]).push(chunk);
    });
    incoming.on('end', () => {
      ended = true;
      if (turned) turn.atEnd(whole);
    });
    incoming.on('close', () => {
      // Every request closes; only one that never ended is a fault, and making one costs more than reading the body.
      clearTimeout(patience);
      if (!incoming.complete) reject(new ClientGoneError());
    });
    // A body that came with its headers, as almost all do, has ended by the end of the turn and needs no timer.
    turn.atEnd(() => {
      turned = true;
      if (ended) whole();
      else if (!incoming.complete && !incoming.destroyed)
        patience = setTimeout(() => socket.destroy(), messageMsMax).unref();
    });
  });
}

/** Ends what is still coming of a body after its answer: a connection is not held open by what nobody reads. */
function drain(incoming: IncomingMessage): void {
  let bytes = 0;
  const end = (): void => {
    incoming.socket.destroySoon();
  };
  const patience = setTimeout(end, DRAIN_MS_MAX);
  patience.unref();
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DRAIN_BYTES_MAX) end();
  });
  incoming.once('close', () => clearTimeout(patience));
  incoming.resume();
}

/** What a request is asked about beyond itself. */
export interface Around {
  readonly trustedProxies: number;
  readonly placeOf: (address: string | undefined) => Place | undefined;
  /** How long a body may take where not {@link MESSAGE_MS_MAX}. */
  readonly messageMsMax?: number;
}

async function serve(
  handler: Handler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  around: Around,
  turn: Turn,
): Promise<void> {
  const asked: Asked = {
    header: (name) => {
      const value = incoming.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    address: () =>
      addressOf(asked.header('x-forwarded-for') ?? null, incoming.socket.remoteAddress, around.trustedProxies),
    place: () => around.placeOf(asked.address()),
    body: (bytesMax) => readBody(incoming, bytesMax, around.messageMsMax ?? MESSAGE_MS_MAX, turn),
  };
  const { status, headers, body } = await handler(asked);
  if (outgoing.destroyed) return;
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  outgoing.end(body);
  if (!incoming.complete) drain(incoming);
}

/** Serves one request; the client hears of no fault that its connection could not carry. */
export type ServeDirect = (handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Makes it for a server. */
export function createServeDirect(around: Around): ServeDirect {
  const turn = createTurn();
  return (handler, incoming, outgoing) => {
    serve(handler, incoming, outgoing, around, turn).catch(() => outgoing.destroy());
  };
}
