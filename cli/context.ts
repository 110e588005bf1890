// cli/context.ts: what every command shares: configuration, an open database, output, and how a command fails.
import type { Result, SiteId } from '../contract/index.ts';
import { parseSiteId } from '../contract/index.ts';
import type { Config } from '../runtime/index.ts';
import { openData, readConfig } from '../runtime/index.ts';
import type { Db, Site } from '../store/index.ts';
import { findSite } from '../store/index.ts';
import { environmentIn } from './environment-file.ts';
import { ForeignDatabaseError, migrateRemote, NewerDatabaseError, openRemote } from '../store/open.node.ts';

/** Exit codes: 1 the work failed, 2 the call or the configuration is wrong. */
export type ExitCode = 1 | 2;

/** Ends a command with a message for the operator and an exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Reads the configuration: the environment, over the file `hushtag.env` of the working directory. */
export const readEnvironment = (): Result<Config, readonly string[]> =>
  readConfig(environmentIn(process.cwd(), process.env), process.cwd());

/** Reads the configuration or fails with every problem of it. */
export function requireConfig(): Config {
  const config = readEnvironment();
  if (!config.ok)
    throw new CliError(2, `The configuration has problems:\n${config.error.map((one) => `  - ${one}`).join('\n')}`);
  return config.value;
}

/** Opens the database of the configuration at the newest schema, hands it over and closes it. */
export async function withDb<T>(config: Config, use: (db: Db) => Promise<T>): Promise<T> {
  const db = config.remote === undefined ? await openData(config) : openRemote(config.remote);
  try {
    return await use(db);
  } finally {
    db.client.close();
  }
}

/** Brings the configured database to the newest schema. */
export async function migrateConfigured(config: Config, migrationsFolder: string): Promise<void> {
  if (config.remote === undefined) {
    const db = await openData(config);
    db.client.close();
    return;
  }
  try {
    await migrateRemote(config.remote, migrationsFolder);
  } catch (fault) {
    if (fault instanceof NewerDatabaseError || fault instanceof ForeignDatabaseError)
      throw new CliError(1, fault.message);
    throw fault;
  }
}

/** Reads a site id typed by a person. */
export function requireSiteId(text: string): SiteId {
  const id = parseSiteId(text);
  if (!id.ok) throw new CliError(2, `"${text}" is no site name: use 1 to 63 lower-case letters, digits and hyphens`);
  return id.value;
}

/** Finds a site or fails with how to add it. */
export async function requireSite(db: Db, text: string): Promise<Site> {
  const id = requireSiteId(text);
  const site = await findSite(db, id);
  if (site === undefined)
    throw new CliError(1, `There is no site "${id}": add it with \`npx hushtag site add ${id} --origin https://…\``);
  return site;
}

/** Prints a result: JSON on one line with `--json`, else the text. */
export function print(json: boolean, value: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
}
