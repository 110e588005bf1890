// core/audit/export-check.ts: checks an export of the audit log, with the public key and nothing else.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { fromBase64, fromHex, toBase64 } from './base64.ts';
import type { Checkpoint } from './checkpoint.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { auditLeaf, commitmentOf } from './entry.ts';
import type { CheckpointLine, EntryLine } from './export-file.ts';
import { DIGEST_LINE, FIRST_LINE } from './export-file.ts';
import type { GrowingTree, Hash, TreeHead } from './merkle.ts';
import { growingTree, sameHash, sha256, verifyConsistency, verifyInclusion } from './merkle.ts';
import type { NoteVerifier } from './note.ts';

/** Lines of a file at most, so that a hostile one can't hold the reader for ever. */
const LINES_MAX = 2_000_000;
/** Files of one export at most: more than 600 million entries. */
const FILES_MAX = 9_999;

/** What is wrong with a file. */
export type AuditFault =
  | 'not_an_export'
  | 'signature_invalid'
  | 'lines_altered'
  | 'entries_missing'
  | 'files_differ'
  | 'entry_altered'
  | 'entry_not_included'
  | 'root_wrong'
  | 'inconsistent'
  | 'older_than_known';

/** What a sound file shows. */
export interface AuditReport {
  readonly origin: string;
  readonly entries: number;
  /** Of these, those whose data was erased. */
  readonly erased: number;
  readonly checkpoints: number;
  /** Root of the whole log, base64. */
  readonly root: string;
}

/** Of a checked entry: what the tree has of it. */
interface CheckedEntry {
  readonly leaf: Hash;
  readonly isErased: boolean;
}

/** What was read of an export so far. */
interface Progress {
  readonly tree: GrowingTree;
  /** What all files' notes say: the first file's. */
  head: Checkpoint | undefined;
  erased: number;
  checkpoints: number;
}

/** Checks an export in one file. `known` is a signed checkpoint that was kept elsewhere: with it, a log that was cut back or rewritten shows. */
export const verifyExport = (
  bytes: Uint8Array,
  verifier: NoteVerifier,
  known?: string,
): Promise<Result<AuditReport, AuditFault>> =>
  verifyExportFiles((nth) => Promise.resolve(nth === 1 ? bytes : undefined), verifier, known);

/**
 * Checks an export in one file or several, one in memory at a time.
 * @param fileAt the file of that number, from 1 on, undefined where there is none; asked until all entries are there.
 */
export async function verifyExportFiles(
  fileAt: (nth: number) => Promise<Uint8Array | undefined>,
  verifier: NoteVerifier,
  known?: string,
): Promise<Result<AuditReport, AuditFault>> {
  const kept = known === undefined ? undefined : await openCheckpoint(verifier, known);
  if (known !== undefined && kept === undefined) return err('signature_invalid');
  const progress: Progress = { tree: growingTree(), head: undefined, erased: 0, checkpoints: 0 };
  const { tree } = progress;
  // The root that the log had where the known checkpoint was signed.
  let rootAtKnown = kept?.size === 0 ? await tree.root() : undefined;
  const add = async (leaf: Hash): Promise<void> => {
    await tree.add(leaf);
    if (tree.size() === kept?.size) rootAtKnown = await tree.root();
  };
  for (let nth = 1; nth <= FILES_MAX; nth++) {
    const bytes = await fileAt(nth);
    if (bytes === undefined) return err('entries_missing');
    const fault = await checkFile(bytes, verifier, progress, add);
    if (fault !== undefined) return err(fault);
    const { head } = progress;
    if (head === undefined || tree.size() < head.size) continue;
    const root = await tree.root();
    if (!sameHash(root, head.root)) return err('root_wrong');
    if (kept !== undefined && kept.size > head.size) return err('older_than_known');
    if (kept !== undefined && (rootAtKnown === undefined || !sameHash(rootAtKnown, kept.root))) {
      return err('inconsistent');
    }
    const { erased, checkpoints } = progress;
    return ok({ origin: head.origin, entries: tree.size(), erased, checkpoints, root: toBase64(root) });
  }
  return err('entries_missing');
}

