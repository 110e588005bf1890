// cli/commands/tokens.ts: `hushtag tokens`: which were signed, taking one back, and another key to sign with.
import Table from 'cli-table3';
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import { rotateTokenKey, TOKEN_SECONDS_MAX } from '../../edge/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import type { SignedToken } from '../../store/index.ts';
import { readTokens, revokeToken } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { NO_COLOURS } from '../tables.ts';

const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
/** Tokens that are listed at most, newest first. */
const LIST_MAX = 1_000;
const KEEP_DAYS = '30';
const KEEP_DAYS_MAX = TOKEN_SECONDS_MAX / 86_400;

const time = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const stateOf = ({ revokedAt, expiresAt }: SignedToken, now: number): string =>
  revokedAt !== undefined
    ? `taken back ${time(revokedAt)}`
    : `${expiresAt <= now ? 'ended' : 'until'} ${time(expiresAt)}`;

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List the tokens that were signed for a site; never the tokens themselves' },
  args: { site: { type: 'positional', required: true, description: 'The site' }, json: jsonFlag },
  run: async ({ args }) => {
    const held = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      return readTokens(db, site.row, { limit: LIST_MAX });
    });
    const table = new Table({ head: ['Id', 'Label', 'Scopes', 'State (UTC)'], style: NO_COLOURS });
    table.push(...held.map((one) => [one.id, one.label, one.scopes.join(' '), stateOf(one, Date.now())]));
    print(args.json === true, held, held.length === 0 ? 'No token was signed for this site.' : table.toString());
  },
});

const revokeCommand = defineCommand({
  meta: { name: 'revoke', description: 'Take a token back: it is refused within 5 seconds' },
  args: {
    site: { type: 'positional', required: true, description: 'The site it is for' },
    id: { type: 'positional', required: true, description: 'Its id, as `tokens list` names it' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const revoked = await withDb(requireConfig(), async (db) =>
      revokeToken(db, await requireSite(db, args.site), args.id, { at: Date.now(), by: 'command' }),
    );
    if (!revoked)
      throw new CliError(1, 'There is no such token of this site, or it was taken back before: `hushtag tokens list`.');
    print(args.json === true, { revoked: args.id }, 'Taken back.');
  },
});

const rotateCommand = defineCommand({
  meta: { name: 'rotate', description: 'Sign with another key from now on; tokens signed before end after a while' },
  args: {
    'keep-days': {
      type: 'string',
      default: KEEP_DAYS,
      description: `Days that tokens signed before stay good, 0 to ${KEEP_DAYS_MAX}; 0 where the key may be known`,
    },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const days = /^\d{1,3}$/.test(args['keep-days']) ? Number(args['keep-days']) : Number.NaN;
    if (!(days <= KEEP_DAYS_MAX)) throw new CliError(2, `--keep-days takes a whole number from 0 to ${KEEP_DAYS_MAX}`);
    const config = requireConfig();
    const keys = await configuredKeys(config);
    const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
    const rotated = await withDb(config, (db) =>
      rotateTokenKey({ db, keys, randomBytes, now: () => Date.now() as EpochMs }, days * DAY_MS),
    );
    const said = `Tokens are signed with key ${rotated.kid} from now on. Those signed before are good until ${time(rotated.formerEndsAt)} UTC at most.`;
    print(args.json === true, rotated, said);
  },
});

/** The command. */
export const tokensCommand = defineCommand({
  meta: { name: 'tokens', description: 'Which tokens were signed, taking one back, and another key to sign with' },
  subCommands: { list: listCommand, revoke: revokeCommand, rotate: rotateCommand },
});
