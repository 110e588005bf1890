// cli/replay/shop-server.ts: the example shop on this machine, with the tag of a given collector.
import { readFile, realpath } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { exampleFile } from './example-file.ts';

/** Where the shop listens, and whose tag it carries. */
export interface ShopOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** Address of the collector, from which the page loads `tag.full.js`. */
  readonly collector: URL;
  /** The shop's files; `examples/shop` unless told otherwise. */
  readonly folder?: string;
}

/** A shop that is open. */
export interface Shop {
  /** Without a slash at its end. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

const HOST = '127.0.0.1';
const URL_CHARS_MAX = 2_048;
/** Only these kinds of file are served, whatever else lies in the folder. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};
/** The addresses that shop.js makes pages of; all of them are the same document. */
const PAGE = /^\/(?:basket|checkout|thanks|privacy|product\/[A-Za-z0-9]{1,20})?$/;
/** A file's path: plain names only, so that there is nothing to climb up with. */
const FILE = /^(?:\/[A-Za-z0-9_-]+)+\.[a-z]+$/;
const PLACEHOLDER = '__COLLECTOR__';

/**
 * Serves the shop on 127.0.0.1 only. Pages allow scripts and requests to themselves and to the collector, nothing else.
 * @throws the system's error where the port is taken or the folder can't be read.
 */
export async function serveShop(options: ShopOptions): Promise<Shop> {
  const folder = await realpath(options.folder ?? exampleFile('shop'));
  const headers = pageHeaders(options.collector.origin);
  const server = createServer((request, response) => {
    respond(request, folder, options.collector).then(
      (answer) => send(request, response, headers, answer),
      () => send(request, response, headers, { status: 500, type: TEXT, body: 'The shop could not read this page.' }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, HOST, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    origin: `http://${HOST}:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
}

const TEXT = 'text/plain; charset=utf-8';
const NOT_FOUND: Answer = { status: 404, type: TEXT, body: 'This page is not in the shop.' };

const pageHeaders = (collector: string): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    `script-src 'self' ${collector}`,
    `connect-src 'self' ${collector}`,
    "img-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cache-control': 'no-store',
});

async function respond(request: IncomingMessage, folder: string, collector: URL): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, type: TEXT, body: 'The shop only shows pages.' };
  }
  const [path = ''] = (request.url ?? '').split('?');
  if (path.length > URL_CHARS_MAX) return NOT_FOUND;
  if (PAGE.test(path)) return pageOf(folder, collector);
  const type = CONTENT_TYPES[extname(path)];
  // The document itself is only served with its placeholder filled in.
  if (type === undefined || !FILE.test(path) || path === '/index.html') return NOT_FOUND;
  return fileOf(folder, path, type);
}

async function pageOf(folder: string, collector: URL): Promise<Answer> {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const address = collector.href.replace(/\/$/, '').replace(/[&"'<>]/g, (char) => `&#${char.charCodeAt(0)};`);
  return { status: 200, type: CONTENT_TYPES['.html'] ?? TEXT, body: html.replaceAll(PLACEHOLDER, () => address) };
}

async function fileOf(folder: string, path: string, type: string): Promise<Answer> {
  try {
    const file = await realpath(join(folder, path));
    // A link in the folder could still lead out of it.
    if (!file.startsWith(folder + sep)) return NOT_FOUND;
    return { status: 200, type, body: await readFile(file) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return NOT_FOUND;
    }
    throw error;
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  { status, type, body }: Answer,
): void {
  response.writeHead(status, {
    ...headers,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
