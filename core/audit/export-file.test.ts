// core/audit/export-file.test.ts: an export that was touched anywhere is refused, and one that was not is taken.
import { describe, expect, it } from 'vitest';
import { fuzzExport } from '../../bench/proof/mutate-export.ts';
import { checkpointText } from './checkpoint.ts';
import { auditText, commitmentOf } from './entry.ts';
import { verifyExport, verifyExportFiles } from './export-check.ts';
import type { LoggedEntry } from './export-file.ts';
import { encodeExport, encodeExportFiles, treeOf } from './export-file.ts';
import { noteSignerFrom, noteVerifierFrom } from './note.ts';

/** `npm run proof` makes 10,000. */
const MUTATIONS = 2_000;
const T0 = 1_772_409_600_000;
const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

const logOf = (size: number): Promise<LoggedEntry[]> =>
  Promise.all(
    Array.from({ length: size }, async (_, nth) => {
      const text = auditText({ kind: 'audit_exported', entries: nth, at: T0 + nth });
      return { commitment: await commitmentOf(seed(nth), text), open: { nonce: seed(nth), text } };
    }),
  );

async function keysOf(byte: number) {
  const signer = await noteSignerFrom(seed(byte));
  const verifier = await noteVerifierFrom(signer.publicKey);
  if (verifier === undefined) throw new Error('a signer has a public key');
  return { signer, verifier };
}
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('audit: an export is checked with nothing but the public key', () => {
  it.each([0, 1, 2, 7, 64])('takes an honest one of %i entries', async (size) => {
    const { signer, verifier } = await keysOf(1);
    const verified = await verifyExport(encode(await encodeExport(await logOf(size), [], signer)), verifier);
    expect(verified).toMatchObject({ ok: true, value: { entries: size, erased: 0 } });
  });

  it('refuses one of another key', async () => {
    const [ours, theirs] = [await keysOf(1), await keysOf(2)];
    const file = encode(await encodeExport(await logOf(5), [], ours.signer));
    expect(await verifyExport(file, theirs.verifier)).toEqual({ ok: false, error: 'signature_invalid' });
  });

  it('takes one with an erased entry, whose root is the same as before', async () => {
    const { signer, verifier } = await keysOf(1);
    const log = await logOf(9);
    const before = await verifyExport(encode(await encodeExport(log, [], signer)), verifier);
    const erased = log.map((entry, nth) => (nth === 4 ? { commitment: entry.commitment } : entry));
    const file = await encodeExport(erased, [], signer);
    const after = await verifyExport(encode(file), verifier);
    expect(file).not.toContain('"entries\\":4,');
    if (!before.ok || !after.ok) throw new Error('both are sound');
    expect(after.value).toMatchObject({ erased: 1, root: before.value.root });
  });

  it('names what is wrong where the operator, who has the key, rewrites what a checkpoint kept elsewhere covers', async () => {
    const { signer, verifier } = await keysOf(1);
    const log = await logOf(12);
    const root = await (await treeOf(log)).root(8);
    const known = await signer.sign(checkpointText({ origin: signer.name, size: 8, root, extensions: [] }));
    const check = async (entries: readonly LoggedEntry[]) =>
      verifyExport(encode(await encodeExport(entries, [], signer)), verifier, known);
    expect((await check(log)).ok).toBe(true);
    expect(await check(log.slice(0, 7))).toEqual({ ok: false, error: 'older_than_known' });
    expect(await check([...log.slice(0, 3), ...log.slice(4)])).toEqual({ ok: false, error: 'inconsistent' });
    expect(await check(log.slice(1))).toEqual({ ok: false, error: 'inconsistent' });
  });

  it(`catches each of ${MUTATIONS} random mutations`, async () => {
    const fuzzSeed = Number(process.env['HUSHTAG_SEED'] ?? crypto.getRandomValues(new Uint32Array(1))[0]);
    process.stdout.write(`audit fuzz: HUSHTAG_SEED=${fuzzSeed}\n`);
    const report = await fuzzExport(MUTATIONS, fuzzSeed);
    expect(report.honestIsSound).toBe(true);
    expect({ seed: fuzzSeed, missed: report.missed }).toEqual({ seed: fuzzSeed, missed: [] });
  });
});

