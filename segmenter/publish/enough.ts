// segmenter/publish/enough.ts: whether a site has visitors enough to be segmented, without telling of one of them (P3).
//
// "Not enough yet" is an answer about an exact count, and dummies bring that count as near to its threshold as somebody
// likes. So both sides are blurred: the count by noise of its set, the threshold by noise of the site (the sparse vector
// technique: Dwork and Roth, The Algorithmic Foundations of Differential Privacy, 2014, algorithm 1). Any number of "not
// enough" tell little together; the first "enough" is the one that costs, and afterwards the question is not asked again.
import type { WordsSecret } from '../../core/index.ts';
import { discreteLaplace, setWords } from '../../core/index.ts';
import type { Sha256 } from './member-set.ts';
import { memberSetDigest } from './member-set.ts';

/** A digest that no set of members has: of the site's own threshold. */
const THRESHOLD = new TextEncoder().encode('hushtag enough visitors threshold');
/** Told apart from the noise of the published total of the same set. */
const COUNT = new TextEncoder().encode('hushtag enough visitors count');

/** Whether the blurred count reaches the blurred threshold. @param secret the site's, for sticky noise. */
export async function isEnough(
  visitors: ArrayLike<number> & Iterable<number>,
  needed: number,
  secret: WordsSecret,
  sha256?: Sha256,
): Promise<boolean> {
  const digest = await memberSetDigest(visitors, sha256);
  const ofSet = await discreteLaplace(await setWords(secret, Uint8Array.of(...COUNT, ...digest)));
  const ofSite = await discreteLaplace(await setWords(secret, THRESHOLD));
  return visitors.length + ofSet >= needed + ofSite;
}
