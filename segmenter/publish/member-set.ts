// segmenter/publish/member-set.ts: one digest for one set of visitors.

const MEMBER_BYTES = 8;

/** SHA-256 over the visitors in ascending order, 8 bytes each: equal sets have equal digests, in whatever order they come. */
export async function memberSetDigest(visitors: Iterable<number>): Promise<Uint8Array<ArrayBuffer>> {
  const ascending = Float64Array.from(visitors).sort();
  const view = new DataView(new ArrayBuffer(ascending.length * MEMBER_BYTES));
  ascending.forEach((visitor, i) => {
    // Two halves: a visitor is a safe integer, which 32 bits don't hold.
    view.setUint32(i * MEMBER_BYTES, Math.floor(visitor / 2 ** 32));
    view.setUint32(i * MEMBER_BYTES + 4, visitor % 2 ** 32);
  });
  return new Uint8Array(await crypto.subtle.digest('SHA-256', view.buffer));
}
