// cli/version.ts: the version of the installed package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../runtime/index.ts';

const readVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(join(projectFolder(), 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown';
};

/** The version of the installed package. */
export const VERSION: string = readVersion();
