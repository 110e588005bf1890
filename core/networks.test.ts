// core/networks.test.ts: a list answers as comparing with each network by itself would.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetworks } from './networks.ts';

const listOf = (...lines: string[]) => {
  const list = parseNetworks(lines);
  if (!list.ok) throw new Error(JSON.stringify(list.error));
  return list.value;
};

describe('P1: networks of an operator, asked in memory', () => {
  it.each([
    { why: 'the address before', address: '192.0.1.255', inside: false },
    { why: 'the first', address: '192.0.2.0', inside: true },
    { why: 'the last', address: '192.0.3.255', inside: true },
    { why: 'the one behind', address: '192.0.4.0', inside: false },
    { why: 'an IPv4-mapped one', address: '::ffff:192.0.2.9', inside: true },
    { why: 'a single address', address: '198.51.100.7', inside: true },
    { why: 'its neighbour', address: '198.51.100.8', inside: false },
    { why: 'IPv6 inside', address: '2001:db8:ffff::1', inside: true },
    { why: 'IPv6 outside', address: '2001:db9::', inside: false },
    { why: 'IPv6 with a zone', address: '2001:db8::1%eth0', inside: true },
    { why: 'no address', address: 'shop.example', inside: false },
    { why: 'nothing', address: '', inside: false },
  ])('$why: $inside', ({ address, inside }) => {
    const list = listOf('# a cloud', '', '192.0.2.0/24', '192.0.3.0/24  # the next', '198.51.100.7', '2001:DB8::/32');
    expect(list.has(address)).toBe(inside);
    expect(list.size).toBe(4);
  });

  it('holds everybody under a prefix of 0, and nobody without a line', () => {
    expect(listOf('0.0.0.0/0').has('203.0.113.9')).toBe(true);
    expect(listOf('0.0.0.0/0').has('2001:db8::1')).toBe(false);
    expect(listOf().has('203.0.113.9')).toBe(false);
  });

  it.each([
    '192.0.2.0/33',
    '192.0.2/24',
    '2001:db8::/129',
    '::ffff:192.0.2.0/120',
    '192.0.2.0/24/1',
    'cloud',
    '1.2.3.4/-1',
  ])('says the line of %s', (line) => {
    expect(parseNetworks(['192.0.2.0/24', line])).toEqual({ ok: false, error: { line: 2 } });
  });

  it('answers as looking at each network would', () => {
    const octet = fc.integer({ min: 0, max: 3 });
    const network = fc.tuple(octet, octet, octet, fc.integer({ min: 0, max: 32 }));
    fc.assert(
      fc.property(fc.array(network, { maxLength: 12 }), octet, octet, octet, (networks, a, b, c) => {
        const list = listOf(...networks.map(([x, y, z, prefix]) => `${x}.${y}.${z}.0/${prefix}`));
        const numberOf = (x: number, y: number, z: number): number => x * 2 ** 24 + y * 2 ** 16 + z * 2 ** 8;
        const inside = networks.some(([x, y, z, prefix]) => {
          const size = 2 ** (32 - prefix);
          return Math.floor(numberOf(x, y, z) / size) === Math.floor(numberOf(a, b, c) / size);
        });
        expect(list.has(`${a}.${b}.${c}.0`)).toBe(inside);
      }),
    );
  });
});
