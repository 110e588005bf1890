// cli/commands/exports.ts: `hushtag exports`: which exports may be fetched over the API, and taking one away.
import Table from 'cli-table3';
import { defineCommand } from 'citty';
import { readExports, removeExport } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { NO_COLOURS } from '../tables.ts';

const json = { type: 'boolean', description: 'Print one line of JSON' } as const;
const site = { type: 'positional', required: true, description: 'The site' } as const;
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List the exports that may be fetched over the API' },
  args: { site, json },
  run: async ({ args }) => {
    const held = await withDb(requireConfig(), async (db) =>
      readExports(db, (await requireSite(db, args.site)).row, Date.now()),
    );
    const table = new Table({
      head: ['Id', 'Days (UTC)', 'Form', 'Events', 'Made by', 'Until'],
      style: NO_COLOURS,
    });
    for (const { id, from, to, format, events, by, expiresAt } of held)
      table.push([id, `${day(from)} – ${day(to - 1)}`, format, String(events), by, day(expiresAt)]);
    print(args.json === true, held, held.length === 0 ? 'There are no exports of this site.' : table.toString());
  },
});

const removeCommand = defineCommand({
  meta: { name: 'remove', description: 'Take an export away: it can be fetched no more' },
  args: {
    site,
    id: { type: 'positional', required: true, description: 'Its id, as `exports list` names it' },
    json,
  },
  run: async ({ args }) => {
    const isGone = await withDb(requireConfig(), async (db) =>
      removeExport(db, await requireSite(db, args.site), args.id, { at: Date.now(), by: 'command' }),
    );
    if (!isGone) throw new CliError(1, 'There is no such export of this site: `hushtag exports list`.');
    print(args.json === true, { removed: args.id }, 'Taken away.');
  },
});

/** The command. */
export const exportsCommand = defineCommand({
  meta: { name: 'exports', description: 'List and take away exports that were made over the API' },
  subCommands: { list: listCommand, remove: removeCommand },
});
