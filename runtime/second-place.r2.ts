// runtime/second-place.r2.ts: the second place as a bucket, for Workers.
import type { R2Bucket } from '@cloudflare/workers-types';
import type { SecondPlace } from './second-place.ts';

/** Digits of an object's number: as many as entries can have, so that names sort as numbers do. */
const SIZE_DIGITS = 12;

/** A bucket's objects: `checkpoints/000000000042.txt` each, and `erased.json`. */
export const secondBucket = (bucket: R2Bucket): SecondPlace => ({
  keepCheckpoint: async ({ size, note }) => {
    const key = `checkpoints/${String(size).padStart(SIZE_DIGITS, '0')}.txt`;
    // What is there is never written over, whatever the database says today.
    if ((await bucket.head(key)) === null) await bucket.put(key, `${note}\n`);
  },
  keepErased: async (text) => {
    await bucket.put('erased.json', text);
  },
});
