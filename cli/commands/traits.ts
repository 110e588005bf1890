// cli/commands/traits.ts: `hushtag traits`: the traits that a site defines over its own events.
import { readFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import type { SiteTrait } from '../../core/index.ts';
import { faultCode, parseSiteTraits, SITE_TRAITS_VERSION, traitsIn, unitOf } from '../../core/index.ts';
import { PREDICTED_TRAITS, TRAITS } from '../../segmenter/index.ts';
import { putSiteTraits, readRuleSegments, readSiteTraits } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';

const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const fileArgument = {
  type: 'positional',
  required: true,
  description: 'A JSON file with version and traits (docs/segments.md)',
} as const;
const json = { type: 'boolean', description: 'Print one line of JSON' } as const;

const OURS: ReadonlySet<string> = new Set([...TRAITS, ...PREDICTED_TRAITS].map(({ id }) => id));

/** Reads and checks a file, or fails with every problem of it and where. */
async function requireTraits(path: string): Promise<readonly SiteTrait[]> {
  const text = await readFile(path, 'utf8').catch((fault: unknown) => {
    throw new CliError(2, `${path} can not be read (${faultCode(fault)}).`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (fault) {
    throw new CliError(2, `The file is no JSON: ${fault instanceof Error ? fault.message : 'it can not be read'}.`);
  }
  const parsed = parseSiteTraits(value, OURS);
  if (parsed.ok) return parsed.value;
  const lines = parsed.error.map(({ pointer, detail }) => `  ${pointer || 'the file'}: ${detail}`);
  throw new CliError(1, `${path} does not define traits:\n${lines.join('\n')}`);
}

const lineOf = (trait: SiteTrait): string =>
  `${trait.id.padEnd(24)}  ${unitOf(trait).padEnd(12)}  ${trait.description ?? ''}`.trimEnd();

const showCommand = defineCommand({
  meta: { name: 'show', description: "Show a site's own traits as a file that `set` takes" },
  args: { site: siteArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const kept = await readSiteTraits(db, site.row);
      const file = { version: SITE_TRAITS_VERSION, traits: kept.traits };
      print(args.json === true, { site: site.id, ...kept }, JSON.stringify(file, null, 2));
    }),
});

const setCommand = defineCommand({
  meta: {
    name: 'set',
    description: 'Define the traits of a site, over those it had; the next run folds profiles anew',
  },
  args: { site: siteArgument, file: fileArgument, json },
  run: async ({ args }) => {
    const traits = await requireTraits(args.file);
    await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const known = new Set([...OURS, ...traits.map(({ id }) => id)]);
      const { segments } = await readRuleSegments(db, site.row);
      const speaking = segments.filter(({ rule }) => traitsIn(rule.where).some((id) => !known.has(id)));
      if (speaking.length > 0) {
        const ids = speaking.map(({ id }) => id).join(', ');
        throw new CliError(1, `Segments speak of traits that are left out: ${ids}.\nNothing was changed.`);
      }
      const kept = await putSiteTraits(db, site, traits, { at: Date.now(), by: 'command' });
      const head = `${site.id} has version ${kept.version} of its traits.`;
      print(args.json === true, { site: site.id, ...kept }, [head, ...kept.traits.map(lineOf)].join('\n'));
    });
  },
});

const checkCommand = defineCommand({
  meta: { name: 'check', description: 'Say whether `set` would take a file; needs no database' },
  args: { file: fileArgument, json },
  run: async ({ args }) => {
    const traits = await requireTraits(args.file);
    print(args.json === true, { traits: traits.map(({ id }) => id) }, traits.map(lineOf).join('\n') || 'No traits.');
  },
});

/** The command. */
export const traitsCommand = defineCommand({
  meta: { name: 'traits', description: 'Traits that a site defines over its own events, for rules to speak of' },
  subCommands: { show: showCommand, set: setCommand, check: checkCommand },
});
