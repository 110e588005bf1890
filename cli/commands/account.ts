// cli/commands/account.ts: `hushtag account`: undo what joined visitors to an account.
import { text } from 'node:stream/consumers';
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import { parseFirstPartyId } from '../../contract/index.ts';
import type { AccountKind } from '../../core/index.ts';
import { ACCOUNT_KINDS, CALLING_CODE, parseAccountId } from '../../core/index.ts';
import { knownAccountKeys, knownVisitorKeys } from '../../edge/index.ts';
import type { Config } from '../../runtime/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import type { Db, Site } from '../../store/index.ts';
import { unlink } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';

/** What a person can be named by. */
const NAMED_BY = [...ACCOUNT_KINDS, 'visitor'] as const;
type NamedBy = (typeof NAMED_BY)[number];

const isNamedBy = (name: string): name is NamedBy => NAMED_BY.some((known) => known === name);

/** Undoes the links of who is named. @throws {CliError} the id is none, or no salt lives that its key was made with. */
export async function unlinkNamed(
  { config, db }: { readonly config: Config; readonly db: Db },
  site: Site,
  by: { readonly kind: NamedBy; readonly typed: string; readonly callingCode?: string },
): Promise<number> {
  const needs = { db, keys: await configuredKeys(config) };
  const now = Date.now() as EpochMs;
  const gone = new CliError(1, 'No salt lives that this id was stored under, so no link can be found by it.');
  if (by.kind === 'visitor') {
    const id = parseFirstPartyId(by.typed.trim());
    if (!id.ok) throw new CliError(2, 'That is no first-party id: 22 to 64 letters, digits, hyphens and underscores');
    const keys = await knownVisitorKeys(needs, site, id.value, now, 'stored');
    if (keys.length === 0) throw gone;
    let links = 0;
    for (const visitor of keys) links += await unlink(db, site, { visitor }, now);
    return links;
  }
  const id = parseAccountId(by.kind, by.typed, by.callingCode ?? (site.policy.callingCode || undefined));
  if (!id.ok) throw new CliError(2, REFUSED[by.kind]);
  const accounts = await knownAccountKeys(needs, site, id.value, now, 'stored');
  if (accounts.length === 0) throw gone;
  return unlink(db, site, { accounts }, now);
}

const REFUSED: Readonly<Record<AccountKind, string>> = {
  user_id: 'That is no user id: 1 to 200 characters, and none of the words programs write where they have none',
  email: 'That is no e-mail address',
  phone: 'That is no phone number: write it with its country (+44 …), or give --calling-code',
};

const unlinkCommand = defineCommand({
  meta: { name: 'unlink', description: 'Undo links between visitors and an account, as if they had never been' },
  args: {
    site: { type: 'positional', required: true, description: 'The site' },
    by: { type: 'string', required: true, description: `What is given: ${NAMED_BY.join(', ')}` },
    'calling-code': { type: 'string', description: 'Country of a phone number without one, such as 44' },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const { by: kind, 'calling-code': callingCode } = args;
    if (!isNamedBy(kind)) throw new CliError(2, `--by takes ${NAMED_BY.join(', ')}`);
    if (callingCode !== undefined && !CALLING_CODE.test(callingCode))
      throw new CliError(2, '--calling-code takes 1 to 3 digits, such as 44');
    const config = requireConfig();
    // From standard input and not as an argument: those are in the shell's history and in every list of processes.
    if (process.stdin.isTTY)
      process.stderr.write(`The ${kind === 'visitor' ? 'first-party id' : kind}, then Ctrl-D:\n`);
    const typed = await text(process.stdin);
    const links = await withDb(config, async (db) =>
      unlinkNamed({ config, db }, await requireSite(db, args.site), {
        kind,
        typed,
        ...(callingCode === undefined ? {} : { callingCode }),
      }),
    );
    const said = `Undid ${links} ${links === 1 ? 'link' : 'links'}. Segments follow with the next run.`;
    print(args.json === true, { links }, said);
  },
});

/** The command. */
export const accountCommand = defineCommand({
  meta: { name: 'account', description: 'Undo what joined visitors to an account' },
  subCommands: { unlink: unlinkCommand },
});
