// edge/collector/pixel.ts: GET /v1/pixel.gif: a page view of a browser that runs no scripts. No cookie, no id, no choice: the
// site's policy for visitors who were not asked decides (C1).
import type { Context } from 'hono';
import { eventIdFrom, WIRE_VERSION } from '../../contract/index.ts';
import type { Handler } from '../http/exchange.ts';
import { responseOf } from '../http/exchange.ts';
import type { Port } from '../port.ts';

const RANDOM_BYTES = 10;

/** One transparent dot, 42 bytes (GIF89a). */
const GIF: Uint8Array<ArrayBuffer> = Uint8Array.from(
  atob('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'),
  (character) => character.charCodeAt(0),
);
const GIF_HEADERS = {
  'content-type': 'image/gif',
  // Every view is asked for anew; a dot from a cache counts nothing.
  'cache-control': 'no-store, no-cache, must-revalidate',
  'cross-origin-resource-policy': 'cross-origin',
} as const;

const originOf = (referer: string | undefined): string | undefined =>
  referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;

/** Makes the route's handler around that of POST /v1/collect: the same stages, counts and limits. */
export const servePixel =
  (collect: Handler, port: Pick<Port, 'clientAddress' | 'now' | 'placeOf' | 'randomBytes'>) =>
  async (context: Context): Promise<Response> => {
    const { s = '', u, r, t } = context.req.query();
    const now = port.now();
    const referer = context.req.header('referer');
    // An image has no Origin header; the page's address is in Referer, or what of it the page's policy lets through.
    const url = u ?? referer;
    const message = {
      v: WIRE_VERSION,
      s,
      t: now,
      c: ['u', 0, 0],
      e: [
        {
          i: eventIdFrom(now, port.randomBytes(RANDOM_BYTES)),
          n: 'page_view',
          t: now,
          ...(url === undefined ? {} : { u: url }),
          ...(r === undefined ? {} : { r }),
          ...(t === undefined ? {} : { h: t }),
        },
      ],
    };
    const passed: ReadonlySet<string> = new Set(['user-agent', 'sec-gpc']);
    const { status, headers, body } = await collect({
      header: (name) =>
        name === 'origin' ? originOf(referer) : passed.has(name) ? context.req.header(name) : undefined,
      address: () => port.clientAddress(context.req.raw, context.env),
      place: () => port.placeOf(port.clientAddress(context.req.raw, context.env), context.req.raw),
      body: () => Promise.resolve({ ok: true, value: new TextEncoder().encode(JSON.stringify(message)) }),
    });
    if (status === 202) return new Response(GIF, { headers: GIF_HEADERS });
    return responseOf({ status, headers, body });
  };
