// e2e/edge/suite.ts: one suite for every runtime the edge runs on (E1).
import type { EdgeUnderTest } from '../support/edge-under-test.ts';
import { accessSuite } from './access-suite.ts';
import { consentSuite } from './consent-suite.ts';
import { identitySuite } from './identity-suite.ts';
import { deadLetterSuite } from './dead-letter-suite.ts';
import { contextSuite } from './context-suite.ts';
import { exportSuite } from './export-suite.ts';
import { importSuite } from './import-suite.ts';
import { ingestSuite } from './ingest-suite.ts';
import { lossSuite } from './loss-suite.ts';
import { reportSuite } from './report-suite.ts';
import { segmentSuite } from './segment-suite.ts';
import { liveSuite } from './live-suite.ts';
import { ownSegmentsSuite } from './own-segments-suite.ts';
import { rightsSuite } from './rights-suite.ts';
import { metricsSuite } from './metrics-suite.ts';
import { selfServiceSuite } from './self-service-suite.ts';
import { sessionSuite } from './session-suite.ts';
import { tokensSuite } from './tokens-suite.ts';
import { mannersSuite } from './manners-suite.ts';
import { officerSuite } from './officer-suite.ts';
import { settingsSuite } from './settings-suite.ts';
import { planSuite } from './plan-suite.ts';
import { useEdge } from './use-edge.ts';

/** Runs the suite against a runtime. */
export function edgeSuite(start: () => Promise<EdgeUnderTest>): void {
  const edge = useEdge(start);
  consentSuite(edge);
  identitySuite(edge);
  contextSuite(edge);
  metricsSuite(edge);
  planSuite(edge);
  lossSuite(edge);
  accessSuite(edge);
  sessionSuite(edge);
  tokensSuite(edge);
  mannersSuite(edge);
  deadLetterSuite(edge);
  rightsSuite(edge);
  selfServiceSuite(edge);
  officerSuite(edge);
  settingsSuite(edge);
  ingestSuite(edge);
  importSuite(edge);
  exportSuite(edge);
  liveSuite(edge);
  ownSegmentsSuite(edge);
  reportSuite(edge);
  segmentSuite(edge);
}
