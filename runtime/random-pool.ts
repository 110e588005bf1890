// runtime/random-pool.ts: randomness by the poolful: asking the system for eight bytes costs as much as for thousands.

const POOL_BYTES = 4_096;

/** Random bytes of WebCrypto; each byte is given once, and wiped from the pool. */
export function createRandomPool(): (length: number) => Uint8Array<ArrayBuffer> {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (length) => {
    if (length > POOL_BYTES / 4) return crypto.getRandomValues(new Uint8Array(length));
    if (used + length > POOL_BYTES) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}
