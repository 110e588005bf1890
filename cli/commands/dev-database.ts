// cli/commands/dev-database.ts: `hushtag dev-database`: a libSQL server for `wrangler dev`, on this machine alone.
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { serve } from '@hono/node-server';
import { defineCommand } from 'citty';
import { openHrana, projectFolder } from '../../runtime/index.ts';
import { migrateFiles } from '../../store/open.node.ts';
import { CliError } from '../context.ts';
import { stopAsked } from './serve.ts';

const PORT_MAX = 65_535;

/** The command. */
export const devDatabaseCommand = defineCommand({
  meta: {
    name: 'dev-database',
    description: 'Serve a database file over HTTP for `npm run dev:worker`; for development only, no access control',
  },
  args: {
    file: { type: 'string', default: '.wrangler/hushtag-dev.db', description: 'The database file' },
    port: { type: 'string', default: '8789', description: 'Port on 127.0.0.1' },
  },
  run: async ({ args }) => {
    const port = Number(args.port);
    if (!Number.isInteger(port) || port < 0 || port > PORT_MAX)
      throw new CliError(2, `--port must be a whole number up to ${PORT_MAX}`);
    const file = resolve(args.file);
    await mkdir(dirname(file), { recursive: true });
    await migrateFiles({ ground: file, derived: file }, join(projectFolder(), 'migrations'));
    const database = openHrana(file);
    const server = serve({ fetch: database.handle, port, hostname: '127.0.0.1' }, (bound) => {
      process.stderr.write(`libSQL over HTTP on http://127.0.0.1:${bound.port} from ${file}\n`);
    });
    server.on('error', () => {
      process.stderr.write(`Port ${port} is taken: choose another with --port.\n`);
      process.exit(1);
    });
    await stopAsked();
    server.close();
    database.close();
  },
});
