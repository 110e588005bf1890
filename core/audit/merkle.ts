// core/audit/merkle.ts: the Merkle tree of RFC 9162 §2.1: roots, inclusion and consistency proofs, and their checks.
import { invariant } from '../invariant.ts';

/** A SHA-256 hash, 32 bytes. */
export type Hash = Uint8Array<ArrayBuffer>;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
/** Hashes a proof may have: a tree of 2^53 leaves, the largest number we count exactly, needs one a level. */
const PROOF_HASHES_MAX = 54;

/** SHA-256 (FIPS 180-4) of the parts one after the other. */
export async function sha256(...parts: readonly Uint8Array[]): Promise<Hash> {
  const message = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    message.set(part, offset);
    offset += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', message));
}

/** Whether two hashes are the same. They are public, so the time this takes tells nothing. */
export const sameHash = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The hash of one leaf's data (§2.1.1). */
export const leafHash = (data: Uint8Array): Promise<Hash> => sha256(Uint8Array.of(LEAF_PREFIX), data);

const nodeHash = (left: Hash, right: Hash): Promise<Hash> => sha256(Uint8Array.of(NODE_PREFIX), left, right);

/** The largest power of two below `size`, at least 2 (§2.1.1: k). */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** A tree over some leaves; hashes of stretches that proofs share are computed once. */
export interface MerkleTree {
  readonly size: number;
  /** The Merkle tree hash of the first `size` leaves, all where absent. */
  readonly root: (size?: number) => Promise<Hash>;
  /** PATH(index, D[size]) of §2.1.3.1. */
  readonly inclusionProof: (index: number) => Promise<Hash[]>;
  /** PROOF(size, D[n]) of §2.1.4.1: that the first `size` leaves were a tree this one continues. Empty for 0 and n.
   * @param isWhole false where this tree is not the leftmost part of the whole one: b of SUBPROOF, with which n has a proof. */
  readonly consistencyProof: (size: number, isWhole?: boolean) => Promise<Hash[]>;
}

/** Makes a tree over leaf hashes in order. */
export function merkleTree(leaves: readonly Hash[]): MerkleTree {
  const known = new Map<string, Hash>();

  async function rangeHash(start: number, end: number): Promise<Hash> {
    if (end - start === 0) return sha256();
    const [leaf] = leaves.slice(start, start + 1);
    if (end - start === 1 && leaf !== undefined) return leaf;
    const name = `${start}-${end}`;
    const held = known.get(name);
    if (held !== undefined) return held;
    const middle = start + splitOf(end - start);
    const hash = await nodeHash(await rangeHash(start, middle), await rangeHash(middle, end));
    known.set(name, hash);
    return hash;
  }

  async function path(index: number, start: number, end: number): Promise<Hash[]> {
    if (end - start <= 1) return [];
    const middle = start + splitOf(end - start);
    return index < middle
      ? [...(await path(index, start, middle)), await rangeHash(middle, end)]
      : [...(await path(index, middle, end)), await rangeHash(start, middle)];
  }

  /** SUBPROOF(m, D[start:end], isWhole); `m` counts from the first leaf of all. */
  async function subproof(m: number, start: number, end: number, isWhole: boolean): Promise<Hash[]> {
    if (m === end) return isWhole ? [] : [await rangeHash(start, end)];
    const middle = start + splitOf(end - start);
    return m <= middle
      ? [...(await subproof(m, start, middle, isWhole)), await rangeHash(middle, end)]
      : [...(await subproof(m, middle, end, false)), await rangeHash(start, middle)];
  }

  return {
    size: leaves.length,
    root: (size = leaves.length) => {
      invariant(Number.isInteger(size) && size >= 0 && size <= leaves.length, 'audit: a root is of leaves that exist');
      return rangeHash(0, size);
    },
    inclusionProof: (index) => {
      invariant(
        Number.isInteger(index) && index >= 0 && index < leaves.length,
        'audit: a proof is of a leaf of the tree',
      );
      return path(index, 0, leaves.length);
    },
    consistencyProof: async (size, isWhole = true) => {
      invariant(Number.isInteger(size) && size >= 0 && size <= leaves.length, 'audit: a proof is of an earlier size');
      return size === 0 ? [] : subproof(size, 0, leaves.length, isWhole);
    },
  };
}

/** The root of a tree that grows leaf by leaf, without keeping the leaves. */
export interface GrowingTree {
  readonly size: () => number;
  readonly add: (leaf: Hash) => Promise<void>;
  /** The Merkle tree hash of all leaves so far. */
  readonly root: () => Promise<Hash>;
}

/** Makes an empty one: it keeps one hash for each power of two in its size, the roots of whole trees from left to right. */
export function growingTree(): GrowingTree {
  const whole: Hash[] = [];
  let size = 0;
  return {
    size: () => size,
    add: async (leaf) => {
      let hash = leaf;
      // As many trees of the same height are joined as the size has ones at its end.
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        const left = whole.pop();
        invariant(left !== undefined, 'audit: a tree of odd size has a last whole tree');
        hash = await nodeHash(left, hash);
      }
      whole.push(hash);
      size += 1;
    },
    root: async () => {
      let hash = whole.at(-1);
      if (hash === undefined) return sha256();
      for (const left of whole.slice(0, -1).reverse()) hash = await nodeHash(left, hash);
      return hash;
    },
  };
}

/** Whether `proof` shows that `leaf` stands at `index` of the tree of `size` leaves with this root (§2.1.3.2). */
export async function verifyInclusion(claim: {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}): Promise<boolean> {
  const { leaf, index, size, root, proof } = claim;
  if (index < 0 || index >= size || proof.length > PROOF_HASHES_MAX) return false;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = await nodeHash(sibling, hash);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else hash = await nodeHash(hash, sibling);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && sameHash(hash, root);
}

/** A size and the root the tree had at it. */
export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

/** Whether `proof` shows that the tree of `earlier` is the beginning of the tree of `later` (§2.1.4.2). */
export async function verifyConsistency(earlier: TreeHead, later: TreeHead, proof: readonly Hash[]): Promise<boolean> {
  if (earlier.size > later.size || proof.length > PROOF_HASHES_MAX) return false;
  if (earlier.size === later.size) return proof.length === 0 && sameHash(earlier.root, later.root);
  // Every tree continues the empty one, whose root is the hash of nothing (§2.1.1).
  if (earlier.size === 0) return proof.length === 0 && sameHash(earlier.root, await sha256());
  const isPowerOfTwo = splitOf(earlier.size + 1) === earlier.size;
  const [first, ...rest] = isPowerOfTwo ? [earlier.root, ...proof] : proof;
  if (first === undefined) return false;
  let fn = earlier.size - 1;
  let sn = later.size - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  let before = first;
  let after = first;
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      before = await nodeHash(hash, before);
      after = await nodeHash(hash, after);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else after = await nodeHash(after, hash);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && sameHash(before, earlier.root) && sameHash(after, later.root);
}
