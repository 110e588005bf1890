// cli/commands/policy.ts: `hushtag policy`: what a site decided about consent and scrubbing, version by version.
import { defineCommand } from 'citty';
import type { EpochMs, PolicyPreset, WithoutConsent } from '../../contract/index.ts';
import { bitsOf, DAY_MS, POLICIES, PURPOSES, purposesOf } from '../../contract/index.ts';
import type { PolicyRefusal, SitePolicy } from '../../core/index.ts';
import { checkSitePolicy, policyChanges, presetPolicy, SCRUB_RULES } from '../../core/index.ts';
import { previewLines } from '../../edge/index.ts';
import { readPolicyHistory, readTreated, setPolicy } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';

const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const json = { type: 'boolean', description: 'Print one line of JSON' } as const;

const REFUSALS: Readonly<Record<PolicyRefusal, string>> = {
  looser_than_preset: 'A site may make its preset stricter (day, count, drop), never looser: choose another --preset',
  unknown_value: `--unknown and --refused take day, count or drop; --asks takes cross_border, sensitive, publication; --properties and --titles take ${SCRUB_RULES.join(', ')}`,
  malformed_calling_code: '--calling-code takes 1 to 3 digits, such as 44',
  too_many_entries: 'A list has at most 50 entries',
  malformed_entry: 'An entry has 1 to 100 characters; a query parameter letters, digits, "_", "-" and "." alone',
  personal_query: 'Click ids and parameters that name a person are kept under no policy',
};

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const valueText = (value: SitePolicy[keyof SitePolicy], name: string): string => {
  if (name === 'purposes' || name === 'asks') return purposesOf(Number(value)).join(', ') || 'none';
  if (typeof value === 'boolean') return value ? 'kept' : 'not kept';
  return (typeof value === 'object' ? value.join(', ') : String(value)) || 'none';
};

const FIELDS: Readonly<Record<keyof SitePolicy, string>> = {
  preset: 'preset',
  unknown: 'visitors not asked',
  refused: 'visitors who refused',
  purposes: 'purposes relied on',
  asks: 'separate consents asked',
  channelData: 'referrer and campaign',
  callingCode: 'country of phone numbers',
  query: 'query parameters kept',
  properties: 'personal properties',
  allowedProperties: 'properties on the list',
  titles: 'personal titles',
  allowedTitles: 'titles on the list',
};

const policyText = (policy: SitePolicy): string =>
  (Object.keys(FIELDS) as (keyof SitePolicy)[])
    .map((name) => `  ${FIELDS[name].padEnd(26)}${valueText(policy[name], name)}`)
    .join('\n');

const shown = ({ purposes, asks, ...policy }: SitePolicy): object => ({
  ...policy,
  purposes: purposesOf(purposes),
  asks: purposesOf(asks),
});

interface Given {
  readonly preset?: string | undefined;
  readonly unknown?: string | undefined;
  readonly refused?: string | undefined;
  readonly purposes?: string | undefined;
  readonly asks?: string | undefined;
  readonly channel?: string | undefined;
  readonly 'calling-code'?: string | undefined;
  readonly query?: string | undefined;
  readonly properties?: string | undefined;
  readonly 'allow-properties'?: string | undefined;
  readonly titles?: string | undefined;
  readonly 'allow-titles'?: string | undefined;
}

const isPreset = (text: string): text is PolicyPreset => Object.hasOwn(POLICIES, text);

function channelOf(text: string | undefined): { readonly channelData?: boolean } {
  if (text === undefined) return {};
  if (text !== 'keep' && text !== 'drop') throw new CliError(2, '--channel takes keep or drop');
  return { channelData: text === 'keep' };
}

function purposesFrom<Name extends 'purposes' | 'asks'>(
  name: Name,
  text: string | undefined,
): { [N in Name]?: number } {
  if (text === undefined) return {};
  const words = listOf(text);
  const known = PURPOSES.filter((purpose) => words.includes(purpose));
  if (known.length !== words.length) throw new CliError(2, `--${name} takes ${PURPOSES.join(', ')}`);
  return { [name]: bitsOf(known) } as { [N in Name]?: number };
}

/** The policy that the options make of the one in force. A preset that is given replaces what was stricter than the last. */
export function policyFrom(held: SitePolicy, given: Given): SitePolicy {
  const { preset } = given;
  if (preset !== undefined && !isPreset(preset)) {
    throw new CliError(2, `--preset must be one of ${Object.keys(POLICIES).join(', ')}`);
  }
  const base = preset === undefined ? held : { ...held, ...POLICIES[preset], asks: held.asks };
  const policy = checkSitePolicy({
    ...base,
    unknown: (given.unknown ?? base.unknown) as WithoutConsent,
    refused: (given.refused ?? base.refused) as WithoutConsent,
    callingCode: given['calling-code'] ?? base.callingCode,
    query: given.query === undefined ? base.query : listOf(given.query),
    properties: (given.properties ?? base.properties) as SitePolicy['properties'],
    allowedProperties:
      given['allow-properties'] === undefined ? base.allowedProperties : listOf(given['allow-properties']),
    titles: (given.titles ?? base.titles) as SitePolicy['titles'],
    allowedTitles: given['allow-titles'] === undefined ? base.allowedTitles : listOf(given['allow-titles']),
    ...purposesFrom('purposes', given.purposes),
    ...purposesFrom('asks', given.asks),
    ...channelOf(given.channel),
  });
  if (!policy.ok) throw new CliError(2, REFUSALS[policy.error]);
  return policy.value;
}

