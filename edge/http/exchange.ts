// edge/http/exchange.ts: a request and its answer without a platform's classes: what the busiest routes are written against.
import type { Context } from 'hono';
import type { Result } from '../../contract/index.ts';
import type { Place } from '../../core/index.ts';
import type { Port } from '../port.ts';
import { receiveBytes } from './receive.ts';

/** A request as a busy route sees it. */
export interface Asked {
  /** A header by its lower-case name; one that came twice is joined with a comma. */
  readonly header: (name: string) => string | undefined;
  /** The client's network address as the platform vouches for it, or undefined. */
  readonly address: () => string | undefined;
  /** Where that address lies, as far as the platform knows. */
  readonly place: () => Place | undefined;
  /** Reads the body whole, once, and none that is larger. */
  readonly body: (bytesMax: number) => Promise<Result<Uint8Array, 'body_too_large'>>;
}

/** What is answered. Header names are lower-case. */
export interface Answer {
  readonly status: 200 | 202 | 204 | 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 501 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers a request; rejects with a fault of ours. */
export type Handler = (asked: Asked) => Promise<Answer>;

/** The answer as the web's class. */
export const responseOf = ({ status, headers, body }: Answer): Response =>
  new Response(status === 204 ? null : body, { status, headers });

/** Lets a handler serve a route of Hono, for platforms that speak Request and Response. */
export const serveByHono =
  (handler: Handler, port: Pick<Port, 'clientAddress' | 'placeOf'>) =>
  async (context: Context): Promise<Response> => {
    const { status, headers, body } = await handler({
      header: (name) => context.req.header(name),
      address: () => port.clientAddress(context.req.raw, context.env),
      place: () => port.placeOf(port.clientAddress(context.req.raw, context.env), context.req.raw),
      body: (bytesMax) => receiveBytes(context.req.raw, bytesMax),
    });
    return status === 204 ? context.body(null, status, headers) : context.body(body, status, headers);
  };
