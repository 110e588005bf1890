// e2e/node/edge.test.ts: the edge suite on Node.
import { edgeSuite } from '../edge/suite.ts';
import { startNodeEdge } from '../support/node-edge.ts';

edgeSuite(() => startNodeEdge());
