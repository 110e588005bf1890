// edge/http/oidc-client.ts: asks an OpenID provider who somebody is: authorization code with PKCE, state and nonce, by openid-client.
import type { Configuration } from 'openid-client';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
} from 'openid-client';
import type { Result, SiteId } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import type { Role } from '../../core/index.ts';
import { faultCode } from '../../core/index.ts';
import type { FetchOut } from './outbound.ts';

/** What whoever has an address at a domain becomes at their first login. */
export interface DomainRole {
  readonly domain: string;
  readonly site: SiteId | null;
  /** Never an owner: owners are added by name. */
  readonly role: Exclude<Role, 'owner'>;
}

/** How people log in by a provider. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Exactly where the provider sends people back to. */
  readonly redirectUri: string;
  /** What the button says. */
  readonly name: string;
  readonly domains: readonly DomainRole[];
}

/** What binds an answer to the browser that asked. */
export interface LoginProof {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's secret (RFC 7636): 43 characters. */
  readonly verifier: string;
}

/** Who the provider says it is. */
export interface ProvenPerson {
  readonly issuer: string;
  readonly subject: string;
  /** Only where the provider says that it checked it. */
  readonly verifiedEmail: string | undefined;
}

/** Asks the provider. */
export interface OidcClient {
  /** Where to send the browser. @throws where the provider can't be reached. */
  readonly begin: (proof: LoginProof) => Promise<URL>;
  /** Who came back, by the query of the provider's answer; or the code of what was wrong with it. */
  readonly finish: (query: string, proof: LoginProof) => Promise<Result<ProvenPerson, string>>;
}

/** What a provider says of itself holds so long. */
const DISCOVERY_MS = 3_600_000;
const AWAY_MS = 5_000;
/** Of each call; the whole of it is bounded by the way out. */
const CALL_SECONDS = 10;

const challengeOf = async (verifier: string): Promise<string> => {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
};

const textBody = (body: unknown): { readonly body?: string } =>
  typeof body === 'string' || body instanceof URLSearchParams ? { body: body.toString() } : {};

/** Reads the provider's description of itself; every call goes by the guarded way out. */
async function discover(settings: OidcSettings, fetchOut: FetchOut): Promise<Configuration> {
  const issuer = new URL(settings.issuer);
  const secret = ClientSecretBasic(settings.clientSecret);
  return discovery(issuer, settings.clientId, undefined, secret, {
    timeout: CALL_SECONDS,
    // The signature of an ID token is checked too, though it came over TLS from the provider itself (OIDC Core 3.1.3.7).
    // Plain http is the way out's to refuse: it takes it for origins that the operator named, and for no other.
    execute: [enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : [])],
    [customFetch]: (url, { method, headers, body }) =>
      fetchOut(url, { method: method === 'POST' ? 'POST' : 'GET', headers, ...textBody(body) }),
  });
}

/** Makes the client of a provider; it is asked for its description at the first login, and again each hour. */
export function createOidcClient(settings: OidcSettings, fetchOut: FetchOut, now: () => number): OidcClient {
  let known: { readonly until: number; readonly configuration: Promise<Configuration> } | undefined;
  const configured = (): Promise<Configuration> => {
    if (known !== undefined && now() < known.until) return known.configuration;
    const configuration = discover(settings, fetchOut);
    known = { until: now() + DISCOVERY_MS, configuration };
    // A provider that is away is asked again soon, and not by everybody who would like to log in.
    configuration.catch(() => {
      known = { until: now() + AWAY_MS, configuration };
    });
    return configuration;
  };
  return {
    begin: async ({ state, nonce, verifier }) =>
      buildAuthorizationUrl(await configured(), {
        redirect_uri: settings.redirectUri,
        scope: 'openid email',
        state,
        nonce,
        code_challenge: await challengeOf(verifier),
        code_challenge_method: 'S256',
      }),
    finish: async (query, { state, nonce, verifier }) => {
      try {
        const configuration = await configured();
        // Our own redirect URI with the query alone: what host the request named is nobody's to choose.
        const answered = new URL(`${settings.redirectUri}${query}`);
        const tokens = await authorizationCodeGrant(configuration, answered, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) return err('no_claims');
        const { iss: issuer, sub: subject } = claims;
        const said =
          claims['email'] === undefined ? await fetchUserInfo(configuration, tokens.access_token, subject) : claims;
        const { email, email_verified: isVerified } = said;
        const verifiedEmail = isVerified === true && typeof email === 'string' ? email : undefined;
        return ok({ issuer, subject, verifiedEmail });
      } catch (fault) {
        return err(faultCode(fault));
      }
    },
  };
}
