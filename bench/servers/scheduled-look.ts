// bench/servers/scheduled-look.ts: what the schedule does, once, in a process of its own: argv: data folder, key folder, tasks.

import type { Task } from '../../runtime/index.ts';
import { readConfig, runTasksOnThread } from '../../runtime/index.ts';

const [dataDir = '', keyDir = '', ...tasks] = process.argv.slice(2);
const config = readConfig({ HUSHTAG_DATA_DIR: dataDir, HUSHTAG_KEY_DIR: keyDir }, process.cwd());
if (!config.ok) throw new Error(config.error.join(', '));
process.stdout.write(`${JSON.stringify(await runTasksOnThread({ config: config.value, tasks: tasks as Task[] }))}\n`);
