// e2e/engines/served-shop.ts: a shop's pages before a real edge, by a proxy that writes down what passes.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { WireBatch } from '../../contract/index.ts';
import { addSite } from '../../store/index.ts';
import type { Arrivals } from '../support/arrivals.ts';
import { collectArrivals } from '../support/arrivals.ts';
import type { EdgeUnderTest } from '../support/edge-under-test.ts';
import { siteId } from '../support/edge-under-test.ts';
import { bodyOf, listen, shut } from '../support/servers.ts';
import { setTraps } from '../tag/traps.ts';
import { watchPage } from './watch-page.ts';

/** A message that passed, with what its request said and what the edge answered. */
export interface Passed {
  readonly message: WireBatch;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly status: number;
}
/** What happens to a message: kept from the edge by a 503; or taken by the edge, but its answer is lost for a 503. */
export type Fault = 'kept_back' | 'answer_lost';

/** What a test says about a page. */
export interface ShopPage {
  /** Attributes of the script tag besides src and data-site. */
  readonly attributes?: string;
  /** What stands in the head before the tag. */
  readonly head?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The tag comes from the shop's own host, which passes it on, instead of the edge's. */
  readonly isFirstParty?: boolean;
  /** Lets the browser say that it is driven by a program. */
  readonly saysItIsDriven?: boolean;
}

/** One test's shop: pages on an origin of their own, which no test before has used. */
export interface ServedShop extends Omit<Arrivals<Passed>, 'add'> {
  readonly origin: string;
  /** Where the edge is, as pages see it. */
  readonly collector: string;
  readonly serve: (path: string, page: ShopPage) => void;
  /** What happens to the next messages, in turn. */
  readonly fail: (...faults: Fault[]) => void;
  /** Requests other than messages, `GET /path`, in order. */
  readonly requests: readonly string[];
  /** How often the edge was asked whether it may be asked. */
  readonly preflights: () => number;
  /** The paths of the pages that were viewed, as far as it has arrived. */
  readonly viewed: () => readonly (string | undefined)[];
  /** Events of the loss ledger by outcome. */
  readonly ledger: () => Promise<Readonly<Record<string, number>>>;
  /** Of each stored event, in order of arrival: its name, purposes (bits) and whether it is linked to the visitor's id. */
  readonly stored: () => Promise<readonly (readonly [name: string, purposes: number, isLinked: boolean])[]>;
  /** Receipts of consent, in order: what was told, and the purposes that hold. */
  readonly receipts: () => Promise<readonly (readonly [kind: string, purposes: number])[]>;
  readonly close: () => Promise<void>;
}

const LEDGER_SQL = `SELECT l.outcome, sum(l.events) AS n FROM ledger l JOIN sites s ON s.id = l.site_id WHERE s.name = ? GROUP BY 1 HAVING n > 0`;
const STORED_SQL = `SELECT n.value AS name, e.purposes, coalesce(v.linked, 0) AS linked FROM events e
  JOIN sites s ON s.id = e.site_id JOIN strings n ON n.id = e.name LEFT JOIN visitors v ON v.id = e.visitor
  WHERE s.name = ? ORDER BY e.seq`;
const RECEIPTS_SQL = `SELECT r.kind, r.purposes FROM receipts r JOIN sites s ON s.id = r.site_id WHERE s.name = ? ORDER BY r.id`;
/** Opened in turn, so that each shop is a site of its own at the edge. */
let opened = 0;

const htmlOf = (site: string, tagHost: string, page: ShopPage): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<script src="/watch.js${page.saysItIsDriven ? '?driven' : ''}"></script>${page.head ?? ''}
<script async src="${tagHost}/tag.full.js" data-site="${site}" ${page.attributes ?? ''}></script></head>
<body><h1>Shop</h1></body></html>`;

/** What is passed on to the edge, as a reverse proxy would. */
const isForEdge = (path: string): boolean => path.startsWith('/v1/') || path === '/tag.full.js';

function passOn(edge: EdgeUnderTest, arrivals: Arrivals<Passed>, faults: Fault[]) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const isMessage = request.method === 'POST' && request.url === '/v1/collect';
    const fault = isMessage ? faults.shift() : undefined;
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = async () =>
      edge.fetch(request.url ?? '/', {
        method: request.method ?? 'GET',
        headers: { ...headers, 'x-forwarded-for': request.socket.remoteAddress ?? '' },
        ...(body === '' ? {} : { body }),
      });
    const answered = fault === 'kept_back' ? undefined : await answer();
    if (fault === undefined && answered) {
      response.writeHead(answered.status, Object.fromEntries(answered.headers.entries()));
      response.end(Buffer.from(await answered.arrayBuffer()));
    } else {
      const cors = {
        'access-control-allow-origin': headers['origin'] ?? '*',
        'access-control-expose-headers': 'Retry-After',
      };
      response.writeHead(503, { ...cors, 'retry-after': '1' }).end();
    }
    if (isMessage)
      arrivals.add({ message: JSON.parse(body) as WireBatch, headers, status: fault ? 503 : (answered?.status ?? 0) });
  };
}

/** Opens a shop on an edge. */
export async function openShop(edge: EdgeUnderTest): Promise<ServedShop> {
  opened += 1;
  const site = `shop-${opened}`;
  const arrivals = collectArrivals<Passed>();
  const faults: Fault[] = [];
  const pages = new Map<string, ShopPage>();
  const requests: string[] = [];
  let preflights = 0;
  const pass = passOn(edge, arrivals, faults);
  const collectorServer = createServer((request, response) => {
    if (request.method === 'OPTIONS') preflights += 1;
    void pass(request, response);
  });
  const collector = await listen(collectorServer);
  const shopServer = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://shop');
    if (isForEdge(pathname)) {
      void pass(request, response);
      return;
    }
    if (pathname === '/watch.js') {
      response.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-store' });
      response.end(`(${watchPage.toString()})(${search === '?driven'});(${setTraps.toString()})()`);
      return;
    }
    if (pathname === '/favicon.ico') {
      response.writeHead(204).end();
      return;
    }
    requests.push(`${request.method} ${pathname}`);
    const page = pages.get(pathname) ?? {};
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...page.headers });
    response.end(htmlOf(site, page.isFirstParty ? '' : collector, page));
  });
  const origin = await listen(shopServer);
  // The edge takes anybody as it is here: the page's policy is what is tested; docs/consent.md has the edge's.
  await addSite(edge.db, { id: siteId(site), origins: [origin], policy: 'standard', floor: 50, at: Date.now() });
  const ask = async (sql: string) => (await edge.db.client.execute({ sql, args: [site] })).rows;
  return {
    ...arrivals,
    origin,
    collector,
    requests,
    preflights: () => preflights,
    serve: (path, page) => void pages.set(path, page),
    fail: (...next) => void faults.push(...next),
    viewed: () => arrivals.events().filter(({ n }) => n === 'page_view').map(({ u }) => u?.replace(origin, '')),
    ledger: async () => Object.fromEntries((await ask(LEDGER_SQL)).map(({ outcome, n }) => [String(outcome), Number(n)])),
    stored: async () =>
      (await ask(STORED_SQL)).map(({ name, purposes, linked }) => [String(name), Number(purposes), linked === 1]),
    receipts: async () => (await ask(RECEIPTS_SQL)).map(({ kind, purposes }) => [String(kind), Number(purposes)]),
    close: async () => {
      await shut(shopServer);
      await shut(collectorServer);
    },
  };
} // biome-ignore format: two long lines
