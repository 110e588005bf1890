// runtime/console-files.ts: reads at start what the edge serves as it was built: the console, and the tag beside it.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { faultCode } from '../core/index.ts';
import type { ConsoleFile, Port } from '../edge/index.ts';
import { projectFolder } from './project-folder.ts';
import { readTags } from './tag-files.ts';

const ETAG_CHARS = 22;
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const NOTHING = (fault: unknown): undefined => {
  if (faultCode(fault) === 'ENOENT') return undefined;
  throw fault;
};

async function readOne(folder: string, name: string, type: string): Promise<ConsoleFile> {
  const path = join(folder, name);
  const [body, br, gzip] = await Promise.all([
    readFile(path),
    readFile(`${path}.br`).catch(NOTHING),
    readFile(`${path}.gz`).catch(NOTHING),
  ]);
  return {
    body: new Uint8Array(body),
    type,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, ETAG_CHARS)}"`,
    packed: {
      ...(br === undefined ? {} : { br: new Uint8Array(br) }),
      ...(gzip === undefined ? {} : { gzip: new Uint8Array(gzip) }),
    },
  };
}

/** Finds the files in `dist/console/` by path; there are none before the first build, and the route then says how to build them. */
async function readConsole(): Promise<(name: string) => Promise<ConsoleFile | undefined>> {
  const folder = join(projectFolder(), 'dist', 'console');
  const entries = (await readdir(folder, { recursive: true }).catch(NOTHING)) ?? [];
  const files = new Map<string, ConsoleFile>();
  for (const name of entries) {
    const type = TYPES[extname(name)];
    if (type !== undefined) files.set(name.replaceAll('\\', '/'), await readOne(folder, name, type));
  }
  return (name) => Promise.resolve(files.get(name));
}

/** Reads both. */
export const readServedFiles = async (): Promise<Pick<Port, 'tags' | 'consoleFile'>> => ({
  tags: await readTags(),
  consoleFile: await readConsole(),
});
