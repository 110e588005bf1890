// tools/ensure-next.mjs: Next itself, installed from the registry into a folder of its own: with its compilers it is 340 MB, too much for every checkout.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The versions that the package's entry for Next is tried with. */
const PACKAGES = { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' };
/** Not below node_modules, where Next takes no `.jsx` of its own, and the root said, since there are lockfiles above it. */
const folder = fileURLToPath(new URL('../dist/next-shop', import.meta.url));

/** A folder with Next in its node_modules. Throws with what to do where there is none and none can be installed. */
export const ensureNext = () => {
  const manifest = JSON.stringify({ name: 'a-shop', version: '1.0.0', private: true, dependencies: PACKAGES });
  if (existsSync(join(folder, 'node_modules/.package-lock.json'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), manifest);
  writeFileSync(join(folder, 'next.config.mjs'), 'export default { turbopack: { root: import.meta.dirname } };\n');
  console.log(`Missing: installing next ${PACKAGES.next} into dist/next-shop …`);
  const options = { cwd: folder, encoding: 'utf8' };
  const { status, stderr } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], options);
  if (status !== 0)
    throw new Error(`The test of Next needs it from the registry, and npm could not install it: ${stderr}`);
  return folder;
};