describe('audit: a log too long for one file is exported in several, under one signed tree', () => {
  const noteOf = async (log: readonly LoggedEntry[], size: number) => {
    const { signer } = await keysOf(1);
    const root = await (await treeOf(log)).root(size);
    return { size, note: await signer.sign(checkpointText({ origin: signer.name, size, root, extensions: [] })) };
  };
  const filesOf = async (log: readonly LoggedEntry[], fileEntries: number, notes: readonly number[] = []) => {
    const source = { size: log.length, read: (from: number, to: number) => Promise.resolve(log.slice(from, to)) };
    const checkpoints = await Promise.all(notes.map((size) => noteOf(log, size)));
    const files: string[] = [];
    for await (const file of encodeExportFiles(source, checkpoints, (await keysOf(1)).signer, fileEntries))
      files.push(file);
    return files;
  };
  const check = async (files: readonly string[], known?: string) => {
    const { verifier } = await keysOf(1);
    const at = (nth: number) =>
      Promise.resolve(files[nth - 1] === undefined ? undefined : encode(files[nth - 1] ?? ''));
    return verifyExportFiles(at, verifier, known);
  };

  it.each([1, 4])('has the same lines and proofs in files of %i entries as in one file', async (fileEntries) => {
    for (const size of [0, 1, 3, 4, 5, 8, 13]) {
      const log = await logOf(size);
      const notes = Array.from({ length: size + 1 }, (_, nth) => nth);
      const [whole = ''] = await filesOf(log, 32, notes);
      const files = await filesOf(log, fileEntries, notes);
      expect(files).toHaveLength(Math.max(1, Math.ceil(size / fileEntries)));
      const linesOf = (file: string) => file.slice(0, file.indexOf('\n\n')).split('\n').slice(1);
      expect(files.flatMap(linesOf).sort()).toEqual(linesOf(whole).sort());
      expect(await check(files)).toEqual(await check([whole]));
      expect(await check(files)).toMatchObject({ ok: true, value: { entries: size, checkpoints: size + 1 } });
    }
  });

  it('reads a log that fits into one file once', async () => {
    const log = await logOf(5);
    const asked: number[] = [];
    const read = (from: number, to: number) => {
      asked.push(from);
      return Promise.resolve(log.slice(from, to));
    };
    const files = encodeExportFiles({ size: 5, read }, [], (await keysOf(1)).signer, 8);
    for await (const file of files) expect((await check([file])).ok).toBe(true);
    expect(asked).toEqual([0]);
  });

  it('refuses files that are missing, swapped, twice there, altered or of different exports', async () => {
    const log = await logOf(11);
    const [a = '', b = '', c = ''] = await filesOf(log, 4, [3, 9]);
    const [, other = ''] = await filesOf(log.slice(0, 10), 4);
    const fault = async (files: readonly string[]) => {
      const checked = await check(files);
      return checked.ok ? 'sound' : checked.error;
    };
    expect(await fault([a, b, c])).toBe('sound');
    expect(await fault([a, b])).toBe('entries_missing');
    expect(await fault([a, c])).toBe('entry_altered');
    expect(await fault([b, a, c])).toBe('entry_altered');
    expect(await fault([a, a, b])).toBe('entry_altered');
    expect(await fault([a, other, c])).toBe('files_differ');
    expect(await fault([a, b.replace('"index":5', '"index":6'), c])).toBe('lines_altered');
  });

  it('holds them against a checkpoint that was kept elsewhere', async () => {
    const log = await logOf(11);
    const known = (await noteOf(log, 7)).note;
    expect((await check(await filesOf(log, 4), known)).ok).toBe(true);
    expect(await check(await filesOf(log.slice(0, 6), 4), known)).toEqual({ ok: false, error: 'older_than_known' });
    const rewritten = [...log.slice(0, 2), ...log.slice(3)];
    expect(await check(await filesOf(rewritten, 4), known)).toEqual({ ok: false, error: 'inconsistent' });
  });
});
