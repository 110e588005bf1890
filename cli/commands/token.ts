// cli/commands/token.ts: `hushtag token`: signs a token for one site.
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import type { Scope } from '../../core/index.ts';
import { SCOPES, toHex } from '../../core/index.ts';
import { issueToken, readTokenKeys, TOKEN_SECONDS_MAX, tokenEnd } from '../../edge/index.ts';
import type { Config } from '../../runtime/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import type { Db, Site } from '../../store/index.ts';
import { tokenStatements } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';

const TOKEN_ID_BYTES = 16;
const SECONDS = { h: 3_600, d: 86_400 } as const;

/** Reads a life such as `12h` or `30d` in seconds. */
export function readLife(text: string): number {
  const match = /^(\d{1,4})([hd])$/.exec(text);
  const seconds = match?.[2] === undefined ? 0 : Number(match[1]) * (match[2] === 'h' ? SECONDS.h : SECONDS.d);
  if (seconds < 1 || seconds > TOKEN_SECONDS_MAX)
    throw new CliError(2, '--life must be such as 12h or 30d, at most 365d');
  return seconds;
}

/** Reads scopes as typed, comma-separated. */
export function readScopes(text: string): Scope[] {
  return text.split(',').map((name) => {
    const scope = SCOPES.find((one) => one === name.trim());
    if (scope === undefined) throw new CliError(2, `"${name}" is no scope: use ${SCOPES.join(', ')}`);
    return scope;
  });
}

/** Signs a token with the configured keys, after the audit log says that there will be one. */
export async function signToken(
  { config, db }: { readonly config: Config; readonly db: Db },
  site: Pick<Site, 'row' | 'id'>,
  {
    scopes,
    lifeSeconds,
    label,
  }: { readonly scopes: readonly Scope[]; readonly lifeSeconds: number; readonly label: string },
): Promise<string> {
  const now = Date.now() as EpochMs;
  const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
  const keys = await readTokenKeys({ db, keys: await configuredKeys(config), now: () => now, randomBytes });
  const id = randomBytes(TOKEN_ID_BYTES);
  const times = { createdAt: now, expiresAt: tokenEnd(now, lifeSeconds) };
  const token = { id: toHex(id), label, scopes, kid: keys.kid, ...times };
  await db.client.batch(await tokenStatements(site, token, 'command'), 'write');
  return issueToken(keys, { site: site.id, scopes, lifeSeconds, id, now });
}

/** The command. */
export const tokenCommand = defineCommand({
  meta: { name: 'token', description: 'Sign a token for one site' },
  args: {
    site: { type: 'string', required: true, description: 'The site it is for' },
    scope: { type: 'string', default: 'segments:read', description: `Comma-separated: ${SCOPES.join(', ')}` },
    life: { type: 'string', default: '30d', description: 'How long it is valid: 12h, 30d, at most 365d' },
    label: { type: 'string', default: 'command line', description: 'What it is for, as `tokens list` shows it' },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const scopes = readScopes(args.scope);
    const lifeSeconds = readLife(args.life);
    const config = requireConfig();
    const signed = await withDb(config, async (db) => {
      const site = await requireSite(db, args.site);
      return {
        site: site.id,
        token: await signToken({ config, db }, site, { scopes, lifeSeconds, label: args.label }),
      };
    });
    print(args.json === true, { site: signed.site, scopes, lifeSeconds, token: signed.token }, signed.token);
  },
});
