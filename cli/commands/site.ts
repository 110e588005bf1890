// cli/commands/site.ts: `hushtag site add` and `site list`.
import { defineCommand } from 'citty';
import type { PolicyPreset } from '../../contract/index.ts';
import { POLICIES } from '../../contract/index.ts';
import { checkOrigins, checkSiteFloor, EXEMPT_RETENTION, FLOOR_MIN, ORIGINS_MAX } from '../../core/index.ts';
import { addSite, listSites } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSiteId, withDb } from '../context.ts';

/** The floor of DESIGN for numbers that are shown. */
const FLOOR_DEFAULT = '50';

/** Reads origins as typed, comma-separated; each must be exactly what a browser sends as `Origin`. */
export function readOrigins(text: string): string[] {
  const origins = text.split(',').map((origin) => origin.trim());
  if (origins.length > ORIGINS_MAX) throw new CliError(2, `--origin takes at most ${ORIGINS_MAX} origins`);
  const wrong = origins.find((origin) => !checkOrigins([origin]).ok);
  if (wrong !== undefined) {
    throw new CliError(2, `"${wrong}" is no origin: write scheme and host, such as https://shop.example`);
  }
  return origins;
}

const EXEMPT_LIMITS = `Events are kept ${EXEMPT_RETENTION.events} days, as the exemption asks; no profiles and no segments are made.`;
const noLimits = (id: string): string =>
  `Nothing limits yet how long its events are kept: set that with\n  hushtag retention set ${id} --preset cnil`;

const isPreset = (text: string): text is PolicyPreset => Object.hasOwn(POLICIES, text);

/** The script tag of a site. The tag decides before it sends, so it must know the policy too. */
export const snippet = (site: string, policy: PolicyPreset, collector = 'https://YOUR-COLLECTOR'): string =>
  `<script async src="${collector}/tag.full.js" data-site="${site}"${policy === 'standard' ? '' : ` data-policy="${policy}"`}></script>`;

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
    const floor = /^\d{1,7}$/.test(args.floor) ? Number(args.floor) : Number.NaN;
    if (!checkSiteFloor(floor).ok) throw new CliError(2, `--floor must be a whole number from ${FLOOR_MIN}`);
    const outcome = await withDb(requireConfig(), (db) => addSite(db, { id, origins, policy, floor, at: Date.now() }));
    if (outcome === 'exists') throw new CliError(1, `There is a site "${id}" already; nothing was changed.`);
    print(
      args.json === true,
      { site: id, origins, policy, floor },
      `Added ${id}. Paste this into its pages:\n  ${snippet(id, policy)}\n${policy === 'exempt' ? EXEMPT_LIMITS : noLimits(id)}`,
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
  meta: { name: 'site', description: 'Add and list sites' },
  subCommands: { add: addCommand, list: listCommand },
});
