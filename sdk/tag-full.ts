// sdk/tag-full.ts: entry of dist/tag.full.js: Core, and an id for visitors who agreed.
import { runScript } from './script.ts';
import { startFull } from './full.ts';

runScript(startFull);