/** Checks one file, the next of an export, and takes its entries into the tree. */
async function checkFile(
  bytes: Uint8Array,
  verifier: NoteVerifier,
  progress: Progress,
  add: (leaf: Hash) => Promise<void>,
): Promise<AuditFault | undefined> {
  const file = parseFile(bytes);
  if (file === undefined) return 'not_an_export';
  const head = await openCheckpoint(verifier, file.note);
  if (head === undefined) return 'signature_invalid';
  const digest = toBase64(await sha256(new TextEncoder().encode(file.body)));
  if (head.extensions.length !== 1 || head.extensions[0] !== `${DIGEST_LINE}${digest}`) return 'lines_altered';
  const first = progress.head ?? head;
  if (head.size !== first.size || !sameHash(head.root, first.root)) return 'files_differ';
  progress.head = first;
  const read = readLines(file.lines);
  if (read === undefined) return 'not_an_export';
  const before = progress.tree.size();
  // A file that brings nothing would be asked for again and again.
  if (read.entries.length > head.size - before || (read.entries.length === 0 && head.size > 0))
    return 'entries_missing';
  for (const [nth, line] of read.entries.entries()) {
    const entry = await checkEntry(line, before + nth, head);
    if (typeof entry === 'string') return entry;
    progress.erased += entry.isErased ? 1 : 0;
    await add(entry.leaf);
  }
  for (const line of read.checkpoints) {
    const earlier = await openCheckpoint(verifier, line.checkpoint);
    if (earlier === undefined) return 'signature_invalid';
    const proof = hashesOf(line.proof);
    if (proof === undefined || !(await verifyConsistency(earlier, head, proof))) return 'inconsistent';
    progress.checkpoints += 1;
  }
  return undefined;
}

async function openCheckpoint(verifier: NoteVerifier, note: string): Promise<Checkpoint | undefined> {
  const text = await verifier.open(note);
  const checkpoint = text === undefined ? undefined : parseCheckpoint(text);
  return checkpoint?.origin === verifier.name ? checkpoint : undefined;
}

async function checkEntry(line: EntryLine, index: number, head: TreeHead): Promise<CheckedEntry | AuditFault> {
  const commitment = fromHex(line.commitment);
  const proof = hashesOf(line.proof);
  if (commitment === undefined || proof === undefined || line.index !== index) return 'entry_altered';
  const nonce = line.nonce === undefined ? undefined : fromHex(line.nonce);
  const open = nonce === undefined || line.entry === undefined ? undefined : { nonce, text: line.entry };
  if ((line.nonce === undefined) !== (line.entry === undefined)) return 'entry_altered';
  if (line.nonce !== undefined && open === undefined) return 'entry_altered';
  if (open !== undefined && !sameHash(await commitmentOf(open.nonce, open.text), commitment)) return 'entry_altered';
  const leaf = await auditLeaf(commitment);
  const included = await verifyInclusion({ leaf, index, size: head.size, root: head.root, proof });
  return included ? { leaf, isErased: open === undefined } : 'entry_not_included';
}

function hashesOf(texts: readonly string[]): Hash[] | undefined {
  const hashes = texts.map(fromBase64);
  return hashes.every((hash): hash is Hash => hash?.length === 32) ? hashes : undefined;
}

function parseFile(bytes: Uint8Array): { body: string; lines: readonly string[]; note: string } | undefined {
  let text: string;
  try {
    // Strict, and a byte order mark is a character like others: two files of different bytes never read the same.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const body = text.slice(0, end + 1);
  const [first, ...lines] = body.slice(0, -1).split('\n');
  return first === FIRST_LINE && lines.length <= LINES_MAX ? { body, lines, note: text.slice(end + 2) } : undefined;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
const isOptionalText = (value: unknown): boolean => value === undefined || typeof value === 'string';

function readLines(
  lines: readonly string[],
): { entries: readonly EntryLine[]; checkpoints: readonly CheckpointLine[] } | undefined {
  const entries: EntryLine[] = [];
  const checkpoints: CheckpointLine[] = [];
  try {
    for (const line of lines) {
      const value = JSON.parse(line) as Readonly<Record<string, unknown>>;
      const { index, commitment, nonce, entry, checkpoint, proof } = value;
      if (!isTexts(proof)) return undefined;
      if (typeof checkpoint === 'string') checkpoints.push({ checkpoint, proof });
      else if (checkpoints.length > 0 || typeof index !== 'number' || typeof commitment !== 'string') return undefined;
      else if (!isOptionalText(nonce) || !isOptionalText(entry)) return undefined;
      else entries.push(value as unknown as EntryLine);
    }
  } catch {
    return undefined;
  }
  return { entries, checkpoints };
}
