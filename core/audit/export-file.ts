// core/audit/export-file.ts: the audit log as text files that anybody can check offline with the public key alone.
//
// A first line with the format, a JSON line for each entry with its inclusion proof, a JSON line for each earlier
// checkpoint with its consistency proof, an empty line, and a signed checkpoint. That one carries the digest of all lines
// above it, so that a line that no tree holds (an earlier checkpoint) can't be left out either. A long log takes several
// files, each with some of the entries under the same signed tree.
import { toHex } from '../pseudonym.ts';
import { toBase64 } from './base64.ts';
import { checkpointText } from './checkpoint.ts';
import { auditLeaf } from './entry.ts';
import type { Hash, MerkleTree } from './merkle.ts';
import { merkleTree, sha256 } from './merkle.ts';
import type { NoteSigner } from './note.ts';

/** The first line of a file. */
export const FIRST_LINE = 'hushtag audit export 1';
/** What the line of a note with the digest begins with. */
export const DIGEST_LINE = 'export-sha256 ';
/**
 * Entries of one file, a power of two: then each file's entries are a whole subtree but for the last one's. An entry with
 * its proof takes up to 2 kB, and no runtime holds a text of more than about 500 MB.
 */
export const FILE_ENTRIES: number = 2 ** 16;

/** An entry as it lies in the log; nonce and text are gone where its data was erased. */
export interface LoggedEntry {
  readonly commitment: Hash;
  readonly open?: { readonly nonce: Uint8Array; readonly text: string };
}

/** A log that is read in stretches. */
export interface AuditSource {
  readonly size: number;
  /** Entries `from` to before `to`. */
  readonly read: (from: number, to: number) => Promise<readonly LoggedEntry[]>;
}

/** A signed note of an earlier size of the log. */
interface EarlierNote {
  readonly size: number;
  readonly note: string;
}

/** An entry in a file. */
export interface EntryLine {
  readonly index: number;
  readonly commitment: string;
  readonly nonce?: string;
  readonly entry?: string;
  readonly proof: readonly string[];
}
/** An earlier checkpoint in a file. */
export interface CheckpointLine {
  readonly checkpoint: string;
  readonly proof: readonly string[];
}

/** The tree over some logged entries. */
export const treeOf = async (entries: readonly LoggedEntry[]): Promise<MerkleTree> =>
  merkleTree(await Promise.all(entries.map(({ commitment }) => auditLeaf(commitment))));

/** Writes a log that fits into one file. `checkpoints` are signed notes of earlier sizes of this log, oldest first. */
export async function encodeExport(
  entries: readonly LoggedEntry[],
  checkpoints: readonly EarlierNote[],
  signer: NoteSigner,
): Promise<string> {
  const source = { size: entries.length, read: () => Promise.resolve(entries) };
  let file = '';
  for await (const text of encodeExportFiles(source, checkpoints, signer, 2 ** 32)) file += text;
  return file;
}

/**
 * Writes a log of any length as one file or several, one in memory at a time; a log of several files is read twice.
 * @param fileEntries entries of one file, a power of two.
 */
export async function* encodeExportFiles(
  log: AuditSource,
  checkpoints: readonly EarlierNote[],
  signer: NoteSigner,
  fileEntries: number = FILE_ENTRIES,
): AsyncGenerator<string> {
  const files = Math.max(1, Math.ceil(log.size / fileEntries));
  let held: { readonly nth: number; readonly entries: readonly LoggedEntry[]; readonly tree: MerkleTree } | undefined;
  // The last one is kept: of a log that fits into one file it is all, and read and hashed once.
  const stretch = async (nth: number) => {
    if (held?.nth === nth) return held;
    held = undefined;
    const entries = await log.read(nth * fileEntries, Math.min(log.size, (nth + 1) * fileEntries));
    held = { nth, entries, tree: await treeOf(entries) };
    return held;
  };
  const roots: Hash[] = [];
  for (let nth = 0; nth < files; nth++) roots.push(await (await stretch(nth)).tree.root());
  // The tree over the files' roots has the shape of the whole tree's top: both split at the largest power of two.
  const top = merkleTree(roots);
  for (let nth = 0; nth < files; nth++) {
    const { entries, tree } = await stretch(nth);
    const above = await top.inclusionProof(nth);
    const lines = [FIRST_LINE];
    for (const [at, entry] of entries.entries()) {
      lines.push(entryLine(nth * fileEntries + at, entry, [...(await tree.inclusionProof(at)), ...above]));
    }
    for (const { size, note } of checkpoints) {
      if (size > log.size || Math.max(0, Math.ceil(size / fileEntries) - 1) !== nth) continue;
      const line: CheckpointLine = { checkpoint: note, proof: (await proofOf(size)).map(toBase64) };
      lines.push(JSON.stringify(line));
    }
    yield await signed(lines, { size: log.size, root: await top.root() }, signer);

    /** That the log continues its first `size` entries, of which this file holds the last. */
    async function proofOf(size: number): Promise<Hash[]> {
      if (size === log.size) return [];
      if (size % fileEntries === 0) return top.consistencyProof(size / fileEntries);
      return [...(await tree.consistencyProof(size - nth * fileEntries, nth === 0)), ...above];
    }
  }
}

function entryLine(index: number, { commitment, open }: LoggedEntry, proof: readonly Hash[]): string {
  const line: EntryLine = {
    index,
    commitment: toHex(commitment),
    ...(open === undefined ? {} : { nonce: toHex(open.nonce), entry: open.text }),
    proof: proof.map(toBase64),
  };
  return JSON.stringify(line);
}

async function signed(
  lines: readonly string[],
  head: { readonly size: number; readonly root: Hash },
  signer: NoteSigner,
): Promise<string> {
  const body = `${lines.join('\n')}\n`;
  const digest = `${DIGEST_LINE}${toBase64(await sha256(new TextEncoder().encode(body)))}`;
  return `${body}\n${await signer.sign(checkpointText({ origin: signer.name, ...head, extensions: [digest] }))}`;
}
