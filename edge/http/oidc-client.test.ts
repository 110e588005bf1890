// edge/http/oidc-client.test.ts: what a provider signs is believed where all of it is right, and nowhere else.
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { OidcSettings } from './oidc-client.ts';
import { createOidcClient } from './oidc-client.ts';
import type { FetchOut } from './outbound.ts';

const ISSUER = 'https://id.example.com';
const PROOF = { state: 's'.repeat(43), nonce: 'n'.repeat(43), verifier: 'v'.repeat(43) };
const settings: OidcSettings = {
  issuer: ISSUER,
  clientId: 'hushtag',
  clientSecret: 'a secret',
  redirectUri: 'https://edge.example/v1/session/oidc/callback',
  name: 'Example',
  domains: [],
};
const keys = await generateKeyPair('ES256', { extractable: true });
const foreign = await generateKeyPair('ES256');
const json = (body: object, status = 200): Response => Response.json(body, { status });

interface Token {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly issuer?: string;
  readonly audience?: string | readonly string[];
  readonly nonce?: string;
  readonly expires?: string;
  readonly key?: CryptoKey;
}

const signed = ({ claims, issuer = ISSUER, audience = 'hushtag', nonce = PROOF.nonce, expires = '5m', key }: Token) =>
  new SignJWT({ nonce, email: 'kim@example.com', email_verified: true, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(issuer)
    .setSubject('kim')
    .setAudience(typeof audience === 'string' ? audience : [...audience])
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key ?? keys.privateKey);

/** A provider of these answers, reached by no network. */
function provider(idToken: string, over: { readonly issuer?: string; readonly userinfo?: object } = {}) {
  const called: { readonly url: string; readonly body: string; readonly authorization: string }[] = [];
  const fetchOut: FetchOut = async (url, { headers, body }) => {
    called.push({ url, body: String(body), authorization: headers['authorization'] ?? '' });
    switch (new URL(url).pathname) {
      case '/.well-known/openid-configuration':
        return json({
          issuer: over.issuer ?? ISSUER,
          authorization_endpoint: `${ISSUER}/auth`,
          token_endpoint: `${ISSUER}/token`,
          userinfo_endpoint: `${ISSUER}/me`,
          jwks_uri: `${ISSUER}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        });
      case '/token':
        return json({ access_token: 'a', token_type: 'bearer', expires_in: 60, id_token: idToken });
      case '/jwks':
        return json({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] });
      default:
        return json(over.userinfo ?? { sub: 'kim' });
    }
  };
  return { called, fetchOut };
}

const finish = async (
  idToken: string,
  over?: Parameters<typeof provider>[1],
  query = `?code=c&state=${PROOF.state}`,
) => {
  const { fetchOut, called } = provider(idToken, over);
  return { called, found: await createOidcClient(settings, fetchOut, () => Date.now()).finish(query, PROOF) };
};

describe('P6: an ID token', () => {
  it('that is right says who it is; the code is exchanged with the secret and the verifier', async () => {
    const { found, called } = await finish(await signed({}));
    expect(found).toEqual({
      ok: true,
      value: { issuer: ISSUER, subject: 'kim', verifiedEmail: 'kim@example.com' },
    });
    const exchange = called.find(({ url }) => url.endsWith('/token'));
    expect(exchange?.authorization).toBe(`Basic ${btoa('hushtag:a+secret')}`);
    const body = new URLSearchParams(exchange?.body);
    expect([body.get('code_verifier'), body.get('redirect_uri')]).toEqual([PROOF.verifier, settings.redirectUri]);
  });

  it.each<{ why: string; token: Token }>([
    { why: 'of another issuer', token: { issuer: 'https://evil.example.com' } },
    { why: 'for another client', token: { audience: 'another' } },
    {
      why: 'for two clients, issued to the other',
      token: { audience: ['hushtag', 'other'], claims: { azp: 'other' } },
    },
    { why: 'of another login', token: { nonce: 'm'.repeat(43) } },
    { why: 'that has ended', token: { expires: '-5m' } },
    { why: 'signed by another key', token: { key: foreign.privateKey } },
  ])('$why is refused', async ({ token }) => {
    expect((await finish(await signed(token))).found.ok).toBe(false);
  });

  it('without a signature is refused', async () => {
    const [, claims] = (await signed({})).split('.');
    const header = btoa(JSON.stringify({ alg: 'none' })).replaceAll('=', '');
    expect((await finish(`${header}.${claims}.`)).found.ok).toBe(false);
  });

  it.each([
    { why: 'another state', query: '?code=c&state=other' },
    { why: 'no state', query: '?code=c' },
    { why: 'an issuer that is another', query: `?code=c&state=${PROOF.state}&iss=https://evil.example.com` },
    { why: 'an error', query: `?error=access_denied&state=${PROOF.state}` },
  ])('is not even asked for after an answer with $why', async ({ query }) => {
    const { found, called } = await finish(await signed({}), {}, query);
    expect(found.ok).toBe(false);
    expect(called.filter(({ url }) => url.endsWith('/token'))).toEqual([]);
  });

  it('of a provider that calls itself by another name is not asked for', async () => {
    const { found } = await finish(await signed({}), { issuer: 'https://evil.example.com' });
    expect(found.ok).toBe(false);
  });
});

describe('P6: an address counts', () => {
  it.each([
    { why: 'where the provider checked it', claims: {}, email: 'kim@example.com' },
    { why: 'not where it did not', claims: { email_verified: false }, email: undefined },
    { why: 'not where it does not say', claims: { email_verified: undefined }, email: undefined },
    { why: 'not where it says so in another way', claims: { email_verified: 'true' }, email: undefined },
  ])('$why', async ({ claims, email }) => {
    const { found } = await finish(await signed({ claims }));
    expect(found.ok && found.value.verifiedEmail).toBe(email);
  });

  it('where it is told apart from the token, about the same person alone', async () => {
    const token = await signed({ claims: { email: undefined } });
    const said = { email: 'kim@example.com', email_verified: true };
    const same = await finish(token, { userinfo: { sub: 'kim', ...said } });
    expect(same.found.ok && same.found.value.verifiedEmail).toBe('kim@example.com');
    expect((await finish(token, { userinfo: { sub: 'robin', ...said } })).found.ok).toBe(false);
  });
});
