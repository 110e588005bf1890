// cli/replay/example-file.ts: where the files of examples/ are, from the sources and from dist/ alike.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders between a compiled file of this one and the repository's root, with room to spare. */
const LEVELS_MAX = 8;

/** The invoices that the demo replays. */
const ONLINE_RETAIL = 'data/online_retail.parquet';

/**
 * The absolute path of a file or folder in `examples/`; of Online Retail where none is named.
 * @throws {Error} there is none: hushtag was taken out of its repository.
 */
export function exampleFile(name: string = ONLINE_RETAIL): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    const path = join(folder, 'examples', name);
    if (existsSync(path)) return path;
    folder = dirname(folder);
  }
  throw new Error(`examples/${name} is not beside hushtag; run it from a clone of the repository`);
}
