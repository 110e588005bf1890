// cli/init/set-up.ts: writes what `hushtag init` was told: folders, keys, database, site, configuration, snippet. Overwrites nothing.
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '../../contract/index.ts';
import { RETENTION_PRESETS } from '../../core/index.ts';
import { readTokenKeys } from '../../edge/index.ts';
import type { Config } from '../../runtime/index.ts';
import { configuredKeys, openData, readConfig } from '../../runtime/index.ts';
import { addSite, findSite, setRetention } from '../../store/index.ts';
import { snippet } from '../commands/site.ts';
import { CliError } from '../context.ts';
import { ENVIRONMENT_FILE, environmentLine } from '../environment-file.ts';
import type { InitChoices } from './choices.ts';
import type { IgnoredByGit } from './keep-from-git.ts';
import { keepFromGit } from './keep-from-git.ts';

/** The file that holds the script tag. */
export const SNIPPET_FILE = 'hushtag-snippet.html';
/** The floor of numbers that are shown, as `site add` sets it. */
const FLOOR = 50;

/** What was made. Paths are absolute. */
export interface SetUp {
  readonly site: string;
  readonly environmentFile: string;
  readonly snippetFile: string;
  readonly dataDir: string;
  readonly keyDir: string;
  readonly snippet: string;
  /** What was added to a repository's `.gitignore`; absent where nothing had to be. */
  readonly ignored?: IgnoredByGit;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

function configOf(choices: InitChoices, folder: string): Config {
  const env = {
    PORT: String(choices.port),
    HUSHTAG_DATA_DIR: choices.dataDir,
    HUSHTAG_KEY_DIR: choices.keyDir,
    HUSHTAG_TRUSTED_PROXIES: String(choices.trustedProxies),
  };
  const config = readConfig(env, folder);
  if (config.ok) return config.value;
  throw new CliError(2, `That can not be a configuration:\n${config.error.map((one) => `  - ${one}`).join('\n')}`);
}

/** Known to everything that must name it, where it is an address that may be: https, or this machine. */
const publicLines = (collector: string): readonly string[] =>
  collector.startsWith('https:')
    ? ['# Where browsers reach this server.', environmentLine('HUSHTAG_PUBLIC_URL', collector)]
    : [];

const environmentText = ({ port, dataDir, keyDir, trustedProxies, collector }: InitChoices): string =>
  `${[
    '# Read by hushtag when it runs in this folder; a variable that is set wins over its line here.',
    '# Every variable there is: docs/configuration.md',
    environmentLine('PORT', String(port)),
    environmentLine('HUSHTAG_DATA_DIR', dataDir),
    '# Never into the same backup as the data: whoever has both can open the live salts.',
    environmentLine('HUSHTAG_KEY_DIR', keyDir),
    '# Proxies in front that append to X-Forwarded-For.',
    environmentLine('HUSHTAG_TRUSTED_PROXIES', String(trustedProxies)),
    ...publicLines(collector),
  ].join('\n')}\n`;

/** Refuses where something would be overwritten, or joined to what is there. */
async function refuseWhatIsThere(folder: string, { dataDir, keyDir }: Config): Promise<void> {
  for (const path of [join(folder, ENVIRONMENT_FILE), join(folder, SNIPPET_FILE), join(dataDir, 'ground.db'), keyDir]) {
    if (await isThere(path))
      throw new CliError(
        1,
        `${path} is there already, and init overwrites nothing: nothing was changed. To add a site to what is there: \`npx hushtag site add\`.`,
      );
  }
}

const OWN_FOLDER = 0o700;

/** A folder of this user's alone; the umask takes no part in it. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: OWN_FOLDER });
  await chmod(path, OWN_FOLDER);
}

/** Makes everything. @throws {CliError} something is there already, or the choices are no configuration. */
export async function setUp(choices: InitChoices, folder: string, now: () => EpochMs): Promise<SetUp> {
  const config = configOf(choices, folder);
  await refuseWhatIsThere(folder, config);
  // First of all: what is not there yet can't have been committed.
  const made = [ENVIRONMENT_FILE, SNIPPET_FILE, `${config.dataDir}/`, `${config.keyDir}/`];
  const ignored = await keepFromGit(folder, made);
  await makeFolder(config.dataDir);
  await makeFolder(config.keyDir);
  const db = await openData(config);
  try {
    const { site: id, origins, policy, retention } = choices;
    await addSite(db, { id, origins, policy, floor: FLOOR, at: now() });
    const site = await findSite(db, id);
    const days = RETENTION_PRESETS[retention];
    if (site === undefined || days === undefined) throw new CliError(1, `The site ${id} could not be added.`);
    await setRetention(db, site, days, now());
    // So that the key folder holds the key that signs tokens before the first of them is asked for.
    const keys = await configuredKeys(config);
    const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
    await readTokenKeys({ db, keys, now, randomBytes });
  } finally {
    db.client.close();
  }
  const tag = snippet(choices.site, choices.policy, choices.collector);
  const [environmentFile, snippetFile] = [join(folder, ENVIRONMENT_FILE), join(folder, SNIPPET_FILE)];
  await writeFile(snippetFile, `${tag}\n`, { flag: 'wx' });
  // Last: where it stands, the rest does.
  await writeFile(environmentFile, environmentText(choices), { flag: 'wx', mode: 0o600 });
  const { dataDir, keyDir } = config;
  const said = ignored === undefined ? {} : { ignored };
  return { site: choices.site, environmentFile, snippetFile, dataDir, keyDir, snippet: tag, ...said };
}
