// e2e/support/use-oidc.ts: a provider for a suite, and the settings of an edge that people log in to by it.
import { afterAll, beforeAll } from 'vitest';
import type { OidcServer } from './oidc-server.ts';
import { startOidc } from './oidc-server.ts';

/** Starts a provider before a suite's edge and closes it after its tests. */
export function useOidc(
  redirectUri: string,
  publicUrl: string,
  domains: string,
): { readonly provider: () => OidcServer; readonly settings: () => Readonly<Record<string, string>> } {
  let started: OidcServer | undefined;
  const provider = (): OidcServer => {
    if (started === undefined) throw new Error('the provider did not start');
    return started;
  };
  beforeAll(async () => {
    started = await startOidc(redirectUri);
  });
  afterAll(() => started?.close());
  return {
    provider,
    settings: () => ({
      HUSHTAG_INNER_ORIGINS: provider().issuer,
      HUSHTAG_PUBLIC_URL: publicUrl,
      HUSHTAG_OIDC_ISSUER: provider().issuer,
      HUSHTAG_OIDC_CLIENT_ID: provider().clientId,
      HUSHTAG_OIDC_CLIENT_SECRET: provider().clientSecret,
      HUSHTAG_OIDC_NAME: 'Example SSO',
      HUSHTAG_OIDC_DOMAINS: domains,
    }),
  };
}
