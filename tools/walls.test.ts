// tools/walls.test.ts: the walls between folders stand: each forbidden import is planted and must be refused.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const TSC = join(ROOT, 'node_modules', '.bin', 'tsc');
const OXLINT = join(ROOT, 'node_modules', '.bin', 'oxlint');

// DESIGN's reference directions, written out once more: the tsconfig files must say the same.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  core: ['contract'],
  store: ['contract', 'core'],
  sdk: ['contract'],
  client: [],
  console: ['contract', 'core'],
  edge: ['contract', 'core', 'store'],
  segmenter: ['contract', 'core', 'store'],
  runtime: ['contract', 'core', 'store', 'edge', 'segmenter'],
  cli: ['contract', 'core', 'store', 'edge', 'segmenter', 'runtime', 'client'],
  bench: ['contract', 'core', 'store', 'edge', 'segmenter', 'runtime', 'client', 'cli'],
};
const FOLDERS = Object.keys(MAY_IMPORT);
const MUST_NOT_SEE: Readonly<Record<string, string>> = {
  contract: 'document',
  core: 'process',
  store: 'document',
  sdk: 'process',
  client: 'process',
  console: 'process',
  edge: 'document',
  segmenter: 'process',
};

describe('S1, E1: walls', () => {
  let folder: string;
  const tsc = (...args: string[]) => spawnSync(TSC, args, { cwd: folder, encoding: 'utf8' });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hushtag-walls-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(ROOT, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const name of FOLDERS) {
      mkdirSync(join(folder, name));
      cpSync(join(ROOT, name, 'tsconfig.json'), join(folder, name, 'tsconfig.json'));
      const imports = (MAY_IMPORT[name] ?? []).map((other) => `import { of${other} } from '../${other}/index.ts';`);
      const values = (MAY_IMPORT[name] ?? []).map((other) => `of${other}`);
      writeFileSync(
        join(folder, name, 'index.ts'),
        `${imports.join('\n')}\nexport const of${name}: number[] = [${values.join(', ')}].flat();\n`,
      );
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('let every allowed import through', () => {
    const { status, stdout } = tsc('-b', ...FOLDERS);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it.each(FOLDERS)('refuse every other import in %s', (name) => {
    const forbidden = FOLDERS.filter((other) => other !== name && !(MAY_IMPORT[name] ?? []).includes(other));
    for (const other of forbidden) {
      writeFileSync(
        join(folder, name, `planted-${other}.ts`),
        `import { of${other} } from '../${other}/index.ts';\nexport const planted: number[] = of${other};\n`,
      );
    }
    const { stdout } = tsc('-p', name, '--noEmit');
    for (const other of forbidden) rmSync(join(folder, name, `planted-${other}.ts`));
    const refused = forbidden.filter(
      (other) => new RegExp(`TS6307|TS6059`).test(stdout) && stdout.includes(`${other}/index.ts`),
    );
    expect(refused).toEqual(forbidden);
  });

  it.each(Object.entries(MUST_NOT_SEE))('keep %s from seeing %s', (name, platform) => {
    writeFileSync(join(folder, name, 'planted.ts'), `export const planted: unknown = ${platform};\n`);
    const { stdout } = tsc('-p', name, '--noEmit');
    rmSync(join(folder, name, 'planted.ts'));
    expect(stdout).toMatch(new RegExp(`planted\\.ts.*Cannot find name '${platform}'`));
  });

  it('P6: keep collector and api apart, and clocks and randomness out of the pure folders', () => {
    cpSync(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    const planted: readonly (readonly [path: string, code: string, rule: string])[] = [
      [
        'edge/collector/planted.ts',
        `import { x } from '../api/app.ts';\nexport const planted: unknown = x;\n`,
        'no-restricted-imports',
      ],
      [
        'edge/api/planted.ts',
        `import { x } from '../collector/app.ts';\nexport const planted: unknown = x;\n`,
        'no-restricted-imports',
      ],
      ['core/planted.ts', 'export const planted: number = Date.now();\n', 'no-restricted-properties'],
      ['segmenter/planted.ts', 'export const planted: number = Math.random();\n', 'no-restricted-properties'],
      ['contract/planted.ts', `export const planted: unknown = fetch('https://a.example');\n`, 'no-restricted-globals'],
    ];
    for (const [path, code] of planted) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), code);
    }
    const { stdout } = spawnSync(OXLINT, ['--format', 'unix'], { cwd: folder, encoding: 'utf8' });
    for (const [path, , rule] of planted) {
      const lines = stdout.split('\n').filter((line) => line.includes(path) && line.includes(rule));
      expect({ path, found: lines.length > 0, stdout: lines.length > 0 ? '' : stdout }).toEqual({
        path,
        found: true,
        stdout: '',
      });
    }
  });

  it('names every folder that has a project', () => {
    const projects = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && readdirSync(join(ROOT, entry.name)).includes('tsconfig.json'))
      .map((entry) => entry.name);
    expect(projects.sort()).toEqual([...FOLDERS].sort());
  });
});

describe('tidy', () => {
  const sources = spawnSync('git', ['ls-files', '--', '*.ts', '*.tsx', '*.mjs'], { cwd: ROOT, encoding: 'utf8' })
    .stdout.trim()
    .split('\n');

  it('has no `export *`, no default export where no tool asks, and no TODO without an issue', () => {
    expect(sources.length).toBeGreaterThan(20);
    const found = sources
      .filter((path) => path !== 'tools/walls.test.ts')
      .flatMap((path) =>
        readFileSync(join(ROOT, path), 'utf8')
          .split('\n')
          .flatMap((line, index) =>
            /^export \*|\b(?:TODO|FIXME|XXX)\b(?!\(#\d+\))/.test(line) ? [`${path}:${index + 1}`] : [],
          ),
      );
    expect(found).toEqual([]);
  });
});
