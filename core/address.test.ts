// core/address.test.ts: addresses are cut before anything sees them (P1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truncateAddress } from './address.ts';

describe('P1: an address is cut to its network', () => {
  it.each([
    ['192.0.2.17', '192.0.2.0/24'],
    ['255.255.255.255', '255.255.255.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:DB8:1::6', '2001:db8:1::/48'],
    ['::1', '0:0:0::/48'],
    ['::', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['::ffff:192.0.2.17', '192.0.2.0/24'],
    ['::ffff:c000:211', '192.0.2.0/24'],
    ['64:ff9b::192.0.2.17', '64:ff9b:0::/48'],
  ])('%s becomes %s', (address, network) => {
    expect(truncateAddress(address)).toBe(network);
  });

  it.each([
    '',
    '192.0.2',
    '192.0.2.256',
    '192.0.02.1',
    '1.2.3.4.5',
    'example.com',
    '2001:db8',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    'g::1',
    '::ffff:1.2.3.999',
  ])('takes %j for no address', (text) => {
    expect(truncateAddress(text)).toBeUndefined();
  });

  it('gives every host of a network the same value, and never the host part', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, octet, (a, b, c, one, other) => {
        expect(truncateAddress(`${a}.${b}.${c}.${one}`)).toBe(truncateAddress(`${a}.${b}.${c}.${other}`));
      }),
    );
  });

  it('reads every IPv6 address that fast-check can write', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(truncateAddress(address)).toMatch(/\/(?:48|24)$/);
      }),
    );
  });
});
