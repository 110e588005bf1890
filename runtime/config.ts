// runtime/config.ts: reads the environment once, at start, and reports every problem of it together.
import { isAbsolute, relative, resolve } from 'node:path';
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { InnerOrigins } from '../core/index.ts';
import type { Limits, OidcSettings } from '../edge/index.ts';
import { isMetricsToken, METRICS_TOKEN_PROBLEM } from './metrics-token.ts';
import { DEFAULT_LIMITS } from './default-limits.ts';
import { readOutside } from './outside-settings.ts';
import { LOG_BYTES } from '../store/open.node.ts';

/** How a Node server is set up. Paths are absolute. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly keyDir: string;
  /** Proxies in front that append to X-Forwarded-For; 0 where clients connect directly. */
  readonly trustedProxies: number;
  /** Minutes between runs of the segmenter; 0 where it is run by hand. */
  readonly segmentMinutes: number;
  /** Whether profiles and rule segments follow each commit within a second; where not, each run of the segmenter. */
  readonly liveFold?: boolean;
  /** Length that ground.db's log is given at the start, bytes; where absent it grows as it is used. */
  readonly logBytes?: number;
  readonly limits: Limits;
  /** A file of networks whose traffic counts as bots', one a line. */
  readonly botNetworksFile?: string;
  /** An MMDB file that says in which country and region a network lies. */
  readonly geoFile?: string;
  /** What `GET /metrics` asks for as a bearer token. */
  readonly metricsToken?: string;
  /** A folder apart from data and keys that checkpoints of the audit log and tombstones are kept in too. */
  readonly secondDir?: string;
  /** Where backups go; beside the data folder, its name with `-backups`, where absent. */
  readonly backupDir?: string;
  /** Days a backup is kept: longer, it would hold what retention removed. 30 where absent, 0 keeps all. */
  readonly backupDays?: number;
  /** Origins of the operator's own network that this server may call. */
  readonly innerOrigins?: InnerOrigins;
  /** The origin that browsers reach this server at. */
  readonly publicUrl?: string;
  /** Where a collector of OpenTelemetry takes traces; none are made where absent. */
  readonly tracesUrl?: string;
  /** How people log in by a provider. */
  readonly oidc?: OidcSettings;
  /** A libSQL server instead of the files, for the commands that prepare a Worker's database. */
  readonly remote?: { readonly url: string; readonly authToken?: string };
  /** The Worker's master secret in base64, in place of the key folder: with it the commands act as the Worker does. */
  readonly masterKey?: string;
}

const RATE_MAX = 1_000_000;
const PORT_MAX = 65_535;
const TRUSTED_PROXIES_MAX = 10;
const SEGMENT_MINUTES_MAX = 10_080;
/** Days a backup is kept unless said otherwise. */
export const BACKUP_DAYS = 30;
const BACKUP_DAYS_MAX = 3_650;

type Environment = Readonly<Record<string, string | undefined>>;

function wholeNumber(env: Environment, name: string, fallback: number, max: number, problems: string[]): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  problems.push(`${name} must be a whole number from 0 to ${max}`);
  return fallback;
}

function rate(env: Environment, name: string, fallback: number, problems: string[]): number {
  const value = wholeNumber(env, name, fallback, RATE_MAX, problems);
  if (value >= 1) return value;
  problems.push(`${name} must be at least 1`);
  return fallback;
}

/** Whether a path is another one or lies in it. */
export const isInside = (inner: string, outer: string): boolean => {
  const path = relative(outer, inner);
  return path === '' || (!path.startsWith('..') && !isAbsolute(path));
};

