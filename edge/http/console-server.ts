// edge/http/console-server.ts: serves the built console at /console/; every path of a page in it answers the same document.
import { Hono } from 'hono';
import type { ConsoleFile, Port } from '../port.ts';
import { problem } from './problem.ts';

/** What every file of the console is sent with: it talks to its own origin alone, and nothing foreign runs or frames it. */
export const CONSOLE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Files under this name carry a hash of what they hold in their own. */
const HASHED = 'assets/';
const PAGE = 'index.html';

/** The encoding of a file that a client takes, the smallest first. */
const encodingFor = (file: ConsoleFile, accepted: string): 'br' | 'gzip' | undefined => {
  const names = accepted.split(',').map((one) => one.trim().split(';')[0]);
  return (['br', 'gzip'] as const).find((name) => names.includes(name) && file.packed[name] !== undefined);
};

function answer(file: ConsoleFile, name: string, request: Request): Response {
  const headers = new Headers({
    ...CONSOLE_HEADERS,
    'content-type': file.type,
    // A page names the hashed files of its build: asked for anew each time, it never names files that are gone.
    'cache-control': name.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'accept-encoding',
  });
  if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers });
  const encoding = encodingFor(file, request.headers.get('accept-encoding') ?? '');
  if (encoding !== undefined) headers.set('content-encoding', encoding);
  return new Response((encoding === undefined ? undefined : file.packed[encoding]) ?? file.body, { headers });
}

/** Makes the app of `/console/`. */
export function createConsoleServer(port: Pick<Port, 'consoleFile'>): Hono {
  const app = new Hono();
  app.get('/console', (context) => context.redirect('/console/', 308));
  app.get('/console/*', async (context) => {
    const asked = context.req.path.slice('/console/'.length);
    const isFile = asked.startsWith(HASHED) || /^[\w-]+\.[a-z]+$/.test(asked);
    const name = isFile ? asked : PAGE;
    const file = await port.consoleFile(name);
    if (file !== undefined) return answer(file, name, context.req.raw);
    return problem('not_found', isFile ? 'Open /console/.' : 'Build the console with `npm run build`.');
  });
  return app;
}
