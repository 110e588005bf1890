// core/keys.test.ts: pseudonyms and salt periods: same inputs same key, any other input another (C1, P2, P7).
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs, FirstPartyId, SiteId } from '../contract/index.ts';
import { DAY_MS, HOUR_MS } from '../contract/index.ts';
import type { Hmac } from './pseudonym.ts';
import { accountKey, dayVisitorKey, lengthPrefixed, linkedVisitorKey, orderKey, PSEUDONYM_BYTES } from './pseudonym.ts';
import { daySaltLives, LONG_SALT_MS, saltPeriodAt } from './salt-period.ts';

const hmacWith =
  (salt: string): Hmac =>
  async (message) =>
    new Uint8Array(createHmac('sha256', salt).update(message).digest());
const shop = 'shop' as SiteId;
const from = { site: shop, network: '192.0.2.0/24', userAgent: 'agent' };
const at = (ms: number): EpochMs => ms as EpochMs;

describe('P7: keys are separated by salt, site and use', () => {
  it('changes with every single input', async () => {
    const base = await dayVisitorKey(hmacWith('a'), from);
    const others = await Promise.all([
      dayVisitorKey(hmacWith('b'), from),
      dayVisitorKey(hmacWith('a'), { ...from, site: 'other' as SiteId }),
      dayVisitorKey(hmacWith('a'), { ...from, network: '192.0.3.0/24' }),
      dayVisitorKey(hmacWith('a'), { ...from, userAgent: 'agent2' }),
      linkedVisitorKey(hmacWith('a'), { site: shop, firstPartyId: 'agent' as FirstPartyId }),
      orderKey(hmacWith('a'), { site: shop, transactionId: 'agent' }),
      accountKey(hmacWith('a'), { site: shop, id: { kind: 'user_id', value: 'agent' } }),
      accountKey(hmacWith('a'), { site: shop, id: { kind: 'email', value: 'agent' } }),
      accountKey(hmacWith('a'), { site: 'other' as SiteId, id: { kind: 'email', value: 'agent' } }),
    ]);
    expect(new Set([base, ...others]).size).toBe(10);
    expect(base).toMatch(new RegExp(`^[0-9a-f]{${PSEUDONYM_BYTES * 2}}$`));
    expect(await dayVisitorKey(hmacWith('a'), { ...from })).toBe(base);
  });

  it('gives no two lists of fields the same message', () => {
    const fields = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 });
    fc.assert(
      fc.property(fields, fields, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(Buffer.from(lengthPrefixed(one)).equals(Buffer.from(lengthPrefixed(other)))).toBe(false);
      }),
    );
  });
});

describe('P2: salt periods', () => {
  const midnight = Date.UTC(2026, 10, 25);
  it.each([
    { why: 'the last millisecond of a day', now: midnight - 1, opens: midnight - DAY_MS },
    { why: 'midnight', now: midnight, opens: midnight },
    { why: 'the first millisecond', now: midnight + 1, opens: midnight },
  ])('opens at the UTC day of $why', ({ now, opens }) => {
    expect(saltPeriodAt('day', at(now))).toEqual({
      use: 'day',
      opensAt: opens,
      closesAt: opens + DAY_MS,
      destroyAt: opens + DAY_MS + 2 * HOUR_MS,
    });
    expect(saltPeriodAt('long', at(now)).destroyAt - opens).toBe(LONG_SALT_MS);
  });

  it.each([
    { why: 'a millisecond before the grace ends', now: midnight + 2 * HOUR_MS - 1, lives: true },
    { why: 'when the grace ends', now: midnight + 2 * HOUR_MS, lives: false },
    { why: 'a millisecond later', now: midnight + 2 * HOUR_MS + 1, lives: false },
  ])('yesterday’s salt lives $why: $lives', ({ now, lives }) => {
    expect(daySaltLives(at(midnight - 1), at(now))).toBe(lives);
  });
});
