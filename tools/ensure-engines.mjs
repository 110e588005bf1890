// tools/ensure-engines.mjs: finds Firefox and WebKit with what drives them, or installs Debian's where this user may.
import { existsSync, readdirSync } from 'node:fs';
import { installByApt } from './install-by-apt.mjs';

const FIREFOX_PLACES = [process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox'];
const LIBRARIES = ['/usr/lib', ...['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu`)];
const first = (paths) => paths.find((path) => path && existsSync(path));

/** MiniBrowser lies in a folder that names WebKitGTK's version; the newest is taken. */
const miniBrowsers = () =>
  LIBRARIES.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith('webkit2gtk-') || name.startsWith('webkitgtk-'))
      .sort()
      .reverse()
      .map((name) => `${folder}/${name}/MiniBrowser`),
  );

const findWebkit = () => {
  const driver = first([process.env.WEBKIT_DRIVER_PATH, '/usr/bin/WebKitWebDriver']);
  const browser = first(miniBrowsers());
  const xvfbRun = first(['/usr/bin/xvfb-run']);
  return driver && browser && xvfbRun ? { driver, browser, xvfbRun } : undefined;
};

const ensure = (find, packages, variable) => {
  const found = find();
  if (found) return found;
  installByApt(packages);
  const installed = find();
  if (installed) return installed;
  throw new Error(
    `The tests of other engines need them: run \`apt-get install ${packages.join(' ')}\` as root (Debian, Ubuntu), or set ${variable}.`,
  );
};

/** The path of a Firefox. Throws with what to do where there is none and none can be installed. */
export const ensureFirefox = () => ensure(() => first(FIREFOX_PLACES), ['firefox-esr'], 'FIREFOX_PATH');

/** The paths of WebKit's driver, of the browser it drives, and of what gives it a screen. Throws as above. */
export const ensureWebkit = () => ensure(findWebkit, ['webkit2gtk-driver', 'xvfb', 'xauth'], 'WEBKIT_DRIVER_PATH');
