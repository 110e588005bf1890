// sdk/tag.ts: entry of dist/tag.js, Core: it remembers nobody, and hears of consent by the site's own call.
import { runScript } from './script.ts';
import { startTag } from './start.ts';

runScript(startTag);
