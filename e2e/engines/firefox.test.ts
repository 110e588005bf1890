// e2e/engines/firefox.test.ts: the shared suite in Firefox.
import { FIREFOX, startFirefox } from './firefox.ts';
import { engineSuite } from './suite.ts';

engineSuite(FIREFOX, startFirefox);
