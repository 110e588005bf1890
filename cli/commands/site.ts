// cli/commands/site.ts: `hushtag site`: adds and lists sites; what is changed of one later is site-settings.ts.
import { defineCommand } from 'citty';
import type { PolicyPreset } from '../../contract/index.ts';
import { POLICIES } from '../../contract/index.ts';
import { EXEMPT_RETENTION, FLOOR_MIN } from '../../core/index.ts';
import type { Config } from '../../runtime/index.ts';
import { addSite, listSites } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSiteId, withDb } from '../context.ts';
import { floorCommand, originsCommand, readFloor, readOrigins } from './site-settings.ts';

/** The floor of DESIGN for numbers that are shown. */
const FLOOR_DEFAULT = '50';

const EXEMPT_LIMITS = `Events are kept ${EXEMPT_RETENTION.events} days, as the exemption asks; no profiles and no segments are made.`;
const noLimits = (id: string): string =>
  `Nothing limits yet how long its events are kept: set that with\n  hushtag retention set ${id} --preset cnil`;

const isPreset = (text: string): text is PolicyPreset => Object.hasOwn(POLICIES, text);

/** The script tag of a site. The tag decides before it sends, so it must know the policy too. */
export const snippet = (site: string, policy: PolicyPreset, collector: string): string =>
  `<script async src="${collector}/tag.full.js" data-site="${site}"${policy === 'standard' ? '' : ` data-policy="${policy}"`}></script>`;

const PLACEHOLDER = 'https://YOUR-COLLECTOR';
const isHere = (origin: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\]|.*\.localhost)$/.test(new URL(origin).hostname);

/** Where the site's pages reach the collector, as far as it is known: as set, or on this machine for pages of this machine. */
function collectorOf({ publicUrl, remote, port }: Config, origins: readonly string[]): string {
  if (publicUrl !== undefined) return publicUrl;
  return remote === undefined && origins.every(isHere) ? `http://127.0.0.1:${port}` : PLACEHOLDER;
}

const aboutPlaceholder = (collector: string, { port }: Config): string =>
  collector === PLACEHOLDER
    ? `\nPut for YOUR-COLLECTOR the address under which those pages reach the server (here it is http://127.0.0.1:${port}); with HUSHTAG_PUBLIC_URL set, this command knows it.`
    : '';

const addCommand = defineCommand({
  meta: { name: 'add', description: 'Add a site' },
  args: {
    name: { type: 'positional', required: true, description: 'Lower-case name, such as shop' },
    origin: { type: 'string', required: true, description: 'Origins its pages are served from, comma-separated' },
    policy: { type: 'string', default: 'standard', description: 'Consent policy: strict, standard or exempt' },
    floor: { type: 'string', default: FLOOR_DEFAULT, description: `Smallest number shown, at least ${FLOOR_MIN}` },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const id = requireSiteId(args.name);
    const origins = readOrigins(args.origin);
    const { policy } = args;
    if (!isPreset(policy)) throw new CliError(2, `--policy must be one of ${Object.keys(POLICIES).join(', ')}`);
    const floor = readFloor(args.floor);
    const config = requireConfig();
    const outcome = await withDb(config, (db) => addSite(db, { id, origins, policy, floor, at: Date.now() }));
    if (outcome === 'exists') throw new CliError(1, `There is a site "${id}" already; nothing was changed.`);
    const collector = collectorOf(config, origins);
    const tag = snippet(id, policy, collector);
    print(
      args.json === true,
      { site: id, origins, policy, floor, snippet: tag },
      `Added ${id}. Paste this into its pages:\n  ${tag}${aboutPlaceholder(collector, config)}\n${policy === 'exempt' ? EXEMPT_LIMITS : noLimits(id)}`,
    );
  },
});

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List the sites' },
  args: { json: { type: 'boolean', description: 'Print one line of JSON' } },
  run: async ({ args }) => {
    const sites = await withDb(requireConfig(), (db) => listSites(db));
    const shown = sites.map(({ id, origins, policy, floor }) => ({ site: id, origins, policy: policy.preset, floor }));
    const lines = shown.map(
      ({ site, origins, policy, floor }) => `${site}  ${origins.join(' ')}  policy ${policy}, floor ${floor}`,
    );
    print(
      args.json === true,
      shown,
      lines.join('\n') || 'There are no sites yet: add one with `npx hushtag site add`.',
    );
  },
});

/** The command. */
export const siteCommand = defineCommand({
  meta: { name: 'site', description: 'Add and list sites, and change where their pages are' },
  subCommands: { add: addCommand, list: listCommand, origins: originsCommand, floor: floorCommand },
});
