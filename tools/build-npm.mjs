// tools/build-npm.mjs: builds dist/npm/, the package @hushtag/tag, from what `tsc -b sdk` wrote.
// A module a file, so that a site's bundler takes what it imports and nothing else; types beside them; a package.json of its own.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist/server');
const folder = join(root, 'dist/npm');

/** What can be imported: a file of sdk/, and the framework that only it needs. */
const ENTRIES = [
  { subpath: '.', file: 'npm' },
  { subpath: './react', file: 'react', peers: { react: '>=18' }, isClientOnly: true },
  { subpath: './next', file: 'next', peers: { next: '>=13.4', react: '>=18' }, isClientOnly: true },
  { subpath: './vue', file: 'vue', peers: { vue: '>=3.5' } },
];
/** A bundler that is told of this condition takes the build that explains itself, for every entry. */
const DEBUG = 'hushtag-debug';
const peers = Object.assign({}, ...ENTRIES.map((entry) => entry.peers ?? {}));

/** Copies a declaration and those it imports, with the extensions a package needs. */
function copyTypes(file, seen = new Set()) {
  if (seen.has(file)) return;
  seen.add(file);
  const from = join(compiled, file);
  const text = readFileSync(from, 'utf8')
    .replace(/\n?\/\/# sourceMappingURL=.*\n?/, '\n')
    .replace(/(from '\.[^']*)\.ts'/g, "$1.js'");
  const to = join(folder, file);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, text);
  for (const [, path] of text.matchAll(/from '(\.[^']*)\.js'/g)) {
    copyTypes(relative(compiled, join(dirname(from), `${path}.d.ts`)), seen);
  }
}

// The debug build is the same modules, but that each step is explained: what nobody listens to is no code in the other.
const explaining = {
  name: 'explaining',
  resolveId: (source, importer) =>
    source.endsWith('/explain.js') && importer ? join(dirname(importer), 'explain-in-words.js') : null,
};

async function writeModules(dir, plugins) {
  const bundled = await rollup({
    input: ENTRIES.map(({ file }) => join(compiled, 'sdk', `${file}.js`)),
    external: Object.keys(peers),
    plugins,
    treeshake: { preset: 'smallest' },
    onwarn: (warning) => {
      // Rollup takes the directive away; it is put back below. What explains and what is explained import each other.
      if (warning.code === 'MODULE_LEVEL_DIRECTIVE' || (plugins.length > 0 && warning.code === 'CIRCULAR_DEPENDENCY'))
        return;
      throw new Error(`rollup: ${warning.message}`);
    },
  });
  const clientOnly = ENTRIES.filter((entry) => entry.isClientOnly).map(({ file }) =>
    join(compiled, 'sdk', `${file}.js`),
  );
  await bundled.write({
    dir,
    format: 'es',
    preserveModules: true,
    preserveModulesRoot: compiled,
    // React's server components render these as boundaries, by their first line.
    banner: ({ facadeModuleId }) => (clientOnly.includes(facadeModuleId) ? "'use client';" : ''),
  });
  await bundled.close();
}

const manifestOf = (version) => ({
  name: '@hushtag/tag',
  version,
  description: 'The browser tag of hushtag: consent-aware, first-party, no dependency.',
  keywords: ['analytics', 'consent', 'privacy', 'first-party', 'e-commerce'],
  license: 'Apache-2.0',
  type: 'module',
  sideEffects: false,
  exports: {
    ...Object.fromEntries(
      ENTRIES.map(({ subpath, file }) => [
        subpath,
        { types: `./sdk/${file}.d.ts`, [DEBUG]: `./debug/sdk/${file}.js`, default: `./sdk/${file}.js` },
      ]),
    ),
    './debug': { types: './sdk/npm.d.ts', default: './debug/sdk/npm.js' },
    './package.json': './package.json',
  },
  types: './sdk/npm.d.ts',
  files: ['sdk', 'contract', 'debug'],
  peerDependencies: peers,
  // A site needs the framework that it uses, and no other.
  peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((name) => [name, { optional: true }])),
});

/** Builds dist/npm/; throws where something is missing. */
export async function buildNpm() {
  const entry = join(compiled, 'sdk/npm.js');
  if (!existsSync(entry)) throw new Error(`${relative(root, entry)} is missing: run \`npx tsc -b sdk\` first`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await writeModules(folder, []);
  await writeModules(join(folder, 'debug'), [explaining]);
  for (const { file } of ENTRIES) copyTypes(`sdk/${file}.d.ts`);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(version), null, 2)}\n`);
  copyFileSync(join(root, 'sdk/README.md'), join(folder, 'README.md'));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}
