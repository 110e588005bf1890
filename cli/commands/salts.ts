// cli/commands/salts.ts: `hushtag salts`: which salts live, and a new long one before its time.
import Table from 'cli-table3';
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import { ROTATION_OVERLAP_MS, ROTATION_OVERLAP_MS_MAX } from '../../core/index.ts';
import { rotateLongSalt } from '../../edge/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import { readHeldSalts, readSalts } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { NO_COLOURS } from '../tables.ts';

const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const time = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

const showCommand = defineCommand({
  meta: { name: 'show', description: 'Show the salts that live, and until when' },
  args: { json: jsonFlag },
  run: async ({ args }) => {
    const config = requireConfig();
    const keys = await configuredKeys(config);
    const shown = await withDb(config, async (db) => {
      const salts = await readSalts(db);
      return Promise.all(
        salts.map(async ({ site, use, opensAt, destroyAt, kekId }) => ({
          site,
          use,
          opensAt,
          destroyAt,
          hasKey: (await keys.read(kekId)) !== undefined,
        })),
      );
    });
    const table = new Table({
      head: ['Site', 'Salt', 'From (UTC)', 'Destroyed after', 'Key'],
      style: NO_COLOURS,
    });
    table.push(
      ...shown.map(({ site, use, opensAt, destroyAt, hasKey }) => [
        site,
        use,
        time(opensAt),
        time(destroyAt),
        hasKey ? 'there' : 'MISSING',
      ]),
    );
    print(args.json === true, shown, table.toString());
  },
});

const listCommand = defineCommand({
  meta: {
    name: 'list',
    description: 'List every salt a site ever had: live or destroyed, when, and which audit entry proves it',
  },
  args: { site: { type: 'positional', required: true, description: 'The site' }, json: jsonFlag },
  run: async ({ args }) => {
    const config = requireConfig();
    const keys = await configuredKeys(config);
    const shown = await withDb(config, async (db) => {
      const salts = await readHeldSalts(db, await requireSite(db, args.site), 0, Date.now() + DAY_MS);
      return Promise.all(
        salts.map(async ({ kekId, ...salt }) => {
          const isAlive = kekId !== undefined && (await keys.read(kekId)) !== undefined;
          return { ...salt, state: isAlive ? 'live' : salt.destroyedAt === undefined ? 'key_missing' : 'destroyed' };
        }),
      );
    });
    const table = new Table({ head: ['Salt', 'From (UTC)', 'State', 'Destroyed (UTC)', 'Proof'], style: NO_COLOURS });
    table.push(
      ...shown.map(({ use, opensAt, state, destroyedAt, provenBy }) => [
        use,
        time(opensAt),
        state.replace('_', ' '),
        destroyedAt === undefined ? '' : time(destroyedAt),
        provenBy === undefined ? '' : `audit entry ${provenBy}`,
      ]),
    );
    const proof = shown.some(({ provenBy }) => provenBy !== undefined)
      ? '\nEntries are in `npx hushtag audit export`, which `hushtag audit verify` checks anywhere. A destroyed salt has neither row nor key.'
      : '';
    print(args.json === true, shown, `${table.toString()}${proof}`);
  },
});

function readOverlap(days: string | undefined): number {
  if (days === undefined) return ROTATION_OVERLAP_MS;
  const overlapMs = Number(days) * DAY_MS;
  if (!/^\d+$/.test(days) || overlapMs > ROTATION_OVERLAP_MS_MAX)
    throw new CliError(2, `--overlap-days takes a whole number from 0 to ${ROTATION_OVERLAP_MS_MAX / DAY_MS}`);
  return overlapMs;
}

const NOT_ROTATED = {
  no_salt: 'This site has no long salt yet: it is made with the first visitor who agrees.',
  following: 'One is following already. Rotate again when the older one is destroyed: `npx hushtag salts show`.',
} as const;

const rotateCommand = defineCommand({
  meta: {
    name: 'rotate',
    description: 'Give a site a new long salt; the one before it lives on for returning visitors',
  },
  args: {
    site: { type: 'positional', required: true, description: 'The site' },
    'overlap-days': {
      type: 'string',
      description: `Days the old one lives on, 0 to ${ROTATION_OVERLAP_MS_MAX / DAY_MS}; ${ROTATION_OVERLAP_MS / DAY_MS} where absent`,
    },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const overlapMs = readOverlap(args['overlap-days']);
    const config = requireConfig();
    const keys = await configuredKeys(config);
    const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
    const rotation = await withDb(config, async (db) => {
      const site = await requireSite(db, args.site);
      return rotateLongSalt({ db, keys, randomBytes }, site.row, Date.now() as EpochMs, overlapMs);
    });
    if (rotation.outcome !== 'rotated') throw new CliError(1, NOT_ROTATED[rotation.outcome]);
    const { opensAt, formerUntil } = rotation;
    const said = `The new salt is used from ${time(opensAt)} UTC on. Visitors who return until ${time(formerUntil)} stay known; then the old salt is destroyed.`;
    print(args.json === true, rotation, said);
  },
});

/** The command. */
export const saltsCommand = defineCommand({
  meta: { name: 'salts', description: 'Which salts live and which are destroyed, and a new long one before its time' },
  subCommands: { show: showCommand, list: listCommand, rotate: rotateCommand },
});
