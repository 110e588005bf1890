// e2e/npm/installed.ts: the package as a site gets it: packed, installed from the tarball into an empty project, bundled.
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The built package. */
export const PACKAGE: string = join(ROOT, 'dist/npm');

/** An empty project with the package in it. */
export interface Project {
  readonly folder: string;
  /** Runs a program there and returns what it said. @throws {Error} with that where it fails. */
  readonly run: (command: string, ...args: readonly string[]) => string;
  /** The same while this process goes on. */
  readonly start: (command: string, ...args: readonly string[]) => Promise<string>;
  readonly write: (name: string, text: string) => void;
  /** Bundles code for the page, minified, by the package's exports under these conditions as well. */
  readonly bundle: (code: string, conditions?: readonly string[]) => Promise<string>;
  /** Makes a package of ours, a framework say, the project's. */
  readonly link: (name: string) => void;
  readonly remove: () => void;
}

/** Packs a built package and installs the tarball, with no registry to help. */
export function installPackage(built: string = PACKAGE): Project {
  if (!existsSync(built)) throw new Error(`${built} is missing: run \`npm run build\` before the tests of the package`);
  const folder = mkdtempSync(join(tmpdir(), 'hushtag-npm-'));
  const run: Project['run'] = (command, ...args) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}\n${stderr}`);
    return stdout;
  };
  const write: Project['write'] = (name, text) => writeFileSync(join(folder, name), text);
  write('package.json', '{ "name": "a-shop", "version": "1.0.0", "private": true, "type": "module" }');
  const tarball = run('npm', 'pack', built, '--silent').trim();
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', `./${tarball}`);
  return {
    folder,
    run,
    start: async (command, ...args) => (await promisify(execFile)(command, args, { cwd: folder })).stdout,
    write,
    bundle: async (code, conditions = []) => {
      const { outputFiles } = await build({
        stdin: { contents: code, resolveDir: folder, loader: 'tsx' },
        bundle: true,
        minify: true,
        // Given any, esbuild leaves `module` out, which React and Vue need.
        ...(conditions.length === 0 ? {} : { conditions: [...conditions, 'module'] }),
        format: 'esm',
        write: false,
        logLevel: 'silent',
        jsx: 'automatic',
        define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
      });
      return outputFiles[0]?.text ?? '';
    }, // biome-ignore format: a long line
    link: (name) => symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
