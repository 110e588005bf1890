// e2e/console/console.test.ts: work in the console, in real Chromium over one served edge with the demo's data.
import { testFeatures } from './feature-suite.ts';
import { testKeyboard } from './keyboard-suite.ts';
import { testPrivacy } from './privacy-suite.ts';
import { testRules } from './rule-suite.ts';
import { testShell } from './shell-suite.ts';
import { useConsole } from './use-console.ts';
import { testWork } from './work-suite.ts';

const served = useConsole();
testShell(served);
testWork(served);
testRules(served);
testPrivacy(served);
testFeatures(served);
testKeyboard(served);
