// e2e/workerd/oidc.test.ts: logging in by a provider, in workerd.
import { DOMAINS, oidcSuite, PUBLIC_URL, REDIRECT_URI } from '../edge/oidc-suite.ts';
import { useEdge } from '../edge/use-edge.ts';
import { useOidc } from '../support/use-oidc.ts';
import { startWorkerdEdge } from '../support/workerd-edge.ts';

const { provider, settings } = useOidc(REDIRECT_URI, PUBLIC_URL, DOMAINS);
const edge = useEdge(() => startWorkerdEdge(settings()));

oidcSuite(edge, provider);
