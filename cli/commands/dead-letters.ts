// cli/commands/dead-letters.ts: `hushtag dead-letters`: look at refused events, try them again after a fix, drop them.
import { readFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import Table from 'cli-table3';
import * as v from 'valibot';
import type { EpochMs } from '../../contract/index.ts';
import type { FieldMapping } from '../../edge/index.ts';
import { fieldMappingSchema, REPLAY_LETTERS_MAX, replayLetters } from '../../edge/index.ts';
import type { Db, KeptLetter, LetterTotals, Site } from '../../store/index.ts';
import { dropStatements, readLetters, readLetterTotals } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { NO_COLOURS } from '../tables.ts';

/** Letters one call lists at most. */
const LIST_MAX = 1_000;
/** Calls of one replay: more than there can be letters. */
const ROUNDS_MAX = 1_000;

const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const lettersOption = { type: 'string', description: 'Letters by number, comma-separated' } as const;
const reasonOption = { type: 'string', description: 'Only those of this reason, such as malformed_event' } as const;
const allOption = { type: 'boolean', description: 'All letters of the site' } as const;

/** Reads numbers of letters as typed. */
export function readNumbers(text: string): number[] {
  const numbers = text.split(',').map((part) => (/^\s*\d{1,15}\s*$/.test(part) ? Number(part) : 0));
  if (numbers.length > REPLAY_LETTERS_MAX || numbers.some((number) => number < 1)) {
    throw new CliError(
      2,
      `--letters takes 1 to ${REPLAY_LETTERS_MAX} numbers, comma-separated, as \`list\` shows them`,
    );
  }
  return numbers;
}

interface Chosen {
  readonly letters?: readonly number[];
  readonly reason?: string;
}

/** Which letters are meant: nothing is taken for all of them but `--all`. */
function chosen(args: {
  letters?: string | undefined;
  reason?: string | undefined;
  all?: boolean | undefined;
}): Chosen {
  const given = [args.letters, args.reason, args.all === true ? 'all' : undefined].filter((one) => one !== undefined);
  if (given.length !== 1) throw new CliError(2, 'Say which letters: one of --letters, --reason and --all');
  if (args.letters !== undefined) return { letters: readNumbers(args.letters) };
  return args.reason === undefined ? {} : { reason: args.reason };
}

async function readMapping(path: string | undefined): Promise<FieldMapping> {
  if (path === undefined) return {};
  let text: unknown;
  try {
    text = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new CliError(1, `${path} can not be read as JSON`);
  }
  const mapping = v.safeParse(fieldMappingSchema, text);
  if (!mapping.success) {
    throw new CliError(
      2,
      `${path} is no mapping (${mapping.issues[0].message}): write {"/p/from": "/p/to", "/p/gone": null}`,
    );
  }
  return mapping.output;
}

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

const totalsLine = ({ letters, evicted, expired, replayed, dropped }: LetterTotals): string =>
  `${letters} kept; gone so far: ${replayed} replayed, ${dropped} dropped, ${evicted} for want of room, ${expired} of age.`;

function letterTable(letters: readonly KeptLetter[]): string {
  const table = new Table({
    head: ['Letter', 'Arrived (UTC)', 'Way', 'Line', 'Reason', 'Where'],
    style: NO_COLOURS,
  });
  for (const { letter, receivedAt, via, line, reason, pointer } of letters) {
    table.push([String(letter), dateOf(receivedAt), via, line === undefined ? '' : String(line), reason, pointer]);
  }
  return table.toString();
}

// Which visitor it was is left out: nobody needs it to mend a tag.
const shown = ({ visitor: _visitor, orderKey: _orderKey, body, ...letter }: KeptLetter): object => ({
  ...letter,
  event: body === undefined ? null : (JSON.parse(body) as unknown),
});

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List refused events, newest first' },
  args: {
    site: siteArgument,
    reason: reasonOption,
    limit: { type: 'string', default: '50', description: `How many, at most ${LIST_MAX}` },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const limit = Number(args.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX) {
      throw new CliError(2, `--limit must be a whole number from 1 to ${LIST_MAX}`);
    }
    const { letters, totals } = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const choice = { after: Number.MAX_SAFE_INTEGER, limit, newestFirst: true };
      return {
        letters: await readLetters(
          db,
          site.row,
          args.reason === undefined ? choice : { ...choice, reason: args.reason },
        ),
        totals: await readLetterTotals(db, site.row),
      };
    });
    const text = letters.length === 0 ? 'No refused events are kept.' : letterTable(letters);
    print(args.json === true, { totals, letters: letters.map(shown) }, `${text}\n${totalsLine(totals)}`);
  },
});

