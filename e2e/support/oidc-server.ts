// e2e/support/oidc-server.ts: a real OpenID provider on this machine, and somebody's browser that logs in there.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenIdProvider from 'oidc-provider';

/** Somebody as the provider knows them; changed by tests that move an address. */
export interface Account {
  email: string;
  isVerified: boolean;
}

/** A running provider. */
export interface OidcServer {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By the provider's own name for them. */
  readonly accounts: Map<string, Account>;
  readonly close: () => void;
}

const CLIENT = { clientId: 'hushtag', clientSecret: 'a-secret-of-the-tests-alone-5f1c' } as const;

/** Starts it on a free port. @param redirectUri the only address it sends people back to. */
export async function startOidc(redirectUri: string): Promise<OidcServer> {
  const accounts = new Map<string, Account>();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const provider = new OpenIdProvider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'ES256',
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    cookies: { keys: ['of the tests alone'] },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'one' }] },
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    findAccount: (_context: unknown, accountId: string) => {
      const account = accounts.get(accountId);
      return {
        accountId,
        claims: () => ({ sub: accountId, email: account?.email, email_verified: account?.isVerified }),
      };
    },
  });
  const handle = provider.callback();
  return {
    issuer,
    ...CLIENT,
    accounts,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const STEPS_MAX = 12;
const EVERY_COOKIE = /^([^=]+)=([^;]*)/;

/** Goes through the provider's pages as somebody, from where the edge sent them. @returns where they are sent back to. */
export async function passProvider(from: string, issuer: string, login: string, redirectUri: string): Promise<URL> {
  const jar = new Map<string, string>();
  let [url, body] = [from, undefined as URLSearchParams | undefined];
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    for (const one of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = EVERY_COOKIE.exec(one) ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location?.startsWith(redirectUri) === true) return new URL(location);
    const page = await answer.text();
    if (location !== null) [url, body] = [new URL(location, issuer).href, undefined];
    else {
      const [, action] = /<form[^>]* action="([^"]+)"/.exec(page) ?? [];
      const [, prompt = ''] = /name="prompt" value="([^"]+)"/.exec(page) ?? [];
      if (action === undefined) throw new Error(`the provider answered ${answer.status}: ${page.slice(0, 400)}`);
      url = new URL(action.replaceAll('&amp;', '&'), issuer).href;
      body = new URLSearchParams(prompt === 'login' ? { prompt, login, password: 'any' } : { prompt });
    }
  }
  throw new Error('the provider led in circles');
}
