// e2e/engines/webkit.test.ts: the shared suite in Webkit.
import { WEBKIT, startWebkit } from './webkit.ts';
import { engineSuite } from './suite.ts';

engineSuite(WEBKIT, startWebkit);