/** Where everything lies: data, keys and backups apart from each other. */
function readFolders(
  env: Environment,
  cwd: string,
  problems: string[],
): Pick<Config, 'dataDir' | 'keyDir' | 'backupDir' | 'secondDir'> {
  const dataDir = resolve(cwd, env['HUSHTAG_DATA_DIR'] || 'data');
  const keyDir = resolve(cwd, env['HUSHTAG_KEY_DIR'] || `${dataDir}-keys`);
  if (isInside(keyDir, dataDir)) {
    problems.push('HUSHTAG_KEY_DIR must lie outside HUSHTAG_DATA_DIR, so that no backup of the data holds the keys');
  }
  if (isInside(dataDir, keyDir)) problems.push('HUSHTAG_DATA_DIR must lie outside HUSHTAG_KEY_DIR');
  const secondDir = env['HUSHTAG_SECOND_DIR'] ? resolve(cwd, env['HUSHTAG_SECOND_DIR']) : undefined;
  if (
    secondDir !== undefined &&
    [dataDir, keyDir].some((one) => isInside(secondDir, one) || isInside(one, secondDir))
  ) {
    problems.push('HUSHTAG_SECOND_DIR must lie apart from the data and key folders, best on another disk or machine');
  }
  const backupDir = resolve(cwd, env['HUSHTAG_BACKUP_DIR'] || `${dataDir}-backups`);
  if ([dataDir, keyDir].some((one) => isInside(backupDir, one) || isInside(one, backupDir))) {
    problems.push('HUSHTAG_BACKUP_DIR must lie apart from the data and key folders, best on another disk');
  }
  return { dataDir, keyDir, backupDir, ...(secondDir === undefined ? {} : { secondDir }) };
}

/** Reads a configuration; `cwd` is what relative paths start from. */
export function readConfig(env: Environment, cwd: string): Result<Config, readonly string[]> {
  const problems: string[] = [];
  const port = wholeNumber(env, 'PORT', 8_787, PORT_MAX, problems);
  const trustedProxies = wholeNumber(env, 'HUSHTAG_TRUSTED_PROXIES', 0, TRUSTED_PROXIES_MAX, problems);
  const segmentMinutes = wholeNumber(env, 'HUSHTAG_SEGMENT_MINUTES', 60, SEGMENT_MINUTES_MAX, problems);
  const limits = {
    siteEventsPerSecond: rate(env, 'HUSHTAG_SITE_EVENTS_PER_SECOND', DEFAULT_LIMITS.siteEventsPerSecond, problems),
    addressEventsPerSecond: rate(
      env,
      'HUSHTAG_ADDRESS_EVENTS_PER_SECOND',
      DEFAULT_LIMITS.addressEventsPerSecond,
      problems,
    ),
  };
  const folders = readFolders(env, cwd, problems);
  const backupDays = wholeNumber(env, 'HUSHTAG_BACKUP_DAYS', BACKUP_DAYS, BACKUP_DAYS_MAX, problems);
  const live = env['HUSHTAG_LIVE'] || 'on';
  if (live !== 'on' && live !== 'off') problems.push('HUSHTAG_LIVE must be on or off');
  const url = env['HUSHTAG_DATABASE_URL'];
  const authToken = env['HUSHTAG_DATABASE_TOKEN'];
  if (url && !/^(?:https?|libsql):\/\//.test(url))
    problems.push('HUSHTAG_DATABASE_URL must start with https://, http:// or libsql://');
  const masterKey = env['HUSHTAG_MASTER_KEY'];
  if (masterKey && !/^[A-Za-z0-9+/]{43}=$/.test(masterKey))
    problems.push('HUSHTAG_MASTER_KEY must be 32 bytes in base64');
  if (url && !masterKey)
    problems.push('HUSHTAG_DATABASE_URL needs HUSHTAG_MASTER_KEY, the secret of the Worker that uses this database');
  const metricsToken = env['HUSHTAG_METRICS_TOKEN'];
  if (metricsToken && !isMetricsToken(metricsToken)) problems.push(METRICS_TOKEN_PROBLEM);
  const outside = readOutside(env);
  if (!outside.ok) problems.push(...outside.error);
  if (problems.length > 0 || !outside.ok) return err(problems);
  const remote = url ? { remote: authToken ? { url, authToken } : { url } } : {};
  return ok({
    port,
    host: env['HUSHTAG_HOST'] || '127.0.0.1',
    ...folders,
    trustedProxies,
    segmentMinutes,
    liveFold: live === 'on',
    logBytes: LOG_BYTES,
    limits,
    backupDays,
    ...(env['HUSHTAG_BOT_NETWORKS'] ? { botNetworksFile: resolve(cwd, env['HUSHTAG_BOT_NETWORKS']) } : {}),
    ...(env['HUSHTAG_GEO_FILE'] ? { geoFile: resolve(cwd, env['HUSHTAG_GEO_FILE']) } : {}),
    ...(metricsToken ? { metricsToken } : {}),
    ...outside.value,
    ...remote,
    ...(masterKey ? { masterKey } : {}),
  });
}
