// segmenter/math/random.ts: seeded randomness for samples; the maths never asks the platform for any.
import { invariant } from '../../core/index.ts';

/**
 * Uniform 32-bit words from a seed: xorshift with the triple 13, 17, 5 (Marsaglia 2003), good enough to draw samples.
 * @param seed a whole number; its low 32 bits count.
 */
export function seededWords(seed: number): () => number {
  // 0 is the one state that xorshift never leaves.
  let state = mixed(seed) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/**
 * Spreads a seed over all 32 bits (the finaliser of MurmurHash3, Appleby 2011): xorshift's first words are small for small
 * seeds, and people choose small seeds.
 */
function mixed(seed: number): number {
  let bits = seed >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** `size` different indices below `count`, ascending, each set equally likely (Fisher–Yates, cut short); all where `size` covers them. */
export function sampleIndices(count: number, size: number, seed: number): number[] {
  invariant(count < 2 ** 32, 'M1: a sample is drawn from fewer than 2^32 rows');
  const indices = Array.from({ length: count }, (_, index) => index);
  if (size >= count) return indices;
  const words = seededWords(seed);
  for (let i = 0; i < size; i++) {
    // Multiplying instead of a remainder: the bias is below count / 2^32 and the high bits of xorshift are its best.
    const j = i + Math.floor((words() / 2 ** 32) * (count - i));
    [indices[i], indices[j]] = [indices[j] ?? 0, indices[i] ?? 0];
  }
  return indices.slice(0, size).sort((a, b) => a - b);
}
