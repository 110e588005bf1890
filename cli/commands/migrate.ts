// cli/commands/migrate.ts: `hushtag migrate`: brings the database to the newest schema.
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { projectFolder } from '../../runtime/index.ts';
import { migrateConfigured, print, requireConfig } from '../context.ts';

/** The command. */
export const migrateCommand = defineCommand({
  meta: {
    name: 'migrate',
    description: 'Bring the database to the newest schema (HUSHTAG_DATABASE_URL for a libSQL server)',
  },
  args: { json: { type: 'boolean', description: 'Print one line of JSON' } },
  run: async ({ args }) => {
    const config = requireConfig();
    await migrateConfigured(config, join(projectFolder(), 'migrations'));
    const where = config.remote?.url ?? config.dataDir;
    print(args.json === true, { migrated: where }, `The database in ${where} has the newest schema.`);
  },
});
