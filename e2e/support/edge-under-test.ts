// e2e/support/edge-under-test.ts: what the one edge suite needs of a runtime (E1).
import type { SiteId, WireBatch, WireEvent } from '../../contract/index.ts';
import { eventIdFrom, parseSiteId } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import type { Db } from '../../store/index.ts';

/** A real edge on a real runtime with a real database. */
export interface EdgeUnderTest {
  readonly name: 'node' | 'workerd';
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** The database as an outside reader sees it. */
  readonly db: Db;
  readonly token: (site: SiteId, scopes: readonly Scope[], lifeSeconds?: number) => Promise<string>;
  /** Runs the segmenter over every site, as the schedule would. */
  readonly segment: () => Promise<void>;
  /** Every file this edge wrote, for the byte search of P1, and its log. */
  readonly written: () => Promise<readonly { readonly name: string; readonly bytes: Buffer }[]>;
  readonly close: () => Promise<void>;
}

/** A browser's user agent that no filter takes for a bot. */
export const BROWSER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
/** What an edge under test asks for at `/metrics`. */
export const METRICS_TOKEN = 'a-token-of-the-tests-alone';
/** An address that lies in Berlin, as far as an edge under test knows, and its network. */
export const PLACED_ADDRESS = '203.0.113.77';
export const PLACED_NETWORK = '203.0.113.0/24';
/** The origin the suite's site allows. */
export const SHOP_ORIGIN = 'https://shop.example';

/** A site id that the test states. */
export function siteId(text: string): SiteId {
  const id = parseSiteId(text);
  if (!id.ok) throw new Error(`${text} is no site id`);
  return id.value;
}

let made = 0;
/** A fresh event id; the same run never makes one twice. */
export const freshId = (at = Date.now()): string => {
  made += 1;
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(6, made);
  crypto.getRandomValues(random.subarray(0, 6));
  return eventIdFrom(at, random);
};

/** An event with defaults; a test states what matters to it. */
export const wireEvent = (over: Partial<WireEvent> = {}): WireEvent => ({
  i: freshId(),
  n: 'page_view',
  t: Date.now(),
  u: `${SHOP_ORIGIN}/products`,
  ...over,
});

/** A message with defaults. */
export const wireBatch = (over: Partial<WireBatch> = {}): WireBatch => ({
  v: 1,
  s: 'shop',
  t: Date.now(),
  c: ['u', 0, 0],
  e: [wireEvent()],
  ...over,
});

/** Posts a message as the shop's page would. */
export const collect = (
  edge: Pick<EdgeUnderTest, 'fetch'>,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  edge.fetch('/v1/collect', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'text/plain', origin: SHOP_ORIGIN, 'user-agent': BROWSER_AGENT, ...headers },
  });

const UNTIL_MS_MAX = 60_000;
/** Waits until a claim about the database holds: on Workers the queue stands between the answer and the rows. */
export async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  const end = Date.now() + UNTIL_MS_MAX;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`this did not come to hold in time: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