const showCommand = defineCommand({
  meta: { name: 'show', description: 'Show one refused event, scrubbed, and what is wrong with it' },
  args: {
    site: siteArgument,
    letter: { type: 'positional', required: true, description: 'Its number' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const [letter] = await withDb(requireConfig(), async (db) =>
      readLetters(db, (await requireSite(db, args.site)).row, { letters: readNumbers(args.letter).slice(0, 1) }),
    );
    if (letter === undefined) throw new CliError(1, `There is no letter ${args.letter} of this site (any more).`);
    const event =
      letter.body === undefined ? 'It was too large to be kept.' : JSON.stringify(JSON.parse(letter.body), null, 2);
    const where = letter.pointer === '' ? '' : ` at ${letter.pointer}`;
    const line = letter.line === undefined ? '' : `, line ${letter.line}`;
    print(
      args.json === true,
      shown(letter),
      `Letter ${letter.letter}: ${letter.reason}${where}\nArrived ${dateOf(letter.receivedAt)} UTC by ${letter.via}${line}\n${event}`,
    );
  },
});

const needsOf = (db: Db): Parameters<typeof replayLetters>[0] => ({
  db,
  now: () => Date.now() as EpochMs,
  transact: async (statements) => {
    await db.client.batch([...statements], 'write');
  },
});

/** Replays what is chosen, in as many steps as it takes. */
export async function replayAll(
  db: Db,
  site: Site,
  { letters, reason }: Chosen,
  options: { readonly mapping: FieldMapping; readonly dryRun: boolean },
) {
  let replayed = 0;
  const refused = new Map<string, number>();
  let after: number | null = 0;
  for (let round = 0; after !== null && round < ROUNDS_MAX; round += 1) {
    const choice = letters ? { letters } : { after, limit: REPLAY_LETTERS_MAX, ...(reason ? { reason } : {}) };
    const report = await replayLetters(needsOf(db), site, { choice, ...options });
    replayed += report.replayed;
    for (const one of report.refused) {
      const why = `${one.reason}${one.pointer === '' ? '' : ` at ${one.pointer}`}`;
      refused.set(why, (refused.get(why) ?? 0) + 1);
    }
    after = report.next;
  }
  return { replayed, refused: Object.fromEntries(refused) };
}

const replayCommand = defineCommand({
  meta: { name: 'replay', description: 'Try refused events again after a fix; each becomes an event at most once' },
  args: {
    site: siteArgument,
    letters: lettersOption,
    reason: reasonOption,
    all: allOption,
    mapping: {
      type: 'string',
      description: 'A file that says which fields move: {"/p/from": "/p/to", "/p/gone": null}',
    },
    'dry-run': { type: 'boolean', description: 'Say what would come of it and change nothing' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const which = chosen(args);
    const options = { mapping: await readMapping(args.mapping), dryRun: args['dry-run'] === true };
    const report = await withDb(requireConfig(), async (db) =>
      replayAll(db, await requireSite(db, args.site), which, options),
    );
    const left = Object.entries(report.refused).map(([why, count]) => `\n  ${count} still refused: ${why}`);
    print(
      args.json === true,
      { ...report, dryRun: options.dryRun },
      `${options.dryRun ? 'Would replay' : 'Replayed'} ${report.replayed}.${left.join('')}`,
    );
  },
});

const dropCommand = defineCommand({
  meta: { name: 'drop', description: 'Drop refused events for good; they stay counted as invalid' },
  args: { site: siteArgument, letters: lettersOption, reason: reasonOption, all: allOption, json: jsonFlag },
  run: async ({ args }) => {
    const { letters, reason } = chosen(args);
    const dropped = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      let count = 0;
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const choice = letters ? { letters } : { after: 0, limit: REPLAY_LETTERS_MAX, ...(reason ? { reason } : {}) };
        const found = (await readLetters(db, site.row, choice)).map(({ letter }) => letter);
        if (found.length === 0) break;
        await db.client.batch(await dropStatements(site, found, Date.now()), 'write');
        count += found.length;
      }
      return count;
    });
    print(args.json === true, { dropped }, `Dropped ${dropped}.`);
  },
});

/** The command. */
export const deadLettersCommand = defineCommand({
  meta: { name: 'dead-letters', description: 'Look at refused events, and replay or drop them' },
  subCommands: { list: listCommand, show: showCommand, replay: replayCommand, drop: dropCommand },
});
