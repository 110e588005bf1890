// core/audit/export-file.ts: the audit log as one text file that anybody can check offline with the public key alone.
//
// A first line with the format, a JSON line for each entry with its inclusion proof, a JSON line for each earlier
// checkpoint with its consistency proof, an empty line, and a signed checkpoint. That one carries the digest of all lines
// above it, so that a line that no tree holds (an earlier checkpoint) can't be left out either.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import { toHex } from '../pseudonym.ts';
import { fromBase64, fromHex, toBase64 } from './base64.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpointText, parseCheckpoint } from './checkpoint.ts';
import { auditLeaf, commitmentOf } from './entry.ts';
import type { Hash, MerkleTree, TreeHead } from './merkle.ts';
import { merkleTree, sameHash, sha256, verifyConsistency, verifyInclusion } from './merkle.ts';
import type { NoteSigner, NoteVerifier } from './note.ts';

const FIRST_LINE = 'hushtag audit export 1';
const DIGEST_LINE = 'export-sha256 ';
/** Lines of a file at most, so that a hostile one can't hold the reader for ever. */
const LINES_MAX = 2_000_000;

/** An entry as it lies in the log; nonce and text are gone where its data was erased. */
export interface LoggedEntry {
  readonly commitment: Hash;
  readonly open?: { readonly nonce: Uint8Array; readonly text: string };
}

/** What is wrong with a file. */
export type AuditFault =
  | 'not_an_export'
  | 'signature_invalid'
  | 'lines_altered'
  | 'entries_missing'
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
  /** The entries' texts in order; undefined where erased. */
  readonly texts: readonly (string | undefined)[];
}

interface EntryLine {
  readonly index: number;
  readonly commitment: string;
  readonly nonce?: string;
  readonly entry?: string;
  readonly proof: readonly string[];
}
interface CheckpointLine {
  readonly checkpoint: string;
  readonly proof: readonly string[];
}

/** The tree over some logged entries. */
export const treeOf = async (entries: readonly LoggedEntry[]): Promise<MerkleTree> =>
  merkleTree(await Promise.all(entries.map(({ commitment }) => auditLeaf(commitment))));

/** Writes the file. `checkpoints` are signed notes of earlier sizes of this log, oldest first. */
export async function encodeExport(
  entries: readonly LoggedEntry[],
  checkpoints: readonly { readonly size: number; readonly note: string }[],
  signer: NoteSigner,
): Promise<string> {
  const tree = await treeOf(entries);
  const lines = [FIRST_LINE];
  for (const [index, { commitment, open }] of entries.entries()) {
    const line: EntryLine = {
      index,
      commitment: toHex(commitment),
      ...(open === undefined ? {} : { nonce: toHex(open.nonce), entry: open.text }),
      proof: (await tree.inclusionProof(index)).map(toBase64),
    };
    lines.push(JSON.stringify(line));
  }
  for (const { size, note } of checkpoints) {
    const line: CheckpointLine = { checkpoint: note, proof: (await tree.consistencyProof(size)).map(toBase64) };
    lines.push(JSON.stringify(line));
  }
  const body = `${lines.join('\n')}\n`;
  const digest = `${DIGEST_LINE}${toBase64(await sha256(new TextEncoder().encode(body)))}`;
  const head = { origin: signer.name, size: tree.size, root: await tree.root(), extensions: [digest] };
  return `${body}\n${await signer.sign(checkpointText(head))}`;
}

/** Checks a file. `known` is a signed checkpoint that was kept elsewhere: with it, a log that was cut back or rewritten shows. */
export async function verifyExport(
  bytes: Uint8Array,
  verifier: NoteVerifier,
  known?: string,
): Promise<Result<AuditReport, AuditFault>> {
  const file = parseFile(bytes);
  if (file === undefined) return err('not_an_export');
  const head = await openCheckpoint(verifier, file.note);
  if (head === undefined) return err('signature_invalid');
  const digest = toBase64(await sha256(new TextEncoder().encode(file.body)));
  if (head.extensions.length !== 1 || head.extensions[0] !== `${DIGEST_LINE}${digest}`) return err('lines_altered');
  const read = readLines(file.lines);
  if (read === undefined) return err('not_an_export');
  if (read.entries.length !== head.size) return err('entries_missing');
  const entries: LoggedEntry[] = [];
  for (const [index, line] of read.entries.entries()) {
    const entry = await checkEntry(line, index, head);
    if (typeof entry === 'string') return err(entry);
    entries.push(entry);
  }
  const tree = await treeOf(entries);
  if (!sameHash(await tree.root(), head.root)) return err('root_wrong');
  for (const line of read.checkpoints) {
    const earlier = await openCheckpoint(verifier, line.checkpoint);
    if (earlier === undefined) return err('signature_invalid');
    const proof = hashesOf(line.proof);
    if (proof === undefined || !(await verifyConsistency(earlier, head, proof))) return err('inconsistent');
  }
  const fault = known === undefined ? undefined : await checkKnown(known, verifier, tree, head);
  if (fault !== undefined) return err(fault);
  const texts = entries.map(({ open }) => open?.text);
  return ok({
    origin: head.origin,
    entries: entries.length,
    erased: texts.filter((text) => text === undefined).length,
    checkpoints: read.checkpoints.length,
    root: toBase64(head.root),
    texts,
  });
}

async function openCheckpoint(verifier: NoteVerifier, note: string): Promise<Checkpoint | undefined> {
  const text = await verifier.open(note);
  const checkpoint = text === undefined ? undefined : parseCheckpoint(text);
  return checkpoint?.origin === verifier.name ? checkpoint : undefined;
}

async function checkKnown(
  known: string,
  verifier: NoteVerifier,
  tree: MerkleTree,
  head: TreeHead,
): Promise<AuditFault | undefined> {
  const earlier = await openCheckpoint(verifier, known);
  if (earlier === undefined) return 'signature_invalid';
  if (earlier.size > head.size) return 'older_than_known';
  const proof = await tree.consistencyProof(earlier.size);
  return (await verifyConsistency(earlier, head, proof)) ? undefined : 'inconsistent';
}

async function checkEntry(line: EntryLine, index: number, head: TreeHead): Promise<LoggedEntry | AuditFault> {
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
  return included ? { commitment, ...(open === undefined ? {} : { open }) } : 'entry_not_included';
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
