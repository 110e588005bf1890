// sdk/tag-debug.ts: entry of dist/tag.debug.js: Full (with `data-debug="core"`, Core), which with `data-debug` says what it does and why.
import type { TagOptions } from './api.ts';
import { explainInWords, say } from './debug.ts';
import { explainBy } from './explain.ts';
import { startFull } from './full.ts';
import { safely } from './safely.ts';
import { runScript } from './script.ts';
import { startTag } from './start.ts';

safely(() => {
  const { dataset } = document.currentScript as HTMLScriptElement;
  const { debug, site } = dataset;
  if (debug === undefined) say('explains nothing: the script tag has no data-debug');
  else explainBy(explainInWords);
  if (!site) say('does not start: the script tag has no data-site');
  else if (window.hushtag && !Array.isArray(window.hushtag)) {
    say('does not start: another tag has started already; put this script above it');
  }
  runScript((options: TagOptions) => {
    if (debug !== undefined) {
      const gpc = navigator.globalPrivacyControl ? ', Global Privacy Control is on' : '';
      say(`starts for site ${options.site} at ${options.collector}, policy ${options.policy ?? 'standard'}${gpc}`);
    }
    return (debug === 'core' ? startTag : startFull)(options);
  });
})();
