// core/publishing.ts: the rules by which a number may leave (P3): floor, sticky noise, rounding, in this order.
//
// Exact counts, plain rounding and fresh noise all fall to differencing, padding or averaging. So the noise of a set is
// drawn once a round: from a pseudo-random function of the members and the round under a secret of the site. Equal sets of a round
// give equal numbers, whichever segment or request asks, and there are only so many rounds.
import type { WithheldReason } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { invariant } from './invariant.ts';
import type { Hmac } from './pseudonym.ts';
import { lengthPrefixed } from './pseudonym.ts';

/** Scale of the noise, visitors: its standard deviation is about 14. */
export const NOISE_SCALE = 10;
/** The noise's privacy parameter for one visitor more or less in one count. */
export const NOISE_EPSILON: number = 1 / NOISE_SCALE;
/**
 * How far above the floor a noisy count must be. A floor asked of the exact count alone can be tipped by one visitor and
 * tells of them for certain; here a set that just reaches it is shown with a chance below 3 % (half of exp(-3)).
 */
export const FLOOR_MARGIN: number = 3 * NOISE_SCALE;
/**
 * Rounds of publishing at most in {@link RELEASE_PERIOD_MS}, whether sets are new or not. One visitor is in one segment of a publication,
 * or moves between two: that bounds what all numbers of a period tell of them to 4 × 2 × ε.
 */
export const RELEASES_MAX = 4;
/** The period of {@link RELEASES_MAX}. */
export const RELEASE_PERIOD_MS: number = 28 * DAY_MS;
/** After this many in a period the rest are spread over it, {@link RELEASE_PAUSE_MS} apart. */
export const RELEASES_AT_ONCE = 2;
/** The shortest time between later publications of a period. */
export const RELEASE_PAUSE_MS: number = 7 * DAY_MS;
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

/**
 * Publishes a count with noise and rounding, or withholds it: where the exact count or its complement is below the floor,
 * and where the noisy one is not {@link FLOOR_MARGIN} above it.
 * @param total everybody the set is part of; undefined where the set is everybody.
 */
export async function publishCount(
  members: number,
  total: number | undefined,
  floor: number,
  words: WordSource,
): Promise<PublishedCount> {
  const noisy = members + (await discreteLaplace(words));
  const outside = total ?? Number.POSITIVE_INFINITY;
  // The noisy count first: which of the two reasons is given would else be tipped by one visitor.
  const reason = checkFloor(noisy, outside, floor + FLOOR_MARGIN) ?? checkFloor(members, outside, floor);
  return reason === undefined ? { status: 'published', count: roundCount(noisy) } : { status: 'withheld', reason };
}

/** Whether new sets may be published at `at`, after publications at `earlier` (epoch ms, in any order). */
export function mayRelease(earlier: readonly number[], at: number): boolean {
  const recent = earlier.filter((one) => at - one < RELEASE_PERIOD_MS);
  if (recent.length >= RELEASES_MAX) return false;
  return recent.length < RELEASES_AT_ONCE || at - Math.max(...recent) >= RELEASE_PAUSE_MS;
}

/** The first instant from `at` on at which new sets may be published, if nothing is until then. */
export function nextReleaseAt(earlier: readonly number[], at: number): number {
  // Only the end of a round's period and the end of the pause can change the answer.
  const turns = [at, ...earlier.flatMap((one) => [one + RELEASE_PERIOD_MS, one + RELEASE_PAUSE_MS])];
  return Math.min(...turns.filter((turn) => turn >= at && mayRelease(earlier, turn)));
}

/** A site's secret for noise: its bytes, the key made of them once for many draws, or whoever computes HMAC-SHA-256 with it. */
export type WordsSecret = Uint8Array<ArrayBuffer> | Awaited<ReturnType<typeof wordsKey>> | Hmac;

/** The key of a secret. */
export const wordsKey = (secret: Uint8Array<ArrayBuffer>): ReturnType<typeof crypto.subtle.importKey> =>
  crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

async function hmacOf(secret: WordsSecret): Promise<Hmac> {
  if (typeof secret === 'function') return secret;
  const key = secret instanceof Uint8Array ? await wordsKey(secret) : secret;
  return async (message) => new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
}

/**
 * The words that belong to one set of members: HMAC-SHA-256 of the set's digest and a counter, under the site's secret.
 * @param digest of the sorted members; equal sets must give equal digests.
 */
export async function setWords(secret: WordsSecret, digest: Uint8Array<ArrayBuffer>): Promise<WordSource> {
  const hmac = await hmacOf(secret);
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
      const { buffer, byteOffset, byteLength } = await hmac(message);
      block = new DataView(buffer, byteOffset, byteLength);
      used = 0;
      counter += 1;
    }
    const word = block.getUint32(used);
    used += 4;
    return word;
  };
}

/**
 * Draws from the discrete Laplace distribution of a whole scale, {@link NOISE_SCALE} unless said otherwise, P(y) ∝ exp(-|y| / scale): the two-sided
 * geometric mechanism of Ghosh, Roughgarden and Sundararajan (2012), sampled without floating point as in Canonne, Kamath
 * and Steinke (2020), algorithm 2 with s = 1. Floating-point samplers leave gaps that give the exact count away
 * (Mironov 2012).
 */
export async function discreteLaplace(words: WordSource, scale: number = NOISE_SCALE): Promise<number> {
  for (let tries = 0; tries < SAMPLER_TRIES_MAX; tries++) {
    const remainder = await uniformBelow(scale, words);
    if (!(await bernoulliExp(remainder, scale, words))) continue;
    let quotient = 0;
    while (await bernoulliExp(1, 1, words)) quotient += 1;
    const magnitude = remainder + scale * quotient;
    const negative = (await words()) % 2 === 1;
    // Zero has one sign only, or it would come twice as often as it may.
    if (negative && magnitude === 0) continue;
    return negative ? -magnitude : magnitude;
  }
  invariant(false, 'P3: the noise sampler ends');
}

/** True with the chance exp(-numerator / denominator), for fractions up to 1: algorithm 1 of the same paper. */
async function bernoulliExp(numerator: number, denominator: number, words: WordSource): Promise<boolean> {
  for (let k = 1; k < SAMPLER_TRIES_MAX; k++) {
    if ((await uniformBelow(denominator * k, words)) >= numerator) return k % 2 === 1;
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
