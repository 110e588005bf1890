// segmenter/publish/set-noise.ts: the noise of sets within one round: the secret is made a key once, each set is digested once.
//
// Sticky within a round and drawn anew by the next: were the noise of a set the same in two rounds, a number that stayed
// and one that did not would tell which of two sets somebody came to (docs/adr/0057-one-budget-for-a-model.md).
import type { WordsSecret, WordSource } from '../../core/index.ts';
import { setWords, wordsKey } from '../../core/index.ts';
import type { Sha256 } from './member-set.ts';
import { memberSetDigest } from './member-set.ts';

/** Gives sets their words. Sets are told apart by their lists, which nobody may change meanwhile. */
export interface SetNoise {
  /** The words of a set in this round, and of what they are for where that is said. */
  readonly words: (visitors: readonly number[], use?: string) => Promise<WordSource>;
}

const encoder = new TextEncoder();

/** Makes it for one round. @param secret the site's, for sticky noise. @param round its number, from 0 on. */
export function createSetNoise(secret: WordsSecret, round: number, sha256?: Sha256): SetNoise {
  const digests = new Map<readonly number[], Promise<Uint8Array<ArrayBuffer>>>();
  let key: Promise<WordsSecret> | undefined;
  const digest = (visitors: readonly number[]): Promise<Uint8Array<ArrayBuffer>> => {
    const known = digests.get(visitors) ?? memberSetDigest(visitors, sha256);
    digests.set(visitors, known);
    return known;
  };
  return {
    words: async (visitors, use = '') => {
      key ??= secret instanceof Uint8Array ? wordsKey(secret) : Promise.resolve(secret);
      return setWords(
        await key,
        Uint8Array.of(...(await digest(visitors)), ...encoder.encode(`round ${round} ${use}`)),
      );
    },
  };
}
