// segmenter/publish/member-set.ts: one digest for one set of visitors.

const MEMBER_BYTES = 8;

/** Computes SHA-256. WebCrypto's starts a job for each message, which costs many times a short message's hash. */
export type Sha256 = (message: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/** WebCrypto's. */
const webSha256: Sha256 = async (message) => new Uint8Array(await crypto.subtle.digest('SHA-256', message));

/** SHA-256 over the visitors in ascending order, 8 bytes each: equal sets have equal digests, in whatever order they come. */
export async function memberSetDigest(
  visitors: Iterable<number>,
  sha256: Sha256 = webSha256,
): Promise<Uint8Array<ArrayBuffer>> {
  const ascending = Float64Array.from(visitors).sort();
  const view = new DataView(new ArrayBuffer(ascending.length * MEMBER_BYTES));
  ascending.forEach((visitor, i) => {
    // Two halves: a visitor is a safe integer, which 32 bits don't hold.
    view.setUint32(i * MEMBER_BYTES, Math.floor(visitor / 2 ** 32));
    view.setUint32(i * MEMBER_BYTES + 4, visitor % 2 ** 32);
  });
  return Uint8Array.from(await sha256(new Uint8Array(view.buffer)));
}
