// bench/server-process.ts: `hushtag serve` as a process of its own, and messages for it.
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { eventIdFrom } from '../contract/index.ts';
import { programFile } from '../runtime/project-folder.ts';

/** The built command line. */
export const MAIN: string = programFile('main');
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const ORIGIN = 'https://shop.example';

/** A server under test. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly origin: string;
  /** What it logged so far. */
  readonly log: () => string;
}

/** Where a server keeps things. */
export interface Folders {
  readonly data: string;
  readonly keys: string;
}

/** A command's environment. */
export const environmentOf = ({ data, keys }: Folders): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  PORT: '0',
  HUSHTAG_DATA_DIR: data,
  HUSHTAG_KEY_DIR: keys,
  HUSHTAG_SEGMENT_MINUTES: '0',
});

/** Adds the site `shop`. */
export function addShop(folders: Folders): void {
  execFileSync(process.execPath, [MAIN, 'site', 'add', 'shop', '--origin', ORIGIN], { env: environmentOf(folders) });
}

/** Starts a server on a free port. @param through a command that runs the server, such as one that makes the disk slow. */
export function startServer(
  folders: Folders,
  settings: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
): Promise<ServerProcess> {
  const [command, ...args] = [...through, process.execPath, MAIN, 'serve'];
  const child = spawn(command ?? process.execPath, args, {
    env: { ...environmentOf(folders), ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const origin = /listens on (\S+)/.exec(log)?.[1];
      if (origin !== undefined) resolve({ child, origin, log: () => log });
    });
    child.once('exit', () => reject(new Error(`the server did not start: ${log}`)));
  });
}

let made = 0;
/** A fresh event id; no two of one process are equal. */
export function freshEventId(now: number): string {
  made += 1;
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setUint32(3, made);
  return eventIdFrom(now, bytes);
}

/** Page views of nobody in particular, as one message. */
export const pageViews = (ids: readonly string[], now: number, extra: readonly object[] = []): string =>
  JSON.stringify({
    v: 1,
    s: 'shop',
    t: now,
    c: ['u', 0, 0],
    e: [...ids.map((i, nth) => ({ i, n: 'page_view', t: now, u: `${ORIGIN}/p/${nth % 97}` })), ...extra],
  });

/** Posts a message as a page of the shop would. @returns the status. */
export async function post(
  origin: string,
  body: string,
): Promise<{ readonly status: number; readonly retryAfter: string | null }> {
  const headers = { origin: ORIGIN, 'user-agent': AGENT, 'content-type': 'text/plain' };
  const response = await fetch(`${origin}/v1/collect`, { method: 'POST', body, headers });
  await response.arrayBuffer();
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}
