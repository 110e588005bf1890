// cli/commands/audit.ts: `hushtag audit`: export the audit log, sign checkpoints of it, and check an export offline.
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import type { AuditFault, NoteSigner } from '../../core/index.ts';
import { encodeExportFiles, KEY_BYTES, noteSignerFrom, noteVerifierFrom, verifyExportFiles } from '../../core/index.ts';
import type { Config } from '../../runtime/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import { appendAudit, auditSize, readAuditSlice, readCheckpoints, signCheckpoint } from '../../store/index.ts';
import { CliError, print, requireConfig, withDb } from '../context.ts';

const FAULTS: Readonly<Record<AuditFault, string>> = {
  not_an_export: 'It is no audit export, or its form was altered.',
  signature_invalid: 'A checkpoint in it was not signed by this key, or was altered.',
  lines_altered: 'Its lines are not those that were signed.',
  entries_missing: 'It holds fewer or more entries than were signed, or one of its files is missing.',
  files_differ: 'Its files are of different exports.',
  entry_altered: 'An entry is not what the log committed to.',
  entry_not_included: 'An entry stands where the signed tree has another.',
  root_wrong: 'Its entries do not make the signed tree.',
  inconsistent: 'The log does not continue an earlier checkpoint: its history was rewritten.',
  older_than_known: 'It ends before the known checkpoint: entries were cut off.',
};

const auditSigner = async (config: Config): Promise<NoteSigner> => {
  const keys = await configuredKeys(config);
  return noteSignerFrom(await keys.secret('audit', crypto.getRandomValues(new Uint8Array(KEY_BYTES))));
};

const readText = async (path: string): Promise<Uint8Array> => {
  const bytes = await readIfThere(path);
  if (bytes === undefined) throw new CliError(1, `${path} can not be read.`);
  return bytes;
};
const readIfThere = (path: string): Promise<Uint8Array | undefined> => readFile(path).catch(() => undefined);

/** Where the files of an export lie: `audit.txt`, and beside it `audit.txt.2`, `audit.txt.3` … where one is not enough. */
const fileName = (first: string, nth: number): string => (nth === 1 ? first : `${first}.${nth}`);

const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;

const keyCommand = defineCommand({
  meta: { name: 'key', description: 'Print the public key that exports and checkpoints are checked with' },
  args: { json: jsonFlag },
  run: async ({ args }) => {
    const { publicKey } = await auditSigner(requireConfig());
    print(args.json === true, { key: publicKey }, publicKey);
  },
});

const exportCommand = defineCommand({
  meta: {
    name: 'export',
    description: 'Write the whole log with its proofs and a signed checkpoint to a file, a long one to several',
  },
  args: {
    out: { type: 'string', required: true, description: 'The file to write' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const config = requireConfig();
    const signer = await auditSigner(config);
    const { files, entries } = await withDb(config, async (db) => {
      await appendAudit(db, { kind: 'audit_exported', entries: (await auditSize(db)) + 1, at: Date.now() });
      const size = await auditSize(db);
      const source = { size, read: (from: number, to: number) => readAuditSlice(db, from, to - from) };
      const written: string[] = [];
      for await (const text of encodeExportFiles(source, await readCheckpoints(db), signer)) {
        const name = fileName(args.out, written.length + 1);
        await writeFile(name, text, { mode: 0o600 });
        written.push(name);
      }
      return { files: written, entries: size };
    });
    const others = files.length > 1 ? ` and ${files.length - 1} files beside it` : '';
    print(
      args.json === true,
      { file: args.out, files, entries, key: signer.publicKey },
      `Wrote ${entries} entries to ${args.out}${others}. Check it anywhere:\n  hushtag audit verify ${args.out} --key ${signer.publicKey}`,
    );
  },
});

const checkpointCommand = defineCommand({
  meta: { name: 'checkpoint', description: 'Sign the log as it is now; keep the note in a second place' },
  args: {
    out: {
      type: 'string',
      description: 'Append the note to this file, on another disk or machine; printed where absent',
    },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const config = requireConfig();
    const signer = await auditSigner(config);
    const signed = await withDb(config, (db) => signCheckpoint(db, signer, Date.now()));
    if (!signed.ok) {
      throw new CliError(
        1,
        'Nothing was signed: the log no longer continues its last checkpoint, so somebody changed it. Keep the database as it is and compare it with a backup.',
      );
    }
    const { size, note } = signed.value;
    if (args.out !== undefined) await appendFile(args.out, `${note}\n`, { mode: 0o600 });
    print(
      args.json === true,
      { size, note },
      args.out === undefined ? note : `Signed ${size} entries into ${args.out}.`,
    );
  },
});

const verifyCommand = defineCommand({
  meta: { name: 'verify', description: 'Check an export offline: nothing is needed but the file and the public key' },
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'The export; of one in several files the first, with the others beside it',
    },
    key: { type: 'string', required: true, description: 'The public key, as `hushtag audit key` prints it' },
    known: {
      type: 'string',
      description: 'A file with one checkpoint kept elsewhere: shows entries that were cut off',
    },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const verifier = await noteVerifierFrom(args.key);
    if (verifier === undefined)
      throw new CliError(2, '--key is no public key: copy all of what `hushtag audit key` prints');
    const known = args.known === undefined ? undefined : new TextDecoder().decode(await readText(args.known));
    const verified = await verifyExportFiles(
      (nth) => (nth === 1 ? readText(args.file) : readIfThere(fileName(args.file, nth))),
      verifier,
      known === undefined ? undefined : lastNote(known),
    );
    if (!verified.ok) {
      // One line, as where it is sound: two, of which one is an error, were read as two findings.
      if (args.json === true) print(true, { sound: false, fault: verified.error }, '');
      throw new CliError(1, `NOT SOUND: ${args.file}. ${FAULTS[verified.error]}`);
    }
    const { entries, erased, checkpoints, root, origin } = verified.value;
    print(
      args.json === true,
      { sound: true, origin, entries, erased, checkpoints, root },
      `Sound: ${entries} entries of ${origin} (${erased} erased), consistent with ${checkpoints} earlier checkpoints${known === undefined ? '' : ' and the known one'}.`,
    );
  },
});

/** The last note of a file that `audit checkpoint --out` appended to: notes are told apart by an empty line after each. */
function lastNote(text: string): string {
  const lines = text.trimEnd().split('\n');
  const start = lines.slice(0, -2).lastIndexOf('') + 1;
  return `${lines.slice(start).join('\n')}\n`;
}

/** The command. */
export const auditCommand = defineCommand({
  meta: { name: 'audit', description: 'The audit log: export it, sign checkpoints, check an export offline' },
  subCommands: { export: exportCommand, verify: verifyCommand, checkpoint: checkpointCommand, key: keyCommand },
});
