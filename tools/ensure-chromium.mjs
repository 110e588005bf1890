// tools/ensure-chromium.mjs: finds Chromium, or installs Debian's where this user may.
import { existsSync } from 'node:fs';
import { installByApt } from './install-by-apt.mjs';

const PLACES = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
// What most browser tests run in where it is there (e2e/support/chromium.ts): the same engine for a third of the CPU time.
const SHELL = '/usr/bin/chromium-headless-shell';
const find = () => PLACES.find((path) => path && existsSync(path));

/** The path of a Chromium. Throws with what to do where there is none and none can be installed. */
export function ensureChromium() {
  const found = find();
  const missing = [
    ...(found ? [] : ['chromium']),
    ...(process.env.CHROMIUM_PATH || existsSync(SHELL) ? [] : ['chromium-headless-shell']),
  ];
  if (missing.length > 0) installByApt(missing);
  if (found) return found;
  const installed = find();
  if (installed) return installed;
  throw new Error(
    'The browser tests need Chromium: run `apt-get install chromium` as root, or set CHROMIUM_PATH to one.',
  );
}
