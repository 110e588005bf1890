// e2e/console/console.test.ts: the console in real Chromium over one served edge with the demo's data.
import { testAxe } from './axe-suite.ts';
import { testFeatures } from './feature-suite.ts';
import { testPages } from './page-suite.ts';
import { testPrivacy } from './privacy-suite.ts';
import { testRules } from './rule-suite.ts';
import { testShell } from './shell-suite.ts';
import { testStates } from './states-suite.ts';
import { useConsole } from './use-console.ts';
import { testWork } from './work-suite.ts';

const served = useConsole();
testShell(served);
testWork(served);
testRules(served);
testPrivacy(served);
testFeatures(served);
testStates(served);
testAxe(served);
testPages(served);
