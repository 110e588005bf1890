// cli/commands/segments.ts: `hushtag segments`: rule segments from files.
import { readFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import type { RuleSegment, SegmentRefusal } from '../../core/index.ts';
import { checkRuleSegment, RULE_SEGMENTS_MAX, SEGMENT_NAME_CHARS_MAX } from '../../core/index.ts';
import { PREDICTED_TRAITS, TRAITS } from '../../segmenter/index.ts';
import type { Db, KeptSegment, Site } from '../../store/index.ts';
import {
  putRuleSegment,
  readClusterIds,
  readRuleSegments,
  readSiteTraits,
  removeRuleSegment,
} from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';

/** Characters of a file at most: a rule of 50 conditions is far below. */
const FILE_CHARS_MAX = 100_000;

const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const idArgument = { type: 'positional', required: true, description: 'The segment' } as const;
const fileArgument = {
  type: 'positional',
  required: true,
  description: 'A JSON file with id, name and rule (docs/segments.md)',
} as const;
const json = { type: 'boolean', description: 'Print one line of JSON' } as const;

/** Says why a segment is not kept, and what would be right. */
function refusalText(refusal: SegmentRefusal | { readonly reason: 'busy' }): string {
  switch (refusal.reason) {
    case 'bad_id':
      return 'The id is 1 to 63 lower-case letters, digits and hyphens, and does not begin with "cluster-".';
    case 'bad_name':
      return `The name is 1 to ${SEGMENT_NAME_CHARS_MAX} characters on one line.`;
    case 'too_many_segments':
      return `A site has at most ${RULE_SEGMENTS_MAX} rule segments: delete one first.`;
    case 'in_use':
      return 'Another segment speaks of it: change that one first.';
    case 'circle':
      return `The rules would speak of each other in a circle: ${refusal.ids.join(' → ')}.`;
    case 'bad_rule':
      return [
        'The rule has faults:',
        ...refusal.problems.map(({ pointer, detail }) => `  /rule${pointer}: ${detail}`),
      ].join('\n');
    case 'busy':
      return 'The segments are being changed by others: try again.';
  }
}

async function readSegmentFile(path: string): Promise<{ id: string; name: string; rule: unknown }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw new CliError(2, `There is no file "${path}" that can be read.`);
  }
  if (text.length > FILE_CHARS_MAX) throw new CliError(2, `The file has more than ${FILE_CHARS_MAX} characters.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (fault) {
    throw new CliError(2, `The file is no JSON: ${fault instanceof Error ? fault.message : 'it can not be read'}.`);
  }
  const { id, name, rule } = (typeof value === 'object' ? (value ?? {}) : {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof name !== 'string' || rule === undefined) {
    throw new CliError(2, 'The file holds an object with "id", "name" and "rule".');
  }
  return { id, name, rule };
}

type Checking = (held: readonly RuleSegment[]) => ReturnType<typeof checkRuleSegment>;
async function checking(db: Db, site: Site, path: string): Promise<Checking> {
  const segment = await readSegmentFile(path);
  const own = (await readSiteTraits(db, site.row)).traits;
  const words = {
    traits: new Set([...TRAITS, ...PREDICTED_TRAITS, ...own].map(({ id }) => id)),
    clusters: await readClusterIds(db, site.row),
  };
  return (held) => checkRuleSegment(segment, held, words);
}

const lineOf = ({ id, name, version }: KeptSegment): string => `${id.padEnd(24)}  version ${version}  ${name}`;

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List the rule segments of a site' },
  args: { site: siteArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const { segments } = await readRuleSegments(db, site.row);
      const text = segments.length === 0 ? `${site.id} has no rule segments.` : segments.map(lineOf).join('\n');
      print(args.json === true, { site: site.id, segments }, text);
    }),
});

const showCommand = defineCommand({
  meta: { name: 'show', description: 'Show a rule segment as a file that `set` takes' },
  args: { site: siteArgument, id: idArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const segment = (await readRuleSegments(db, site.row)).segments.find(({ id }) => id === args.id);
      if (segment === undefined) throw new CliError(1, `${site.id} has no rule segment "${args.id}".`);
      const { id, name, rule } = segment;
      print(args.json === true, segment, JSON.stringify({ id, name, rule }, null, 2));
    }),
});

const setCommand = defineCommand({
  meta: { name: 'set', description: 'Add a rule segment or change it; its members follow with the next fold' },
  args: { site: siteArgument, file: fileArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const kept = await putRuleSegment(db, site, await checking(db, site, args.file), Date.now());
      if (!kept.ok) throw new CliError(1, `${refusalText(kept.error)}\nNothing was changed.`);
      print(args.json === true, kept.value, lineOf(kept.value));
    }),
});

const checkCommand = defineCommand({
  meta: { name: 'check', description: 'Say whether `set` would take a file; nothing is changed' },
  args: { site: siteArgument, file: fileArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const check = await checking(db, site, args.file);
      const checked = check((await readRuleSegments(db, site.row)).segments);
      if (!checked.ok) {
        if (args.json === true) print(true, { ok: false, ...checked.error }, '');
        throw new CliError(1, refusalText(checked.error));
      }
      print(args.json === true, { ok: true, id: checked.value.id }, `${checked.value.id}: the rule is right.`);
    }),
});

const deleteCommand = defineCommand({
  meta: { name: 'delete', description: 'Delete a rule segment; its members go with the next fold' },
  args: { site: siteArgument, id: idArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const removed = await removeRuleSegment(db, site, args.id, Date.now());
      if (!removed.ok) throw new CliError(1, `${refusalText(removed.error)}\nNothing was changed.`);
      if (!removed.value) throw new CliError(1, `${site.id} has no rule segment "${args.id}".`);
      print(args.json === true, { site: site.id, deleted: args.id }, `Deleted ${args.id}.`);
    }),
});

/** The command. */
export const segmentsCommand = defineCommand({
  meta: { name: 'segments', description: 'Rule segments: who is in one is said by a rule in JSON' },
  subCommands: { list: listCommand, show: showCommand, set: setCommand, check: checkCommand, delete: deleteCommand },
});
