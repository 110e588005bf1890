// runtime/second-place.r2.ts: the second place as a bucket, for Workers.
import type { R2Bucket } from '@cloudflare/workers-types';
import type { SecondPlace } from './second-place.ts';

/** Digits of an object's number: as many as entries can have, so that names sort as numbers do. */
const SIZE_DIGITS = 12;
const NEWS = 'erased/';

/** A bucket's objects: `checkpoints/000000000042.txt` each, `erased.json`, and `erased/` with what came since. */
export const secondBucket = (bucket: R2Bucket): SecondPlace => ({
  keepCheckpoint: async ({ size, note }) => {
    const key = `checkpoints/${String(size).padStart(SIZE_DIGITS, '0')}.txt`;
    // What is there is never written over, whatever the database says today.
    if ((await bucket.head(key)) === null) await bucket.put(key, `${note}\n`);
  },
  keepErased: async (text) => {
    await bucket.put('erased.json', text);
  },
  keepNews: async (name, text) => {
    await bucket.put(`${NEWS}${name}.json`, text);
  },
  // One listing, a thousand at most, and as many as one deletion takes.
  newsNames: async () => (await bucket.list({ prefix: NEWS })).objects.map(({ key }) => key),
  dropNews: async (names) => {
    await bucket.delete([...names]);
  },
});
