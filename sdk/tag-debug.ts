// sdk/tag-debug.ts: entry of dist/tag.debug.js: Core or Full, which with `data-debug` says what it does and why. The ordinary tags load it
// in their place; it also is a script tag of its own.
import type { TagOptions } from './api.ts';
import { explainInWords, say } from './debug.ts';
import { explainBy } from './explain.ts';
import { startFull } from './full.ts';
import { safely } from './safely.ts';
import { runScript } from './script.ts';
import { startShop } from './shop.ts';
import { startTag } from './start.ts';

safely(() => {
  // Where the ordinary tag has loaded it, no script is the current one.
  const script = (document.currentScript ?? document.querySelector('script[data-debug]')) as HTMLScriptElement;
  const { debug, site } = script.dataset;
  // In the place of Core it is Core; the attribute can say which, for a file by another name.
  const isCore = debug === 'core' || (debug !== 'full' && /\/tag\.js(\?|$)/.test(script.src));
  const isShop = debug === 'shop' || /\/tag\.shop\.js(\?|$)/.test(script.src);
  if (debug === undefined) say('explains nothing: the script tag has no data-debug');
  else explainBy(explainInWords, script);
  if (!site) return say('does not start: the script tag has no data-site');
  if (window.hushtag && !Array.isArray(window.hushtag)) {
    return say('does not start: another tag has started already; put this script above it');
  }
  runScript((options: TagOptions) => {
    if (debug !== undefined) {
      const gpc = navigator.globalPrivacyControl ? ', Global Privacy Control is on' : '';
      say(
        `starts ${isCore ? 'Core' : 'Full'} for site ${options.site} at ${options.collector}, policy ${options.policy ?? 'standard'}${gpc}`,
      );
    }
    return (isCore ? startTag : isShop ? startShop : startFull)(options);
  });
})();
