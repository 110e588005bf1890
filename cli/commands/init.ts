// cli/commands/init.ts: `hushtag init`: from an empty folder to a server that can start and a tag that can be pasted.
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import { POLICIES } from '../../contract/index.ts';
import { RETENTION_PRESETS } from '../../core/index.ts';
import { CliError, print } from '../context.ts';
import { ENVIRONMENT_FILE } from '../environment-file.ts';
import { askChoices } from '../init/ask.ts';
import type { GivenChoices } from '../init/choices.ts';
import { DEFAULT_CHOICES, readChoices } from '../init/choices.ts';
import type { SetUp } from '../init/set-up.ts';
import { setUp } from '../init/set-up.ts';

/** By flags alone. @throws {CliError} a flag without a default is missing. */
function unasked(given: Partial<GivenChoices>): GivenChoices {
  const { site, origin } = given;
  if (site === undefined || origin === undefined)
    throw new CliError(2, 'Without questions, --site and --origin say what is set up; see `hushtag init --help`');
  const all = { ...DEFAULT_CHOICES, ...given, site, origin };
  return { ...all, collector: given.collector ?? `http://127.0.0.1:${all.port}` };
}

const aboutGit = ({ ignored }: SetUp): string =>
  ignored === undefined ? '' : `\n  ${ignored.file}   keeps these out of git: ${ignored.lines.join(' ')}`;

const inWords = (made: SetUp, origin: string): string => `Ready.
  ${made.environmentFile}   the configuration; commands in this folder read it
  ${made.dataDir}   the data
  ${made.keyDir}   the keys: copy them elsewhere, never beside the data${aboutGit(made)}

Paste this into the pages of ${origin} (also in ${made.snippetFile}):
  ${made.snippet}

Next:
  npx hushtag serve     start it; it prints a code to log in at /console/
  npx hushtag doctor    look whether all is well
  npx hushtag backup    every night: docs/operating.md`;

/** The command. */
export const initCommand = defineCommand({
  meta: { name: 'init', description: 'Set a site up in this folder: configuration, keys, database and script tag' },
  args: {
    site: { type: 'string', description: 'Lower-case name, such as shop' },
    origin: { type: 'string', description: 'Origins its pages are served from, comma-separated' },
    policy: {
      type: 'string',
      description: `Consent policy: ${Object.keys(POLICIES).join(', ')}; standard unless given`,
    },
    retention: {
      type: 'string',
      description: `How long things are kept: ${Object.keys(RETENTION_PRESETS).join(', ')}; cnil unless given`,
    },
    collector: {
      type: 'string',
      description: 'Under which address pages reach this server; this machine unless given',
    },
    port: { type: 'string', description: 'Port it listens on; 8787 unless given' },
    proxies: { type: 'string', description: 'Proxies in front that append to X-Forwarded-For; 0 unless given' },
    'data-dir': { type: 'string', description: 'Folder of the data; data unless given' },
    'key-dir': { type: 'string', description: 'Folder of the keys, not in that of the data; data-keys unless given' },
    yes: { type: 'boolean', description: 'Ask nothing: flags and defaults' },
    json: { type: 'boolean', description: 'Ask nothing, print one line of JSON' },
  },
  run: async ({ args }) => {
    const { site, origin, policy, retention, collector, port, proxies } = args;
    const named = { site, origin, policy, retention, collector, port, proxies };
    const folders = { 'data-dir': args['data-dir'], 'key-dir': args['key-dir'] };
    const given: Partial<GivenChoices> = Object.fromEntries(
      Object.entries({ ...named, ...folders }).filter(([, value]) => value !== undefined),
    );
    const silent = args.yes === true || args.json === true;
    if (!silent && !process.stdin.isTTY)
      throw new CliError(2, 'Nobody can be asked here: give --yes with --site and --origin');
    const terminal = { input: process.stdin, output: process.stderr };
    const choices = readChoices(silent ? unasked(given) : await askChoices(given, terminal));
    const made = await setUp(choices, process.cwd(), () => Date.now() as EpochMs);
    print(args.json === true, { ...made, file: ENVIRONMENT_FILE }, inWords(made, choices.origins.join(' ')));
  },
});
