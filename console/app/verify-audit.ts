// console/app/verify-audit.ts: checks the audit log in the browser, from what the API gave and nothing it says of itself.
import type { Checkpoint, NoteVerifier } from '../../core/index.ts';
import { commitmentOf, noteVerifierFrom, parseCheckpoint, sameHash, treeOf } from '../../core/index.ts';

/** An entry as the API gives it; hex. Text and nonce are absent where they are another site's, or were erased. */
export interface LoggedLine {
  readonly index: number;
  readonly commitment: string;
  readonly nonce?: string | undefined;
  readonly entry?: string | undefined;
}

/** What came of it. */
export type Verdict =
  | { readonly kind: 'sound'; readonly size: number; readonly read: number; readonly root: string }
  | { readonly kind: 'signature_wrong' | 'root_wrong' | 'entries_missing' | 'known_wrong' }
  | { readonly kind: 'entry_wrong'; readonly index: number };

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: hex.length / 2 }, (_, nth) => Number.parseInt(hex.slice(nth * 2, nth * 2 + 2), 16));

async function open(verifier: NoteVerifier | undefined, note: string): Promise<Checkpoint | undefined> {
  const text = await verifier?.open(note.endsWith('\n') ? note : `${note}\n`);
  return text === undefined ? undefined : parseCheckpoint(text);
}

/**
 * Rebuilds the tree of all entries and holds it against a signed checkpoint; every entry that is told must be the one that
 * was committed to. @param known a checkpoint kept elsewhere: with it, a log that was cut back or rewritten shows.
 */
export async function verifyAudit(
  lines: readonly LoggedLine[],
  signed: { readonly note: string; readonly publicKey: string },
  known = '',
): Promise<Verdict> {
  const verifier = await noteVerifierFrom(signed.publicKey);
  const head = await open(verifier, signed.note);
  if (head === undefined) return { kind: 'signature_wrong' };
  if (lines.length < head.size || lines.some(({ index }, nth) => index !== nth)) return { kind: 'entries_missing' };
  const covered = lines.slice(0, head.size);
  for (const { index, commitment, nonce, entry } of covered) {
    if (nonce === undefined || entry === undefined) continue;
    if (!sameHash(await commitmentOf(bytesOf(nonce), entry), bytesOf(commitment)))
      return { kind: 'entry_wrong', index };
  }
  const tree = await treeOf(covered.map(({ commitment }) => ({ commitment: bytesOf(commitment) })));
  const root = await tree.root();
  if (!sameHash(root, head.root)) return { kind: 'root_wrong' };
  if (known.trim() !== '') {
    const earlier = await open(verifier, known.trim());
    if (earlier === undefined || earlier.size > head.size || !sameHash(await tree.root(earlier.size), earlier.root)) {
      return { kind: 'known_wrong' };
    }
  }
  const read = covered.filter(({ entry }) => entry !== undefined).length;
  return { kind: 'sound', size: head.size, read, root: btoa(String.fromCharCode(...root)) };
}
