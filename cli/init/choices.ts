// cli/init/choices.ts: what `hushtag init` must know before it writes anything, checked the same whether typed or answered.
import type { PolicyPreset, SiteId } from '../../contract/index.ts';
import { POLICIES } from '../../contract/index.ts';
import { RETENTION_PRESETS } from '../../core/index.ts';
import { readOrigins } from '../commands/site-settings.ts';
import { CliError, requireSiteId } from '../context.ts';
import { isFileValue } from '../environment-file.ts';

/** As given, by flags or answers. */
export interface GivenChoices {
  readonly site: string;
  readonly origin: string;
  readonly policy: string;
  readonly retention: string;
  readonly collector: string;
  readonly port: string;
  readonly proxies: string;
  readonly 'data-dir': string;
  readonly 'key-dir': string;
}

/** Checked. */
export interface InitChoices {
  readonly site: SiteId;
  readonly origins: readonly string[];
  readonly policy: PolicyPreset;
  /** A name of RETENTION_PRESETS. */
  readonly retention: string;
  /** Where pages reach the collector: scheme, host, port. */
  readonly collector: string;
  readonly port: number;
  readonly trustedProxies: number;
  readonly dataDir: string;
  readonly keyDir: string;
}

/** What holds where nothing else is said. The collector's default follows the port. */
export const DEFAULT_CHOICES: Omit<GivenChoices, 'site' | 'origin' | 'collector'> = {
  policy: 'standard',
  retention: 'cnil',
  port: '8787',
  proxies: '0',
  'data-dir': 'data',
  'key-dir': 'data-keys',
};

const PORT_MAX = 65_535;
const PROXIES_MAX = 10;

const isPolicy = (text: string): text is PolicyPreset => Object.hasOwn(POLICIES, text);

/** The consent policy. @throws {CliError} */
export function readPolicy(text: string): PolicyPreset {
  if (isPolicy(text)) return text;
  throw new CliError(2, `--policy must be one of ${Object.keys(POLICIES).join(', ')}`);
}

/** How long things are kept. Every preset is within what the policy `exempt` allows. @throws {CliError} */
function readRetentionPreset(text: string): string {
  if (Object.hasOwn(RETENTION_PRESETS, text)) return text;
  throw new CliError(2, `--retention must be one of ${Object.keys(RETENTION_PRESETS).join(', ')}`);
}

/** Where pages find the collector. @throws {CliError} */
export function readCollector(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text)) return text;
  throw new CliError(2, '--collector must be scheme and host, such as https://events.shop.example');
}

function readNumber(text: string, flag: string, max: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= max) return Number(text);
  throw new CliError(2, `--${flag} must be a whole number from 0 to ${max}`);
}

function readFolder(text: string, flag: string): string {
  if (text !== '' && isFileValue(text)) return text;
  throw new CliError(2, `--${flag} must be a folder without quotes, backslashes and dollar signs in its name`);
}

/** Checks all of it. @throws {CliError} code 2, with what is wrong. */
export function readChoices(given: GivenChoices): InitChoices {
  return {
    site: requireSiteId(given.site),
    origins: readOrigins(given.origin),
    policy: readPolicy(given.policy),
    retention: readRetentionPreset(given.retention),
    collector: readCollector(given.collector),
    port: readNumber(given.port, 'port', PORT_MAX),
    trustedProxies: readNumber(given.proxies, 'proxies', PROXIES_MAX),
    dataDir: readFolder(given['data-dir'], 'data-dir'),
    keyDir: readFolder(given['key-dir'], 'key-dir'),
  };
}
