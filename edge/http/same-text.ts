// edge/http/same-text.ts: compares a secret with what was sent.

const digest = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

/** Compares digests whole, so that the time it takes says nothing of where texts differ. */
export async function isSame(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  return a.reduce((differing, byte, index) => differing | (byte ^ (b[index] ?? 0)), 0) === 0;
}
