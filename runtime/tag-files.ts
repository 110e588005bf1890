// runtime/tag-files.ts: reads the built tag at start.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { faultCode } from '../core/index.ts';
import type { BuiltTag } from '../edge/index.ts';
import { projectFolder } from './project-folder.ts';

const ETAG_CHARS = 22;

/** The scripts in `dist/` by file name; none before the first build, and the route then says how to build them. */
export async function readTags(): Promise<ReadonlyMap<string, BuiltTag>> {
  const folder = join(projectFolder(), 'dist');
  const names = await readdir(folder).catch((fault: unknown) => {
    if (faultCode(fault) === 'ENOENT') return [];
    throw fault;
  });
  const tags = new Map<string, BuiltTag>();
  for (const name of names.filter((file) => /^tag(?:\.[a-z-]+)?\.js$/.test(file))) {
    const body = await readFile(join(folder, name), 'utf8');
    tags.set(name, { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, ETAG_CHARS)}"` });
  }
  return tags;
}
