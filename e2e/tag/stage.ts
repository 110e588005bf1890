// e2e/tag/stage.ts: a site and a collector on two origins, and a real Chromium that visits them.
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { WireBatch, WireEvent } from '../../contract/index.ts';
import { collectArrivals } from '../support/arrivals.ts';
import { bodyOf, listen, shut } from '../support/servers.ts';

const DIST = new URL('../../dist/', import.meta.url);
/** The scripts there are. */
export type Script = (typeof SCRIPTS)[number];
const SCRIPTS = [
  'tag.js',
  'tag.full.js',
  'tag.shop.js',
  'tag.vitals.js',
  'tag.errors.js',
  'tag.datalayer.js',
  'tag.links.js',
  'tag.debug.js',
] as const;
/** A message as the collector got it. */
export interface Arrival {
  readonly message: WireBatch;
  readonly contentType: string | undefined;
  readonly origin: string | undefined;
}
/** How the collector answers the nth message (from 1). */
export type Answer = (attempt: number) => {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};
/** What a test says about a page. */
export interface PageSource {
  /** Attributes of the script tag besides src and data-site. */
  readonly attributes?: string;
  /** The script; Full where absent. */
  readonly script?: Script;
  /** What stands in the head before the tag; a script, say. */
  readonly head?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** All that is served instead of a page with the tag. */
  readonly whole?: string;
  /** The answer's status at that moment; 200 where absent. */
  readonly status?: () => number;
}

/** One test's site (which has the scripts as well, for pages that take none from elsewhere), collector and browser context. */
export interface Stage {
  readonly site: string;
  readonly collector: string;
  readonly context: BrowserContext;
  readonly arrivals: readonly Arrival[];
  /** Methods the collector was asked with besides POST: a preflight would be an OPTIONS. */
  readonly otherMethods: readonly string[];
  /** Says what a path serves. */
  readonly serve: (path: string, source: PageSource) => void;
  readonly answer: (answer: Answer) => void;
  /** Opens a path in a new tab. */
  readonly open: (path: string) => Promise<Page>;
  /** Waits until an event with this name has arrived as often as said. */
  readonly arrived: (name: string, times?: number) => Promise<readonly WireEvent[]>;
  /** Whether the site was asked for a path. */
  readonly wasAsked: (path: string) => boolean;
  /** What has arrived, but for `user_engagement`, which depends on how fast the test runs. */
  readonly events: () => readonly WireEvent[];
  readonly close: () => Promise<void>;
}

const codeOf = (script: Script): Buffer => {
  const path = new URL(script, DIST);
  if (!existsSync(path)) throw new Error(`dist/${script} is missing: run \`npm run build\` before the browser tests.`);
  return readFileSync(path);
};

const readCodes = (): ReadonlyMap<string, Buffer> => new Map(SCRIPTS.map((script) => [`/${script}`, codeOf(script)]));

function startCollector(codes: ReadonlyMap<string, Buffer>) {
  const arrivals = collectArrivals<Arrival>();
  const otherMethods: string[] = [];
  let answer: Answer = () => ({ status: 202 });
  const collect = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const message = JSON.parse(await bodyOf(request)) as WireBatch;
    const { origin, 'content-type': contentType } = request.headers;
    const { status, headers, body } = answer(arrivals.all.length + 1);
    const cors = { 'access-control-allow-origin': origin ?? 'null', 'access-control-expose-headers': 'retry-after' };
    response.writeHead(status, { ...cors, ...headers }).end(body);
    arrivals.add({ message, contentType, origin });
  };
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/v1/collect') {
      void collect(request, response);
      return;
    }
    if (request.method !== 'GET') otherMethods.push(request.method ?? '');
    response
      .writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' })
      .end(codes.get(request.url ?? ''));
  });
  return { server, arrivals, otherMethods, setAnswer: (next: Answer) => void (answer = next) };
}

const htmlOf = (
  collector: string,
  { attributes = '', head = '', script = 'tag.full.js' }: PageSource,
): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">${head}
<script async src="${collector}/${script}" data-site="shop" ${attributes}></script></head>
<body><h1>Shop</h1></body></html>`;

/** Sets a stage: two servers and a fresh browser context. */
export async function setStage(browser: Browser): Promise<Stage> {
  const codes = readCodes();
  const { server: collectorServer, arrivals, otherMethods, setAnswer } = startCollector(codes);
  const collector = await listen(collectorServer);
  const sources = new Map<string, PageSource>();
  const asked = new Set<string>();
  const siteServer = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const code = codes.get(pathname);
    if (code) {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(code);
      return;
    }
    const source = sources.get(pathname) ?? {};
    asked.add(pathname);
    response
      .writeHead(source.status?.() ?? 200, { 'content-type': 'text/html; charset=utf-8', ...source.headers })
      .end(source.whole ?? htmlOf(collector, source));
  });
  const site = await listen(siteServer);
  const context = await browser.newContext();
  return {
    site,
    collector,
    context,
    arrivals: arrivals.all,
    otherMethods,
    events: arrivals.events,
    arrived: arrivals.arrived,
    wasAsked: (path) => asked.has(path),
    serve: (path, source) => void sources.set(path, source),
    answer: setAnswer,
    open: async (path) => {
      const page = await context.newPage();
      await page.goto(site + path);
      return page;
    },
    close: async () => {
      await context.close();
      await shut(siteServer);
      await shut(collectorServer);
    },
  };
}
