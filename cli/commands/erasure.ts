// cli/commands/erasure.ts: `hushtag erasure`: erase one visitor, and keep them erased after a restore.
import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import { parseFirstPartyId } from '../../contract/index.ts';
import { KEY_BYTES, toHex } from '../../core/index.ts';
import { knownVisitorKey, tokenKeysFrom } from '../../edge/index.ts';
import type { Config } from '../../runtime/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import type { Db, Kept, Site } from '../../store/index.ts';
import {
  addKept,
  decodeKept,
  encodeKept,
  eraseVisitor,
  readKept,
  replayTombstones,
  signErasureReceipt,
} from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';

const RECEIPT_BYTES = 16;
const HOLDER_BYTES = 8;
const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const needsOf = (db: Db) => ({ db, holder: toHex(random(HOLDER_BYTES)), clock: () => Date.now() });
const BUSY =
  'The segmenter is at work on this site. The tombstone stands: run `npx hushtag erasure replay` when it has ended.';

/** Erases the visitor of a first-party id and gives the receipt. @throws {CliError} nobody can tell whose events are whose. */
export async function eraseByFirstPartyId(
  { config, db }: { readonly config: Config; readonly db: Db },
  site: Site,
  typed: string,
) {
  const id = parseFirstPartyId(typed.trim());
  if (!id.ok) throw new CliError(2, 'That is no first-party id: 22 to 64 letters, digits, hyphens and underscores');
  const keys = await configuredKeys(config);
  const now = Date.now() as EpochMs;
  const key = await knownVisitorKey({ db, keys }, site, id.value, now);
  if (key === undefined) {
    throw new CliError(
      1,
      'Nothing can be found by this id: its salt is gone or was never made, so no event can be told to be of this visitor (GDPR Art. 11).',
    );
  }
  const receipt = toHex(random(RECEIPT_BYTES));
  const erased = await eraseVisitor(needsOf(db), site, { keys: [key], receipt, at: now });
  if (!erased.ok) throw new CliError(1, BUSY);
  const { privateKey } = await tokenKeysFrom(await keys.secret('audit', random(KEY_BYTES)));
  const said = { receipt, site: site.id, erasedAt: now, rows: erased.value, destinations: [] };
  return { ...said, signed: await signErasureReceipt(said, privateKey) };
}

const visitorCommand = defineCommand({
  meta: { name: 'visitor', description: 'Erase everything of one visitor and print a signed receipt' },
  args: {
    site: { type: 'positional', required: true, description: 'The site' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const config = requireConfig();
    // From standard input and not as an argument: those are in the shell's history and in every list of processes.
    if (process.stdin.isTTY) process.stderr.write("The visitor's first-party id, then Ctrl-D:\n");
    const typed = await text(process.stdin);
    const erased = await withDb(config, async (db) =>
      eraseByFirstPartyId({ config, db }, await requireSite(db, args.site), typed),
    );
    const { events, visitors } = erased.rows;
    print(
      args.json === true,
      erased,
      `Erased ${events} events and ${visitors} visitor. Keep the tombstones beside your backups: hushtag erasure tombstones --out FILE\nThe receipt, for the visitor:\n${erased.signed}`,
    );
  },
});

const tombstonesCommand = defineCommand({
  meta: {
    name: 'tombstones',
    description: 'Write who was erased and who objected, without who it was, to a file beside the backups',
  },
  args: { out: { type: 'string', required: true, description: 'The file to write' }, json: jsonFlag },
  run: async ({ args }) => {
    const kept = await withDb(requireConfig(), readKept);
    await writeFile(args.out, encodeKept(kept), { mode: 0o600 });
    const [tombstones, objections] = [kept.tombstones.length, kept.objections.length];
    print(
      args.json === true,
      { file: args.out, tombstones, objections },
      `Wrote ${tombstones} tombstones and ${objections} objections to ${args.out}.`,
    );
  },
});

async function readKeptFile(path: string): Promise<Kept> {
  const kept = decodeKept(await readFile(path, 'utf8').catch(() => ''));
  if (kept === undefined)
    throw new CliError(1, `${path} holds no tombstones: give a file that \`hushtag erasure tombstones\` wrote.`);
  return kept;
}

const replayCommand = defineCommand({
  meta: { name: 'replay', description: 'Erase again whoever was erased: after a restore, and for late events' },
  args: {
    from: { type: 'string', description: 'A file of tombstones kept beside the backups, after a restore' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const kept = args.from === undefined ? undefined : await readKeptFile(args.from);
    const replayed = await withDb(requireConfig(), async (db) => {
      if (kept !== undefined) await addKept(db, kept);
      return replayTombstones(needsOf(db));
    });
    if (!replayed.ok) throw new CliError(1, BUSY);
    const { events, visitors } = replayed.value;
    print(args.json === true, replayed.value, `Erased again: ${events} events, ${visitors} visitors.`);
  },
});

/** The command. */
export const erasureCommand = defineCommand({
  meta: { name: 'erasure', description: 'Erase one visitor, and keep them erased after a restore' },
  subCommands: { visitor: visitorCommand, tombstones: tombstonesCommand, replay: replayCommand },
});
