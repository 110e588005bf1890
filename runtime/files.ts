// runtime/files.ts: where a data folder keeps its databases.
import { join } from 'node:path';
import type { Files } from '../store/open.node.ts';
import type { Config } from './config.ts';

/** The paths of the two database files. */
export const filesOf = (config: Pick<Config, 'dataDir'>): Files => ({
  ground: join(config.dataDir, 'ground.db'),
  derived: join(config.dataDir, 'derived.db'),
});
