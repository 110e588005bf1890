// tools/tag-proof.test.ts: docs/tag-proof.md names tests and commands that there are.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(`${root}docs/tag-proof.md`, 'utf8');
const rows = text.split('\n').filter((line) => /^\| (?!---|Promise|Situation)/.test(line));
const proofsOf = (row: string): readonly string[] =>
  [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, proof = '']) => proof);
const isCommand = (proof: string): boolean => proof.startsWith('npm run ');
const tests = rows.flatMap(proofsOf).filter((proof) => proof.includes('/') && !isCommand(proof));

it('every promise has a proof', () => {
  expect(rows.length).toBeGreaterThan(50);
  for (const row of rows) expect([row, proofsOf(row).length > 0]).toEqual([row, true]);
});

it.each([...new Set(tests)])('%s', (proof) => {
  const [file = '', title] = proof.split(' › ');
  expect(existsSync(root + file)).toBe(true);
  // In quotes, as a title is, and not somewhere in the middle.
  const code = readFileSync(root + file, 'utf8');
  if (title !== undefined) expect(["'", '"', '`'].some((quote) => code.includes(quote + title))).toBe(true);
});

it('every command is one', () => {
  const commands = rows.flatMap(proofsOf).filter(isCommand);
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) {
    const [, name = ''] = /^npm run bench -- (\w+)$/.exec(command) ?? [];
    expect([command, existsSync(`${root}bench/${name}.bench.ts`)]).toEqual([command, true]);
  }
});
