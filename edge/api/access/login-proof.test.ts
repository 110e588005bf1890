// edge/api/access/login-proof.test.ts: a login that was begun can be ended for ten minutes, in the browser that began it.
import { describe, expect, it } from 'vitest';
import type { KeyProvider } from '../../../core/index.ts';
import { beginProof, LOGIN_MINUTES, readProof } from './login-proof.ts';

const T0 = Date.UTC(2026, 10, 24, 12);
const needsOf = (secret: number) => ({
  keys: { secret: async () => new Uint8Array(32).fill(secret) } as unknown as KeyProvider,
  randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
});
const needs = needsOf(1);

describe('P6: the proof of a login', () => {
  it.each([
    { why: 'at once', afterMs: 0, open: true },
    { why: 'at the last moment', afterMs: LOGIN_MINUTES * 60_000, open: true },
    { why: 'a millisecond too late', afterMs: LOGIN_MINUTES * 60_000 + 1, open: false },
    { why: 'before it began', afterMs: -1, open: false },
  ])('is read $why: $open', async ({ afterMs, open }) => {
    const { proof, setCookie } = await beginProof(needs, T0);
    const read = await readProof(needs, setCookie.split(';')[0], T0 + afterMs);
    expect(read).toEqual(open ? proof : undefined);
  });

  it('is another where its time was changed, or under another secret', async () => {
    const { proof, setCookie } = await beginProof(needs, T0);
    const cookie = setCookie.split(';')[0] ?? '';
    const later = await readProof(needs, cookie.replace(String(T0), String(T0 + 1)), T0 + 1);
    const elsewhere = await readProof(needsOf(2), cookie, T0);
    for (const other of [later, elsewhere]) {
      expect(other?.state).toMatch(/^[0-9a-f]{64}$/);
      expect(other?.state).not.toBe(proof.state);
    }
    expect(new Set(Object.values(proof)).size).toBe(3);
  });

  it.each([undefined, '', '__Host-hushtag-login=', `x__Host-hushtag-login=${T0}.${'a'.repeat(64)}`])(
    'is in no other cookie: %s',
    async (header) => {
      expect(await readProof(needs, header, T0)).toBeUndefined();
    },
  );
});
