// e2e/engines/suite.ts: one suite for every browser engine, against a real edge.
import { describe } from 'vitest';
import { consentSuite } from './consent-suite.ts';
import { deliverySuite } from './delivery-suite.ts';
import type { EngineFacts, StartEngine } from './engine.ts';
import { pageViewSuite } from './page-view-suite.ts';
import { useVisit } from './use-shop.ts';

/** Runs the suite in an engine. */
export function engineSuite(facts: EngineFacts, start: StartEngine): void {
  describe(facts.name, () => {
    const visit = useVisit(() => start());
    consentSuite(visit, facts);
    pageViewSuite(visit, facts);
    deliverySuite(visit, facts);
  });
}
