// cli/init/keep-from-git.ts: where the folder is in a git repository, what `hushtag init` makes is ignored by it before it is made.
import { execFile } from 'node:child_process';
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { faultCode } from '../../core/index.ts';

const run = promisify(execFile);
/** git answers at once; a repository that hangs must not hang the set-up. */
const GIT_MS_MAX = 10_000;

/** What was done about git. */
export interface IgnoredByGit {
  /** The repository's `.gitignore`. */
  readonly file: string;
  readonly lines: readonly string[];
}

/** What git says, or undefined where it says no, is not installed, or there is no repository. */
const askGit = (folder: string, ...args: readonly string[]): Promise<string | undefined> =>
  run('git', args, { cwd: folder, timeout: GIT_MS_MAX }).then(
    ({ stdout }) => stdout.trimEnd(),
    () => undefined,
  );

/** A path as a line of `.gitignore`: from the repository's root, with nothing in it that is a pattern. */
const lineOf = (path: string): string =>
  `/${path
    .split(sep)
    .join('/')
    .replaceAll(/[*?[\]\\]| $/g, '\\$&')}`;

/** The text of a file, empty where there is none. */
const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((fault: unknown) => {
    if (faultCode(fault) === 'ENOENT') return '';
    throw fault;
  });

/**
 * Adds what is not ignored yet to the `.gitignore` of the repository that the folder is in, so that no `git add -A` takes keys along.
 * Paths are relative to the folder or absolute; a folder's ends in a slash. What lies outside the repository needs no line.
 * Undefined where nothing had to be written.
 */
export async function keepFromGit(folder: string, paths: readonly string[]): Promise<IgnoredByGit | undefined> {
  const root = await askGit(folder, 'rev-parse', '--show-toplevel');
  if (root === undefined || root === '') return undefined;
  const here = await realpath(folder);
  const lines: string[] = [];
  for (const path of paths) {
    const inside = relative(root, resolve(here, path)) + (path.endsWith('/') ? '/' : '');
    if (inside.startsWith('..') || inside === '/') continue;
    // Exit code 0: ignored already, by whichever file.
    const ignored = await askGit(root, 'check-ignore', '--quiet', '--', inside);
    if (ignored === undefined) lines.push(lineOf(inside));
  }
  if (lines.length === 0) return undefined;
  const file = join(root, '.gitignore');
  const before = await textOf(file);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await writeFile(
    file,
    `${before}${gap}# hushtag: keys, data and configuration of this machine\n${lines.join('\n')}\n`,
  );
  return { file, lines };
}
