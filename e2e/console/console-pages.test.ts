// e2e/console/console-pages.test.ts: every page of the console, in every state, in real Chromium over a served edge of its own.
import { testPages } from './page-suite.ts';
import { testStates } from './states-suite.ts';
import { useConsole } from './use-console.ts';

const served = useConsole();
testPages(served);
testStates(served);
