// e2e/workerd/edge.test.ts: the edge suite in workerd, on the bundle that would be deployed.
import { edgeSuite } from '../edge/suite.ts';
import { startWorkerdEdge } from '../support/workerd-edge.ts';

edgeSuite(() => startWorkerdEdge());
