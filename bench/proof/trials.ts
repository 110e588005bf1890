// bench/proof/trials.ts: many trials of one attack, each with a seed of its own.
import { createHash, createHmac } from 'node:crypto';
import type { Hmac } from '../../core/index.ts';
import type { Sha256 } from '../../segmenter/index.ts';
import type { Seeded } from './seeded.ts';
import { seeded } from './seeded.ts';

/** How often an attack was right. */
export interface AttackReport {
  readonly accuracy: number;
  readonly trials: number;
  readonly seed: number;
}

/** The same as WebCrypto's, which a test shows, at a small part of its cost: trials make many short messages. */
export const nodeSha256: Sha256 = (message) => createHash('sha256').update(message).digest();

const SEEDS = 2 ** 32;

/**
 * One trial. @param truth what is to be guessed, by a coin. @param random numbers of this trial alone.
 * @returns log of how much likelier what was seen is if it is true: above 0 the guess is yes, at 0 a coin.
 */
export type Trial = (truth: boolean, secret: Hmac, random: Seeded) => Promise<number>;

/** Runs trials, each with a seed of its own that follows from the one given. @returns the share of right guesses. */
export async function runTrials(trials: number, seed: number, trial: Trial): Promise<AttackReport> {
  const seeds = seeded(seed);
  const one = async (random: Seeded): Promise<boolean> => {
    const truth = random.below(2) === 1;
    const secret = Uint8Array.from({ length: 32 }, () => random.below(256));
    const hmac: Hmac = (message) => createHmac('sha256', secret).update(message).digest();
    const evidence = await trial(truth, hmac, random);
    return (evidence === 0 ? random.below(2) === 1 : evidence > 0) === truth;
  };
  let right = 0;
  for (let trialNth = 0; trialNth < trials; trialNth++) right += (await one(seeded(seeds.below(SEEDS)))) ? 1 : 0;
  return { accuracy: right / trials, trials, seed };
}
