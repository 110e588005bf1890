// cli/commands/erasure.ts: `hushtag erasure`: erase one visitor, and keep them erased after a restore.
import { readFile, stat, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { defineCommand } from 'citty';
import { parseFirstPartyId } from '../../contract/index.ts';
import { toHex } from '../../core/index.ts';
import type { RightsNeeds } from '../../edge/index.ts';
import { answerRequest, shownRequest } from '../../edge/index.ts';
import type { Db, Kept, PrivacyRequest, Site } from '../../store/index.ts';
import { addKept, decodeKept, encodeKept, readKept, replayTombstones } from '../../store/index.ts';
import { readSecondFolder } from '../../runtime/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { withRights } from '../rights.ts';

const HOLDER_BYTES = 8;
const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const needsOf = (db: Db) => ({ db, holder: toHex(random(HOLDER_BYTES)), clock: () => Date.now() });
const BUSY =
  'The segmenter is at work on this site. The tombstone stands: run `npx hushtag erasure replay` when it has ended.';

/**
 * Answers a request for erasure by first-party id, as the API would: by every key the visitor has or had, with a request and its clock.
 * @throws {CliError} nobody can tell whose events are whose.
 */
export async function eraseByFirstPartyId(needs: RightsNeeds, site: Site, typed: string): Promise<PrivacyRequest> {
  const id = parseFirstPartyId(typed.trim());
  if (!id.ok) throw new CliError(2, 'That is no first-party id: 22 to 64 letters, digits, hyphens and underscores');
  const subject = { kind: 'first_party_id', firstPartyId: id.value } as const;
  const answered = await answerRequest(needs, site, { kind: 'erasure', subject, askedBy: 'officer' });
  if (!answered.ok) throw new CliError(1, answered.error);
  if (answered.value.status === 'not_identified') {
    throw new CliError(
      1,
      `Nobody can tell what is theirs (GDPR Art. 11), and there is no receipt. In words for the visitor: ${shownRequest(answered.value, Date.now()).meaning ?? ''}`,
    );
  }
  return answered.value;
}

const NOT_APART =
  'The second place (HUSHTAG_SECOND_DIR) could not be written: a backup from before, put back, would bring the visitor back. No receipt is signed until it can; mend it, and the server goes on within 15 minutes, or run `npx hushtag privacy finish`.';

/** What came of it, in words. */
function erasedText({ id, status, outcome, steps }: PrivacyRequest): string {
  const { events = 0, visitors = 0 } = outcome?.rows ?? {};
  const untold = (outcome?.destinations ?? []).filter(({ told }) => !told).map(({ name }) => name);
  if (status === 'open' && outcome?.rows === undefined) return `${id}  ${BUSY}`;
  const erased =
    events === 0 && visitors === 0
      ? 'Nothing was found under this id, so nothing was erased.'
      : `Erased ${events} events and ${visitors} visitor.`;
  if (status === 'open' && steps.at(-1)?.step === 'waiting_for_second_place') return `${id}  ${erased} ${NOT_APART}`;
  if (status === 'open')
    return `${id}  ${erased} Not told yet: ${untold.join(', ')}. The server tries again for three days, then signs the receipt; or run \`npx hushtag privacy finish\`.`;
  return `${erased} Keep the tombstones beside your backups: hushtag erasure tombstones --out FILE\nThe receipt, for the visitor:\n${outcome?.receipt ?? ''}`;
}

const visitorCommand = defineCommand({
  meta: { name: 'visitor', description: 'Erase everything of one visitor and print a signed receipt' },
  args: {
    site: { type: 'positional', required: true, description: 'The site' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    // From standard input and not as an argument: those are in the shell's history and in every list of processes.
    if (process.stdin.isTTY) process.stderr.write("The visitor's first-party id, then Ctrl-D:\n");
    const typed = await text(process.stdin);
    const request = await withRights(async (needs) =>
      eraseByFirstPartyId(needs, await requireSite(needs.db, args.site), typed),
    );
    print(args.json === true, shownRequest(request, Date.now()), erasedText(request));
  },
});

const tombstonesCommand = defineCommand({
  meta: {
    name: 'tombstones',
    description: 'Write who was erased, objected or withdrew, without who it was, to a file beside the backups',
  },
  args: { out: { type: 'string', required: true, description: 'The file to write' }, json: jsonFlag },
  run: async ({ args }) => {
    const kept = await withDb(requireConfig(), readKept);
    await writeFile(args.out, encodeKept(kept), { mode: 0o600 });
    const [tombstones, objections, choices] = [kept.tombstones, kept.objections, kept.choices].map(
      ({ length }) => length,
    );
    print(
      args.json === true,
      { file: args.out, tombstones, objections, choices },
      `Wrote ${tombstones} tombstones, ${objections} objections and ${choices} withdrawals to ${args.out}.`,
    );
  },
});

async function readKeptFile(path: string): Promise<Kept> {
  if ((await stat(path).catch(() => undefined))?.isDirectory() === true) {
    const recalled = await readSecondFolder(path);
    if (recalled.state === 'read') return recalled.kept;
    throw new CliError(1, `${path} is no second place, or what is in it was altered.`);
  }
  const kept = decodeKept(await readFile(path, 'utf8').catch(() => ''));
  if (kept === undefined)
    throw new CliError(1, `${path} holds no tombstones: give a file that \`hushtag erasure tombstones\` wrote.`);
  return kept;
}

const replayCommand = defineCommand({
  meta: { name: 'replay', description: 'Erase again whoever was erased: after a restore, and for late events' },
  args: {
    from: {
      type: 'string',
      description: 'A file of tombstones kept beside the backups, or the folder of a second place, after a restore',
    },
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
