// core/audit/note.test.ts: signed notes are those of C2SP: others' verify here, and nothing else does.
import { describe, expect, it } from 'vitest';
import { noteSignerFrom, noteVerifierFrom } from './note.ts';

const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

describe('audit: signed notes', () => {
  // The example in the documentation of golang.org/x/mod/sumdb/note, which the C2SP format comes from.
  const PUBLIC_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const NOTE =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
    '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

  it("verifies another implementation's note with its key", async () => {
    const verifier = await noteVerifierFrom(PUBLIC_KEY);
    expect(await verifier?.open(NOTE)).toBe(NOTE.slice(0, NOTE.indexOf('\n\n') + 1));
    expect(await verifier?.open(NOTE.replace('answer', 'Answer'))).toBeUndefined();
  });

  it('opens what its own signer signed, and nothing of another signer', async () => {
    const [ours, theirs] = [await noteSignerFrom(seed(1)), await noteSignerFrom(seed(2))];
    expect(ours.name).not.toBe(theirs.name);
    const verifier = await noteVerifierFrom(ours.publicKey);
    expect(await verifier?.open(await ours.sign('one\ntwo\n'))).toBe('one\ntwo\n');
    expect(await verifier?.open(await theirs.sign('one\ntwo\n'))).toBeUndefined();
    const renamed = (await theirs.sign('one\n')).replace(theirs.name, ours.name);
    expect(await verifier?.open(renamed)).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['a key without a name', PUBLIC_KEY.slice('PeterNeumann'.length)],
    ['a hash of another name', PUBLIC_KEY.replace('Peter', 'Pet3r')],
    ['a key cut short', PUBLIC_KEY.slice(0, -4)],
    ['another algorithm', PUBLIC_KEY.replace('+ARpc', '+Ahpc')],
  ])('reads no public key from %s', async (_, text) => {
    expect(await noteVerifierFrom(text)).toBeUndefined();
  });
});
