// edge/http/inflate.test.ts: packed bodies come out whole or are refused, and a bomb is not unpacked (D2).
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inflate, isPacked } from './inflate.ts';

const MAX = 1_000;
const bytes = (buffer: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(buffer);
const text = 'x'.repeat(MAX);

describe('D2: packed bodies', () => {
  it.each([
    { why: 'gzip', body: gzipSync(text), encoding: 'gzip' },
    { why: 'its old name in capitals', body: gzipSync(text), encoding: 'X-GZIP' },
    { why: 'deflate', body: deflateSync(text), encoding: 'deflate' },
    { why: 'gzip whose header was lost', body: gzipSync(text), encoding: undefined },
    { why: 'identity', body: Buffer.from(text), encoding: 'identity' },
    { why: 'nothing said', body: Buffer.from(text), encoding: undefined },
  ])('are unpacked: $why', async ({ body, encoding }) => {
    const unpacked = await inflate(bytes(body), encoding, MAX);
    expect(unpacked.ok && new TextDecoder().decode(unpacked.value)).toBe(text);
  });

  it.each([
    { why: 'a byte too much', body: gzipSync(`${text}x`), encoding: 'gzip', refused: 'body_too_large' },
    { why: 'another coding', body: Buffer.from(text), encoding: 'br', refused: 'unsupported_encoding' },
    { why: 'two codings', body: gzipSync(gzipSync(text)), encoding: 'gzip, gzip', refused: 'unsupported_encoding' },
    { why: 'no gzip', body: Buffer.from(text), encoding: 'gzip', refused: 'malformed_encoding' },
    { why: 'a cut end', body: gzipSync(text).subarray(0, 20), encoding: 'gzip', refused: 'malformed_encoding' },
    { why: 'nothing at all', body: Buffer.alloc(0), encoding: 'gzip', refused: 'malformed_encoding' },
  ])('are refused: $why as $refused', async ({ body, encoding, refused }) => {
    expect(await inflate(bytes(body), encoding, MAX)).toEqual({ ok: false, error: refused });
  });

  it('are not unpacked beyond the limit, however much is in them', async () => {
    const bomb = bytes(gzipSync(Buffer.alloc(200_000_000), { level: 9 }));
    const before = process.memoryUsage().arrayBuffers;
    expect(await inflate(bomb, 'gzip', 65_536)).toEqual({ ok: false, error: 'body_too_large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  it('never throw, whatever the bytes', async () => {
    const packed = fc.uint8Array({ maxLength: 200 }).map((body) => new Uint8Array(gzipSync(body)));
    const mutated = fc.tuple(packed, fc.nat(), fc.nat(255)).map(([body, at, byte]) => {
      body[at % body.length] = byte;
      return body;
    });
    await fc.assert(
      fc.asyncProperty(mutated, fc.constantFrom('gzip', 'deflate', 'br', undefined), async (body, encoding) => {
        const unpacked = await inflate(bytes(body), encoding, MAX);
        expect(unpacked.ok ? unpacked.value.length : MAX).toBeLessThanOrEqual(MAX);
      }),
      { numRuns: 300 },
    );
  });

  it('are told from plain ones by header or first bytes', () => {
    expect(isPacked(bytes(Buffer.from('{}')), undefined)).toBe(false);
    expect(isPacked(bytes(Buffer.from('{}')), 'gzip')).toBe(true);
    expect(isPacked(bytes(gzipSync('{}')), undefined)).toBe(true);
  });
});
