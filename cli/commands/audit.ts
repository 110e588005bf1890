// cli/commands/audit.ts: `hushtag audit`: export the audit log, sign checkpoints of it, and check an export offline.
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import type { AuditFault, NoteSigner } from '../../core/index.ts';
import { encodeExport, KEY_BYTES, noteSignerFrom, noteVerifierFrom, verifyExport } from '../../core/index.ts';
import type { Config } from '../../runtime/index.ts';
import { configuredKeys } from '../../runtime/index.ts';
import {
  appendAudit,
  AUDIT_ENTRIES_MAX,
  auditSize,
  readAuditLog,
  readCheckpoints,
  signCheckpoint,
} from '../../store/index.ts';
import { CliError, print, requireConfig, withDb } from '../context.ts';

const FAULTS: Readonly<Record<AuditFault, string>> = {
  not_an_export: 'It is no audit export, or its form was altered.',
  signature_invalid: 'A checkpoint in it was not signed by this key, or was altered.',
  lines_altered: 'Its lines are not those that were signed.',
  entries_missing: 'It holds fewer or more entries than were signed.',
  entry_altered: 'An entry is not what the log committed to.',
  entry_not_included: 'An entry stands where the signed tree has another.',
  root_wrong: 'Its entries do not make the signed tree.',
  inconsistent: 'The log does not continue an earlier checkpoint: its history was rewritten.',
  older_than_known: 'It ends before the known checkpoint: entries were cut off.',
};

const TOO_LONG = `The log has more than ${AUDIT_ENTRIES_MAX} entries, too many for one file: read it page by page over the API (GET /v1/sites/SITE/audit), whose entries are checked against a checkpoint in the same way.`;

const auditSigner = async (config: Config): Promise<NoteSigner> => {
  const keys = await configuredKeys(config);
  return noteSignerFrom(await keys.secret('audit', crypto.getRandomValues(new Uint8Array(KEY_BYTES))));
};

const readText = async (path: string): Promise<Uint8Array> => {
  try {
    return await readFile(path);
  } catch {
    throw new CliError(1, `${path} can not be read.`);
  }
};

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
  meta: { name: 'export', description: 'Write the whole log with its proofs and a signed checkpoint to a file' },
  args: {
    out: { type: 'string', required: true, description: 'The file to write' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const config = requireConfig();
    const signer = await auditSigner(config);
    const { file, entries } = await withDb(config, async (db) => {
      const before = await auditSize(db);
      if (before >= AUDIT_ENTRIES_MAX) throw new CliError(1, TOO_LONG);
      await appendAudit(db, { kind: 'audit_exported', entries: before + 1, at: Date.now() });
      const log = await readAuditLog(db);
      return { entries: log.length, file: await encodeExport(log, await readCheckpoints(db), signer) };
    });
    await writeFile(args.out, file, { mode: 0o600 });
    print(
      args.json === true,
      { file: args.out, entries, key: signer.publicKey },
      `Wrote ${entries} entries to ${args.out}. Check it anywhere:\n  hushtag audit verify ${args.out} --key ${signer.publicKey}`,
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
    file: { type: 'positional', required: true, description: 'The export' },
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
    const bytes = await readText(args.file);
    const known = args.known === undefined ? undefined : new TextDecoder().decode(await readText(args.known));
    const verified = await verifyExport(bytes, verifier, known === undefined ? undefined : lastNote(known));
    if (!verified.ok) {
      print(args.json === true, { sound: false, fault: verified.error }, `NOT SOUND: ${FAULTS[verified.error]}`);
      throw new CliError(1, `${args.file} was not accepted.`);
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
