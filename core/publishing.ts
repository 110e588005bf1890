// core/publishing.ts: the rules by which a number may leave (P3): floor, sticky noise, rounding, in this order.
//
// Exact counts, plain rounding and fresh noise all fall to differencing, padding or averaging. So the noise of a set is
// drawn once and for all: from a pseudo-random function of the members under a secret of the site. Equal sets give equal
// numbers, whichever segment, version or request asks.
import type { WithheldReason } from '../contract/index.ts';
import { invariant } from './invariant.ts';
import { lengthPrefixed } from './pseudonym.ts';

/** The noise's privacy parameter for one visitor more or less in one count. */
export const NOISE_EPSILON = 1;
/** Published counts are multiples of this. */
export const COUNT_STEP = 10;
/** Significant digits of a published mean. */
export const MEAN_DIGITS = 2;
/** Rejections after which the sampler gives up; each step accepts with a chance above one third, so it never happens. */
const SAMPLER_TRIES_MAX = 10_000;

/** Uniform 32-bit words, one after the other. */
export type WordSource = () => Promise<number>;

/** A count that may leave, or why it may not. */
export type PublishedCount =
  | { readonly status: 'published'; readonly count: number }
  | { readonly status: 'withheld'; readonly reason: WithheldReason };

/** Whether a set and its complement are both of the floor's size, or which of them is not. */
export function checkFloor(members: number, total: number, floor: number): WithheldReason | undefined {
  if (members < floor) return 'below_floor';
  return total - members < floor ? 'complement_below_floor' : undefined;
}

/** Rounds a count to {@link COUNT_STEP}, halves up, never below 0. */
export const roundCount = (count: number): number =>
  Math.max(0, Math.floor((count + COUNT_STEP / 2) / COUNT_STEP) * COUNT_STEP);

/** Rounds a mean to {@link MEAN_DIGITS} significant digits. */
export const roundMean = (mean: number): number => Number(mean.toPrecision(MEAN_DIGITS));

/** Adds noise to a count that passed {@link checkFloor} and rounds it; still withheld where that falls below the floor. */
export async function publishCount(members: number, floor: number, words: WordSource): Promise<PublishedCount> {
  const count = roundCount(members + (await discreteLaplace(words)));
  return count < floor ? { status: 'withheld', reason: 'below_floor' } : { status: 'published', count };
}

/**
 * The words that belong to one set of members: HMAC-SHA-256 of the set's digest and a counter, under the site's secret.
 * @param digest of the sorted members; equal sets must give equal digests.
 */
export async function setWords(secret: Uint8Array<ArrayBuffer>, digest: Uint8Array<ArrayBuffer>): Promise<WordSource> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign']);
  const prefix = lengthPrefixed(['hushtag published count 1']);
  let block: DataView | undefined;
  let used = 0;
  let counter = 0;
  return async () => {
    if (block === undefined || used === block.byteLength) {
      const message = new Uint8Array(prefix.length + 4 + digest.length);
      message.set(prefix);
      new DataView(message.buffer).setUint32(prefix.length, counter);
      message.set(digest, prefix.length + 4);
      block = new DataView(await crypto.subtle.sign('HMAC', key, message));
      used = 0;
      counter += 1;
    }
    const word = block.getUint32(used);
    used += 4;
    return word;
  };
}

/**
 * Draws from the discrete Laplace distribution with scale 1/ε, P(y) ∝ exp(-ε|y|): the two-sided geometric mechanism of
 * Ghosh, Roughgarden and Sundararajan (2012), sampled without floating point as in Canonne, Kamath and Steinke (2020),
 * algorithm 2 with t = 1 and s = ε. Floating-point samplers leave gaps that give the exact count away (Mironov 2012).
 */
export async function discreteLaplace(words: WordSource): Promise<number> {
  for (let tries = 0; tries < SAMPLER_TRIES_MAX; tries++) {
    let magnitude = 0;
    while (await bernoulliExpMinusOne(words)) magnitude += 1;
    const scaled = Math.floor(magnitude / NOISE_EPSILON);
    const negative = (await words()) % 2 === 1;
    // Zero has one sign only, or it would come twice as often as it may.
    if (negative && scaled === 0) continue;
    return negative ? -scaled : scaled;
  }
  invariant(false, 'P3: the noise sampler ends');
}

/** True with the chance exp(-1): algorithm 1 of the same paper with γ = 1. */
async function bernoulliExpMinusOne(words: WordSource): Promise<boolean> {
  for (let k = 1; k < SAMPLER_TRIES_MAX; k++) {
    if ((await uniformBelow(k, words)) !== 0) return k % 2 === 1;
  }
  invariant(false, 'P3: the noise sampler ends');
}

/** A whole number from 0 to `bound` - 1, each equally likely: words in the incomplete last stretch are drawn again. */
async function uniformBelow(bound: number, words: WordSource): Promise<number> {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (let tries = 0; tries < SAMPLER_TRIES_MAX; tries++) {
    const word = await words();
    if (word < limit) return word % bound;
  }
  invariant(false, 'P3: the noise sampler ends');
}
