// cli/commands/destination.ts: `hushtag destination`: whom a site's data is given to, and who is told of erasures.
import Table from 'cli-table3';
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import type { DestinationRefusal } from '../../core/index.ts';
import { parseDestination, PURPOSE_CHARS_MAX } from '../../core/index.ts';
import { destinationSecret } from '../../edge/index.ts';
import { DESTINATIONS_MAX, readDestinations, removeDestination, setDestination } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { withRights } from '../rights.ts';
import { NO_COLOURS } from '../tables.ts';

const REFUSALS: Readonly<Record<DestinationRefusal, string>> = {
  name_malformed: 'A name has 1 to 40 small letters, digits and hyphens, none at its ends',
  url_malformed: 'The address is no URL, or has a user, a password or a fragment in it',
  url_not_https: 'The address begins with https://',
  url_not_public:
    'The address names a host of the public internet: not an address in digits, nor a name of your own network (HUSHTAG_INNER_ORIGINS says which of those may be called)',
  purpose_length: `--purpose takes 1 to ${PURPOSE_CHARS_MAX} characters`,
};
const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const nameArgument = { type: 'positional', required: true, description: 'What it is called' } as const;
const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const now = (): EpochMs => Date.now() as EpochMs;

const setCommand = defineCommand({
  meta: {
    name: 'set',
    description: 'Register a destination, or change one; prints the key its messages are signed with',
  },
  args: {
    site: siteArgument,
    name: nameArgument,
    url: { type: 'string', required: true, description: 'Where erasures are told, https' },
    purpose: { type: 'string', required: true, description: 'What it is given and why, for people and records' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const { innerOrigins } = requireConfig();
    const read = parseDestination({ name: args.name, url: args.url, purpose: args.purpose }, innerOrigins);
    if (!read.ok) throw new CliError(2, REFUSALS[read.error]);
    const secret = await withRights(async (needs) => {
      const site = await requireSite(needs.db, args.site);
      if (!(await setDestination(needs.db, site, read.value, now())))
        throw new CliError(1, `A site has at most ${DESTINATIONS_MAX} destinations: remove one first`);
      return destinationSecret(needs, site.id, read.value.name);
    });
    print(
      args.json === true,
      { site: args.site, ...read.value, secret },
      `${read.value.name} is told of erasures. Its messages are signed (Standard Webhooks) with\n${secret}`,
    );
  },
});

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List the destinations of a site' },
  args: { site: siteArgument, json: jsonFlag },
  run: async ({ args }) => {
    const found = await withDb(requireConfig(), async (db) =>
      readDestinations(db, (await requireSite(db, args.site)).row),
    );
    const table = new Table({ head: ['Destination', 'Told at', 'What for'], style: NO_COLOURS });
    table.push(...found.map(({ name, url, purpose }) => [name, url, purpose]));
    print(args.json === true, found, found.length === 0 ? `Nobody is given data of ${args.site}.` : table.toString());
  },
});

const removeCommand = defineCommand({
  meta: { name: 'remove', description: 'Remove a destination: it is told of nothing any more' },
  args: { site: siteArgument, name: nameArgument, json: jsonFlag },
  run: async ({ args }) => {
    const removed = await withDb(requireConfig(), async (db) =>
      removeDestination(db, await requireSite(db, args.site), args.name, now()),
    );
    if (!removed) throw new CliError(1, 'There is no destination of this name: see `npx hushtag destination list`');
    print(args.json === true, { site: args.site, removed: args.name }, `Removed ${args.name}.`);
  },
});

/** The command. */
export const destinationCommand = defineCommand({
  meta: { name: 'destination', description: "Whom a site's data is given to, and who is told of erasures" },
  subCommands: { set: setCommand, list: listCommand, remove: removeCommand },
});
