// runtime/project-folder.ts: where the migrations, the built tag and the bundled program lie, from source and from dist alike.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LEVELS_MAX = 6;

/** The folder that holds `migrations/` and `package.json`. @throws where the installation is incomplete. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    if (existsSync(join(folder, 'migrations')) && existsSync(join(folder, 'package.json'))) return folder;
    folder = dirname(folder);
  }
  throw new Error('migrations/ was not found above the program: install hushtag again');
}

/** A bundled file: the command (`main`) or a thread. Neither runs from sources, so from sources too it is the built one. */
export const programFile = (name: string): string => join(projectFolder(), 'dist', 'program', `${name}.js`);
