// tools/install-by-apt.mjs: installs Debian packages where this user may; elsewhere it does nothing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs packages as root on a system with apt. Whether that worked is seen by who asked. */
export function installByApt(packages) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  console.log(`Missing: installing Debian’s ${packages.join(', ')} (apt-get install) …`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
}
