// cli/docs-commands.test.ts: every `hushtag` command line in the documents is one that the command line would run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../runtime/index.ts';
import { argsOf, commandOf } from './command-line.ts';
import { unknownArgument } from './known-arguments.ts';

const root = projectFolder();
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** What a shell would hand to the command: words up to the end of the command, quotes taken off. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  const token = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'|;&)<>#`]+)|([|;&)<>#`]))/y;
  for (;;) {
    const [, double, single, bare, end] = token.exec(line) ?? [];
    const word = double ?? single ?? bare;
    if (word === undefined || end !== undefined) return words;
    words.push(word);
  }
}

interface Line {
  readonly line: string;
  /** Whether it is run as it stands, so that nothing it needs may be left out. */
  readonly isWhole: boolean;
}

/** Command lines of a page: in blocks of shell after `npx hushtag` (or the built file), in text in code marks of their own. */
function linesOf(page: string): Line[] {
  const text = readFileSync(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, code = '']) => code.replaceAll('\\\n', ' '));
  const called = blocks.flatMap((code) =>
    [...code.matchAll(/(?:npx hushtag|cli\/main\.js) (.*)$/gm)].map(([, line = '']) => line),
  );
  // `hushtag erased …` is no command: docs/privacy.md names the text that digests are made of.
  const outside = text.replaceAll(/^```[\s\S]*?^```/gm, '');
  const named = [...outside.matchAll(/`(?:npx )?hushtag (?!erased )([^`…\n]+)`/g)].map(([, line = '']) => line);
  return [...called.map((line) => ({ line, isWhole: true })), ...named.map((line) => ({ line, isWhole: false }))];
}

/** What is wrong with a command line, for whoever mends the page; undefined where it would run. */
function problemOf(line: string, isWhole: boolean): string | undefined {
  const words = wordsOf(line);
  const { command, depth } = commandOf(words);
  // `hushtag retention` in a sentence names a family of commands, as `hushtag audit` does.
  if (command.subCommands !== undefined)
    return words.length > depth ? 'no such command' : isWhole ? 'not whole' : undefined;
  const known = argsOf(command);
  const unknown = words.includes('--help') ? undefined : unknownArgument(words.slice(depth), known);
  if (unknown !== undefined || !isWhole) return unknown;
  const given = words.slice(depth);
  const missing = Object.entries(known).filter(
    ([name, { type, required }]) =>
      type !== 'positional' &&
      required === true &&
      !given.some((word) => word === `--${name}` || word.startsWith(`--${name}=`)),
  );
  return missing.length === 0 ? undefined : `without ${missing.map(([name]) => `--${name}`).join(', ')}`;
}

describe('the documents and the command line agree', () => {
  it('reads a line as a shell does', () => {
    expect(wordsOf('site add shop --origin "https://a b" | jq # x')).toEqual([
      'site',
      'add',
      'shop',
      '--origin',
      'https://a b',
    ]);
    expect(problemOf('site add shop --orgin x', false)).toContain('--orgin');
    expect(problemOf('fly', false)).toBe('no such command');
    expect(problemOf('token --life 1d', true)).toBe('without --site');
  });

  it('finds lines to look at', () => {
    expect(pages.flatMap(linesOf).length).toBeGreaterThan(100);
  });

  it.each(pages)('every hushtag command of %s exists, with its options', (page) => {
    const wrong = linesOf(page).flatMap(({ line, isWhole }) => {
      const problem = problemOf(line, isWhole);
      return problem === undefined ? [] : [`${line}: ${problem}`];
    });
    expect(wrong).toEqual([]);
  });
});
