// cli/commands/backup.ts: `hushtag backup` and `hushtag restore`.
import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import type { Backup, Config, Restored } from '../../runtime/index.ts';
import { backUp, backupFolder, BackupError, listBackups, restoreBackup, verifyBackup } from '../../runtime/index.ts';
import { CliError, print, requireConfig } from '../context.ts';

const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const MEGABYTE = 1_048_576;

const inWords = ({ folder, madeAt, bytes, figures }: Backup): string =>
  `${folder}  ${new Date(madeAt).toISOString().slice(0, 16).replace('T', ' ')} UTC, ${figures.events} events, ${figures.sites} sites, ${(bytes / MEGABYTE).toFixed(1)} MB`;

function requireFiles(): Config {
  const config = requireConfig();
  if (config.remote === undefined) return config;
  throw new CliError(
    2,
    'HUSHTAG_DATABASE_URL is set: a libSQL server is backed up by who runs it. This command is for the files of a data folder.',
  );
}

/** What is wrong with a backup is said as any failure of a command. */
async function saying<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (fault) {
    if (fault instanceof BackupError) throw new CliError(1, fault.message);
    throw fault;
  }
}

/** `hushtag backup`. */
export const backupCommand = defineCommand({
  meta: { name: 'backup', description: 'Copy ground.db while the server goes on, checked, without keys' },
  args: {
    out: { type: 'string', description: 'The folder backups go to, each as a folder; HUSHTAG_BACKUP_DIR unless given' },
    list: { type: 'boolean', description: 'List the backups there are and take none' },
    verify: { type: 'string', description: 'Prove that this backup is whole and as it was written; take none' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const json = args.json === true;
    if (args.verify !== undefined) {
      const sound = await saying(verifyBackup(resolve(args.verify)));
      print(json, sound, `Whole: ${inWords(sound)}`);
      return;
    }
    const config = requireFiles();
    if (args.list === true) {
      const backups = await listBackups(config);
      print(json, backups, backups.map(inWords).join('\n') || `No backups in ${backupFolder(config)}.`);
      return;
    }
    const out = args.out === undefined ? undefined : resolve(args.out);
    const { backup, removed } = await saying(backUp(config, Date.now, out));
    const old = removed === 0 ? '' : `\nRemoved ${removed} past HUSHTAG_BACKUP_DAYS.`;
    print(
      json,
      { ...backup, removed },
      `${inWords(backup)}${old}\nIt holds no keys: keep a copy of ${config.keyDir} somewhere else, or lose who returns when this machine is lost.`,
    );
  },
});

const ACCESS_ENDED =
  'Tokens, sessions and logins by a provider from before are refused: the backup does not know which were taken back since. Log in with `npx hushtag login-code`, look who may log in, set addresses again, make tokens anew.';
const ACCESS_KEPT = 'Tokens and people are as the backup has them: take back again what was taken back since.';

const toldWords = ({ backup, erasuresToldBy, secondPlaceAt }: Restored): string => {
  const since = new Date(backup.madeAt).toISOString();
  if (erasuresToldBy.length === 0)
    return `WARNING: nothing told who was erased, objected or withdrew since ${since}: whoever did is back. Answer their requests again before this data is used.`;
  const written =
    secondPlaceAt === undefined
      ? ''
      : `, written as a whole ${new Date(secondPlaceAt).toISOString()} and by each request since`;
  return `Who was erased, objected or withdrew since ${since} was told by ${erasuresToldBy.join(' and ')}${written}.`;
};

function restoredWords(told: Restored): string {
  const { backup, events, erasedAgain, purged, saltsWithoutKey, accessEnded } = told;
  const keys =
    saltsWithoutKey === 0
      ? ''
      : `\n${saltsWithoutKey} salts have no key in the key folder: visitors who return are new visitors, and tokens may have to be made anew.`;
  return `Restored the backup of ${new Date(backup.madeAt).toISOString()}: ${events} events. ${erasedAgain} events of erased visitors and ${purged} past their limit were removed again.${keys}\n${toldWords(told)} ${accessEnded ? ACCESS_ENDED : ACCESS_KEPT} Profiles and segments are made anew by \`npx hushtag segment\` or the running server.`;
}

/** `hushtag restore`. */
export const restoreCommand = defineCommand({
  meta: {
    name: 'restore',
    description: 'Put a backup into an empty data folder, without whom erasures and retention removed since',
  },
  args: {
    folder: { type: 'positional', required: true, description: 'A folder that `hushtag backup` wrote' },
    erased: {
      type: 'string',
      description:
        'A file of `hushtag erasure tombstones` that is newer than the backup, or a folder of a second place',
    },
    'accept-lost-erasures': {
      type: 'boolean',
      description: 'Restore though nothing tells who was erased, objected or withdrew since: they are back then',
    },
    'keep-access': {
      type: 'boolean',
      description:
        'Keep tokens, sessions and logins as the backup has them, though some may have been taken back since',
    },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const config = requireFiles();
    const now = (): EpochMs => Date.now() as EpochMs;
    const access = {
      now,
      keepsAccess: args['keep-access'] === true,
      acceptsLostErasures: args['accept-lost-erasures'] === true,
    };
    const options = args.erased === undefined ? access : { ...access, erased: resolve(args.erased) };
    const restored = await saying(restoreBackup(config, resolve(args.folder), options));
    print(args.json === true, restored, restoredWords(restored));
  },
});
