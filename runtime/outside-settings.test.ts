// runtime/outside-settings.test.ts: settings of the outside are read whole or refused with everything that is wrong.
import { describe, expect, it } from 'vitest';
import { readOutside } from './outside-settings.ts';

const env = (over: Readonly<Record<string, string>> = {}) => ({
  HUSHTAG_OIDC_ISSUER: 'https://id.example.com/realms/one',
  HUSHTAG_OIDC_CLIENT_ID: 'hushtag',
  HUSHTAG_OIDC_CLIENT_SECRET: 'not-to-be-repeated',
  HUSHTAG_PUBLIC_URL: 'https://tags.example.com',
  ...over,
});

describe('what lies outside', () => {
  it('is nothing where nothing is set', () => {
    expect(readOutside({})).toEqual({ ok: true, value: {} });
  });

  it('is a provider with an exact way back, called by its host where nobody named it', () => {
    const read = readOutside(env({ HUSHTAG_OIDC_DOMAINS: 'corp.example=analyst, Corp.example=marketer@shop' }));
    expect(read.ok && read.value.oidc).toEqual({
      issuer: 'https://id.example.com/realms/one',
      clientId: 'hushtag',
      clientSecret: 'not-to-be-repeated',
      redirectUri: 'https://tags.example.com/v1/session/oidc/callback',
      name: 'id.example.com',
      domains: [
        { domain: 'corp.example', role: 'analyst', site: null },
        { domain: 'corp.example', role: 'marketer', site: 'shop' },
      ],
    });
  });

  it.each([
    { why: 'a provider over http', over: { HUSHTAG_OIDC_ISSUER: 'http://id.example.com' } },
    { why: 'a provider on this machine', over: { HUSHTAG_OIDC_ISSUER: 'https://127.0.0.1:9000' } },
    { why: 'a provider that is no address', over: { HUSHTAG_OIDC_ISSUER: 'id' } },
    { why: 'no client', over: { HUSHTAG_OIDC_CLIENT_ID: '' } },
    { why: 'no secret', over: { HUSHTAG_OIDC_CLIENT_SECRET: '' } },
    { why: 'no address of our own', over: { HUSHTAG_PUBLIC_URL: '' } },
    { why: 'one over http', over: { HUSHTAG_PUBLIC_URL: 'http://tags.example.com' } },
    { why: 'one over http and no provider', over: { HUSHTAG_OIDC_ISSUER: '', HUSHTAG_PUBLIC_URL: 'http://a.example' } },
    { why: 'one with a path', over: { HUSHTAG_PUBLIC_URL: 'https://tags.example.com/x' } },
    { why: 'owners by domain', over: { HUSHTAG_OIDC_DOMAINS: 'corp.example=owner' } },
    { why: 'a domain without a role', over: { HUSHTAG_OIDC_DOMAINS: 'corp.example' } },
    { why: 'everybody', over: { HUSHTAG_OIDC_DOMAINS: '*=analyst' } },
    { why: 'two roles at one place', over: { HUSHTAG_OIDC_DOMAINS: 'a.example=analyst,a.example=developer' } },
    { why: 'an inner origin with a path', over: { HUSHTAG_INNER_ORIGINS: 'https://sso.internal/x' } },
    { why: 'an inner origin of another scheme', over: { HUSHTAG_INNER_ORIGINS: 'ftp://sso.internal' } },
    { why: 'an inner origin without a scheme', over: { HUSHTAG_INNER_ORIGINS: 'sso.internal' } },
  ])('is refused with $why, and no secret is repeated', ({ over }) => {
    const read = readOutside(env(over));
    expect(read.ok).toBe(false);
    if (!read.ok) expect([read.error.length, read.error.join().includes('not-to-be')]).toEqual([1, false]);
  });

  it('is a provider of the own network where the operator named it', () => {
    const inner = 'http://127.0.0.1:9000';
    const read = readOutside(env({ HUSHTAG_OIDC_ISSUER: `${inner}/`, HUSHTAG_INNER_ORIGINS: inner }));
    expect(read.ok && read.value.innerOrigins).toEqual(new Set([inner]));
  });
});
