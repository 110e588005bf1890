// core/text-sum.ts: a sum of a text that tells damage, not intent: whoever can write a file can write its sum too.

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * FNV-1a with 32 bits over UTF-16 code units (draft-eastlake-fnv, section 2). Every step is a bijection of the sum so far, so two texts of one
 * length that differ in one unit alone never have the same sum; others do by a chance of 2^-32.
 * @returns an integer from 0 to 2^32 - 1
 */
export function textSum(text: string): number {
  let sum = OFFSET;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), PRIME);
  return sum >>> 0;
}
