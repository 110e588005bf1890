// console/app/verify-audit.test.ts: a log that was touched is refused in the browser too, and an honest one is not.
import { describe, expect, it } from 'vitest';
import { auditText, checkpointText, commitmentOf, noteSignerFrom, toHex, treeOf } from '../../core/index.ts';
import type { LoggedLine } from './verify-audit.ts';
import { verifyAudit } from './verify-audit.ts';

const seed = (byte: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(byte);

async function logOf(size: number) {
  const entries = await Promise.all(
    Array.from({ length: size }, async (_, nth) => {
      const text = auditText({ kind: 'audit_exported', entries: nth, at: nth });
      return { commitment: await commitmentOf(seed(nth), text), open: { nonce: seed(nth), text } };
    }),
  );
  const signer = await noteSignerFrom(seed(9));
  const tree = await treeOf(entries);
  const noteOf = async (count: number): Promise<string> =>
    signer.sign(checkpointText({ origin: signer.name, size: count, root: await tree.root(count), extensions: [] }));
  const lines = entries.map(
    ({ commitment, open }, index): LoggedLine => ({
      index,
      commitment: toHex(commitment),
      // Every third is another site's.
      ...(index % 3 === 0 ? {} : { nonce: toHex(open.nonce), entry: open.text }),
    }),
  );
  return { lines, noteOf, publicKey: signer.publicKey };
}

describe('P6: the audit log is checked in the browser', () => {
  it('takes an honest log, told whole or in part, and an earlier checkpoint of it', async () => {
    const { lines, noteOf, publicKey } = await logOf(11);
    const signed = { note: await noteOf(11), publicKey };
    expect(await verifyAudit(lines, signed, await noteOf(4))).toMatchObject({ kind: 'sound', size: 11, read: 7 });
    // Entries that came after the checkpoint are covered by the next one.
    expect(await verifyAudit(lines, { note: await noteOf(5), publicKey })).toMatchObject({ kind: 'sound', size: 5 });
  });

  it('names what is wrong where somebody touched it', async () => {
    const { lines, noteOf, publicKey } = await logOf(11);
    const signed = { note: await noteOf(11), publicKey };
    const edited = lines.map((line) => (line.index === 4 ? { ...line, entry: '{"kind":"purged"}' } : line));
    expect(await verifyAudit(edited, signed)).toEqual({ kind: 'entry_wrong', index: 4 });
    const swapped = lines.map((line) => (line.index === 3 ? { ...line, commitment: toHex(seed(1)) } : line));
    expect(await verifyAudit(swapped, signed)).toEqual({ kind: 'root_wrong' });
    expect(await verifyAudit(lines.slice(0, 10), signed)).toEqual({ kind: 'entries_missing' });
    expect(await verifyAudit(lines, { ...signed, note: signed.note.replace('\n11\n', '\n10\n') })).toEqual({
      kind: 'signature_wrong',
    });
    const other = await logOf(3);
    expect(await verifyAudit(lines, signed, (await other.noteOf(3)).replace(/\n3\n/, '\n2\n'))).toEqual({
      kind: 'known_wrong',
    });
  });
});
