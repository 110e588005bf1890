// e2e/engines/chromium.test.ts: the shared suite in Chromium.
import { CHROMIUM, startChromium } from './chromium.ts';
import { engineSuite } from './suite.ts';

engineSuite(CHROMIUM, startChromium);
