// cli/commands/site-settings.ts: `hushtag site origins` and `site floor`: what is changed of a site after it was added.
import { defineCommand } from 'citty';
import { checkOrigins, checkSiteFloor, FLOOR_MIN, ORIGINS_MAX } from '../../core/index.ts';
import { changeSite } from '../../store/index.ts';
import type { SiteSettings } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';

const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const originsArgument = {
  type: 'positional',
  required: true,
  description: 'Origins as a browser sends them, comma-separated, such as https://www.shop.example',
} as const;
const json = { type: 'boolean', description: 'Print one line of JSON' } as const;

/** Reads origins as typed, comma-separated; each must be exactly what a browser sends as `Origin`. @throws {CliError} */
export function readOrigins(text: string): string[] {
  const origins = text.split(',').map((origin) => origin.trim());
  if (origins.length > ORIGINS_MAX) throw new CliError(2, `A site has at most ${ORIGINS_MAX} origins`);
  const wrong = origins.find((origin) => !checkOrigins([origin]).ok);
  if (wrong !== undefined) {
    throw new CliError(2, `"${wrong}" is no origin: write scheme and host, such as https://shop.example`);
  }
  return origins;
}

/** Reads a floor as typed. @throws {CliError} */
export function readFloor(text: string): number {
  const floor = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!checkSiteFloor(floor).ok) throw new CliError(2, `A floor is a whole number from ${FLOOR_MIN}`);
  return floor;
}

interface Args {
  readonly site: string;
  readonly json?: boolean | undefined;
}

/** Changes settings of a site and shows what they are then. */
const change = (args: Args, next: (settings: SiteSettings) => SiteSettings): Promise<void> =>
  withDb(requireConfig(), async (db) => {
    const site = await requireSite(db, args.site);
    const { origins, floor } = await changeSite(db, site, next, { at: Date.now(), by: 'command' });
    print(
      args.json === true,
      { site: site.id, origins, floor },
      `${site.id}  ${origins.join(' ')}  floor ${floor}\nCollectors follow within 5 seconds.`,
    );
  });

const addCommand = defineCommand({
  meta: { name: 'add', description: 'Take events from pages of more origins' },
  args: { site: siteArgument, origins: originsArgument, json },
  run: ({ args }) => {
    const more = readOrigins(args.origins);
    return change(args, ({ origins, floor }) => {
      const all = checkOrigins([...new Set([...origins, ...more])]);
      if (!all.ok) throw new CliError(1, `A site has at most ${ORIGINS_MAX} origins; nothing was changed.`);
      return { origins: all.value, floor };
    });
  },
});

const removeCommand = defineCommand({
  meta: { name: 'remove', description: 'Refuse events from pages of these origins' },
  args: { site: siteArgument, origins: originsArgument, json },
  run: ({ args }) => {
    const gone = readOrigins(args.origins);
    return change(args, ({ origins, floor }) => {
      const unknown = gone.find((one) => !origins.includes(one));
      if (unknown !== undefined) throw new CliError(1, `${unknown} is no origin of this site; nothing was changed.`);
      const left = origins.filter((one) => !gone.includes(one));
      if (left.length === 0) throw new CliError(1, 'A site has at least one origin; nothing was changed.');
      return { origins: left, floor };
    });
  },
});

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List the origins that events are taken from' },
  args: { site: siteArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const { id, origins } = await requireSite(db, args.site);
      print(args.json === true, { site: id, origins }, origins.join('\n'));
    }),
});

/** `hushtag site origins`. */
export const originsCommand = defineCommand({
  meta: { name: 'origins', description: 'Which origins events are taken from' },
  subCommands: { add: addCommand, remove: removeCommand, list: listCommand },
});

/** `hushtag site floor`. */
export const floorCommand = defineCommand({
  meta: { name: 'floor', description: 'Set the smallest number that is shown of a site' },
  args: {
    site: siteArgument,
    floor: { type: 'positional', required: true, description: `A whole number from ${FLOOR_MIN}` },
    json,
  },
  run: ({ args }) => {
    const floor = readFloor(args.floor);
    return change(args, ({ origins }) => ({ origins, floor }));
  },
});