const setCommand = defineCommand({
  meta: {
    name: 'set',
    description: 'Change a policy: the next version, in force within seconds; shows what it would have done',
  },
  args: {
    site: siteArgument,
    preset: { type: 'string', description: 'strict, standard or exempt' },
    unknown: { type: 'string', description: 'Events of visitors not asked: day, count or drop' },
    refused: { type: 'string', description: 'Events of visitors who refused: count or drop' },
    purposes: { type: 'string', description: `Purposes relied on, comma-separated: ${PURPOSES.join(', ')}` },
    asks: {
      type: 'string',
      description: "Separate consents asked for: cross_border, sensitive, publication; '' for none",
    },
    channel: { type: 'string', description: 'Referrer and campaign: keep or drop' },
    'calling-code': { type: 'string', description: "The site's country for phone numbers, such as 44; '' for none" },
    query: { type: 'string', description: "Query parameters kept beside utm_*, comma-separated; '' for none" },
    properties: { type: 'string', description: `Properties that look personal: ${SCRUB_RULES.join(', ')}` },
    'allow-properties': { type: 'string', description: 'Names that allow-list keeps, comma-separated' },
    titles: { type: 'string', description: `Titles that look personal: ${SCRUB_RULES.join(', ')}` },
    'allow-titles': { type: 'string', description: 'Titles that allow-list keeps, comma-separated' },
    preview: { type: 'boolean', description: 'Only show what the change would have done yesterday' },
    json,
  },
  run: async ({ args }) => {
    const done = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const policy = policyFrom(site.policy, args);
      const changed = policyChanges(site.policy, policy);
      const now = Date.now() as EpochMs;
      const yesterday = Math.floor(now / DAY_MS) - 1;
      const preview = previewLines(site.policy, policy, await readTreated(db, site.row, yesterday));
      const isSet = args.preview !== true && changed.length > 0;
      const version = isSet ? await setPolicy(db, site, policy, now) : site.policyVersion;
      if (version === 'changed_meanwhile')
        throw new CliError(1, 'Somebody else changed this policy just now; look at it, then try again.');
      return { site: site.id, version, isSet, changed, policy: shown(policy), preview, text: policyText(policy) };
    });
    const { text, ...value } = done;
    const head =
      done.changed.length === 0
        ? `${done.site} stays at version ${done.version}: nothing differs.`
        : done.isSet
          ? `${done.site} has version ${done.version} of its policy:`
          : `${done.site} stays at version ${done.version}. It would become:`;
    print(args.json === true, value, `${head}\n${text}\n${done.preview.join('\n')}`);
  },
});

const showCommand = defineCommand({
  meta: { name: 'show', description: 'Show the policy in force' },
  args: { site: siteArgument, json },
  run: async ({ args }) => {
    const { id, policy, policyVersion } = await withDb(requireConfig(), (db) => requireSite(db, args.site));
    const value = { site: id, version: policyVersion, policy: shown(policy) };
    print(args.json === true, value, `${id}, version ${policyVersion}:\n${policyText(policy)}`);
  },
});

const historyCommand = defineCommand({
  meta: { name: 'history', description: 'Show every version, and what changed with it' },
  args: { site: siteArgument, json },
  run: async ({ args }) => {
    const versions = await withDb(requireConfig(), async (db) =>
      readPolicyHistory(db, (await requireSite(db, args.site)).row),
    );
    const lines = versions.map(({ version, setAt, policy }, nth) => {
      const before = versions[nth - 1]?.policy ?? presetPolicy(policy.preset);
      const changes = policyChanges(before, policy) as (keyof SitePolicy)[];
      const said = changes.map((name) => `${FIELDS[name]}: ${valueText(policy[name], name)}`).join('; ');
      return `${version}  ${new Date(setAt).toISOString()}  ${said || `preset: ${policy.preset}`}`;
    });
    print(
      args.json === true,
      versions.map((one) => ({ ...one, policy: shown(one.policy) })),
      lines.join('\n'),
    );
  },
});

/** The command. */
export const policyCommand = defineCommand({
  meta: { name: 'policy', description: 'What a site decided about consent and scrubbing, version by version' },
  subCommands: { show: showCommand, set: setCommand, history: historyCommand },
});
