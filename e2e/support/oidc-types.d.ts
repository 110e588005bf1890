// e2e/support/oidc-types.d.ts: what the tests use of oidc-provider, which brings no types.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  /** A certified OpenID provider (github.com/panva/node-oidc-provider). */
  class Provider {
    constructor(issuer: string, configuration: object);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
  export { Provider as default };
}
