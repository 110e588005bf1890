// core/audit/merkle.test.ts: the tree against RFC 9162's definitions, written down a second time, and against known roots.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../pseudonym.ts';
import { fromHex } from './base64.ts';
import type { Hash } from './merkle.ts';
import { growingTree, leafHash, merkleTree, sha256, verifyConsistency, verifyInclusion } from './merkle.ts';

const data = (nth: number): Uint8Array => new TextEncoder().encode(`entry ${nth}`);
const leavesOf = (size: number): Promise<Hash[]> =>
  Promise.all(Array.from({ length: size }, (_, nth) => leafHash(data(nth))));

/** MTH(D[n]) word for word, slow. */
async function definedRoot(entries: readonly Uint8Array[]): Promise<Hash> {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), only);
  const k = 2 ** Math.floor(Math.log2(entries.length - 1));
  const [left, right] = [await definedRoot(entries.slice(0, k)), await definedRoot(entries.slice(k))];
  return sha256(Uint8Array.of(1), left, right);
}

const SIZE_MAX = 33;

describe('audit: the tree is that of RFC 9162', () => {
  // The inputs and roots that certificate-transparency implementations share as test vectors.
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('gives the known root of %i leaves', async (size, root) => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const leaves = await Promise.all(inputs.slice(0, size).map((hex) => leafHash(fromHex(hex) ?? data(0))));
    expect(toHex(await merkleTree(leaves).root())).toBe(root);
  });

  it(`gives the defined root at every size to ${SIZE_MAX}, also as an earlier size of a larger tree`, async () => {
    const tree = merkleTree(await leavesOf(SIZE_MAX));
    for (let size = 0; size <= SIZE_MAX; size++) {
      const entries = Array.from({ length: size }, (_, nth) => data(nth));
      expect(await tree.root(size)).toEqual(await definedRoot(entries));
    }
  });

  it(`gives the defined root at every size to ${SIZE_MAX} where it grows leaf by leaf and keeps none`, async () => {
    const tree = growingTree();
    for (let size = 0; size <= SIZE_MAX; size++) {
      expect(tree.size()).toBe(size);
      expect(await tree.root()).toEqual(await definedRoot(Array.from({ length: size }, (_, nth) => data(nth))));
      await tree.add(await leafHash(data(size)));
    }
  });
});

describe('audit: proofs', () => {
  it(`of inclusion hold at every index of every size to ${SIZE_MAX}, and at no other`, async () => {
    const leaves = await leavesOf(SIZE_MAX);
    for (let size = 1; size <= SIZE_MAX; size++) {
      const tree = merkleTree(leaves.slice(0, size));
      const root = await tree.root();
      for (let index = 0; index < size; index++) {
        const proof = await tree.inclusionProof(index);
        const leaf = leaves[index] ?? root;
        expect(await verifyInclusion({ leaf, index, size, root, proof })).toBe(true);
        expect(await verifyInclusion({ leaf, index: (index + 1) % (size + 1), size, root, proof })).toBe(false);
        const wrong = [...proof, root];
        expect(await verifyInclusion({ leaf, index, size, root, proof: wrong })).toBe(false);
        if (size > 1) expect(await verifyInclusion({ leaf, index, size, root, proof: proof.slice(1) })).toBe(false);
      }
    }
  });

  it(`of consistency hold between all sizes to ${SIZE_MAX}, and with no other root`, async () => {
    const leaves = await leavesOf(SIZE_MAX);
    const other = await sha256(data(99));
    for (let size = 0; size <= SIZE_MAX; size++) {
      const tree = merkleTree(leaves.slice(0, size));
      const later = { size, root: await tree.root() };
      for (let earlierSize = 0; earlierSize <= size; earlierSize++) {
        const earlier = { size: earlierSize, root: await tree.root(earlierSize) };
        const proof = await tree.consistencyProof(earlierSize);
        expect(await verifyConsistency(earlier, later, proof)).toBe(true);
        expect(await verifyConsistency({ ...earlier, root: other }, later, proof)).toBe(false);
        // Every tree continues the empty one, so that says nothing about the later root.
        if (earlierSize > 0) expect(await verifyConsistency(earlier, { ...later, root: other }, proof)).toBe(false);
        expect(await verifyConsistency(earlier, later, [...proof, other])).toBe(false);
      }
    }
  });

  it('do not hold of a history in which any one leaf is another', async () => {
    const law = fc.asyncProperty(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), async (size, at, cut) => {
      const leaves = await leavesOf(size);
      const earlierSize = 1 + (cut % (size - 1));
      const changed = [...leaves];
      changed[at % earlierSize] = await sha256(data(1_000));
      const [honest, forged] = [merkleTree(leaves), merkleTree(changed)];
      const earlier = { size: earlierSize, root: await honest.root(earlierSize) };
      const later = { size, root: await forged.root() };
      expect(await verifyConsistency(earlier, later, await forged.consistencyProof(earlierSize))).toBe(false);
      expect(await verifyConsistency(earlier, later, await honest.consistencyProof(earlierSize))).toBe(false);
    });
    await fc.assert(law, { numRuns: 60 });
  });
});
