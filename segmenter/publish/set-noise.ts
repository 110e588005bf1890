// segmenter/publish/set-noise.ts: the noise of sets within one publication: the secret is made a key once, each set is digested once.
import type { WordsSecret, WordSource } from '../../core/index.ts';
import { setWords, wordsKey } from '../../core/index.ts';
import type { Sha256 } from './member-set.ts';
import { memberSetDigest } from './member-set.ts';

/** Gives sets their words. Sets are told apart by their lists, which nobody may change meanwhile. */
export interface SetNoise {
  readonly digest: (visitors: readonly number[]) => Promise<Uint8Array<ArrayBuffer>>;
  /** The words of a set, and of what they are for where that is said. */
  readonly words: (visitors: readonly number[], use?: Uint8Array) => Promise<WordSource>;
}

/** Makes it for one publication. @param secret the site's, for sticky noise. */
export function createSetNoise(secret: WordsSecret, sha256?: Sha256): SetNoise {
  const digests = new Map<readonly number[], Promise<Uint8Array<ArrayBuffer>>>();
  let key: Promise<WordsSecret> | undefined;
  const digest = (visitors: readonly number[]): Promise<Uint8Array<ArrayBuffer>> => {
    const known = digests.get(visitors) ?? memberSetDigest(visitors, sha256);
    digests.set(visitors, known);
    return known;
  };
  return {
    digest,
    words: async (visitors, use = new Uint8Array()) => {
      key ??= secret instanceof Uint8Array ? wordsKey(secret) : Promise.resolve(secret);
      return setWords(await key, Uint8Array.of(...(await digest(visitors)), ...use));
    },
  };
}
