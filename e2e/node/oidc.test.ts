// e2e/node/oidc.test.ts: logging in by a provider, on Node.
import { readOutside } from '../../runtime/outside-settings.ts';
import { DOMAINS, oidcSuite, PUBLIC_URL, REDIRECT_URI } from '../edge/oidc-suite.ts';
import { useEdge } from '../edge/use-edge.ts';
import { startNodeEdge } from '../support/node-edge.ts';
import { useOidc } from '../support/use-oidc.ts';

const { provider, settings } = useOidc(REDIRECT_URI, PUBLIC_URL, DOMAINS);
const edge = useEdge(async () => {
  const outside = readOutside(settings());
  if (!outside.ok) throw new Error(outside.error.join());
  return startNodeEdge(undefined, outside.value);
});

oidcSuite(edge, provider);
