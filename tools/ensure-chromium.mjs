// tools/ensure-chromium.mjs: finds Chromium, or installs Debian's where this user may.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const find = () => PLACES.find((path) => path && existsSync(path));

/** The path of a Chromium. Throws with what to do where there is none and none can be installed. */
export function ensureChromium() {
  const found = find();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Chromium is missing: installing Debian’s package (apt-get install chromium) …');
    const options = {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  }
  const installed = find();
  if (installed) return installed;
  throw new Error(
    'The browser tests need Chromium: run `apt-get install chromium` as root, or set CHROMIUM_PATH to one.',
  );
}
