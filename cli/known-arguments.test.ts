// cli/known-arguments.test.ts: what a command does not know is refused, never taken for left out.
import { describe, expect, it } from 'vitest';
import { unknownArgument } from './known-arguments.ts';

const known = {
  name: { type: 'positional' },
  origin: { type: 'string' },
  json: { type: 'boolean' },
} as const;

describe('D1: arguments', () => {
  it.each([
    [[]],
    [['shop', '--origin', 'http://a.example', '--json']],
    [['shop', '--origin=http://a.example=b']],
    [['--origin', '--json', 'shop']],
  ])('knows %j', (args) => {
    expect(unknownArgument(args, known)).toBeUndefined();
  });

  it.each([
    [['shop', '--polcy', 'strict'], '--polcy'],
    [['shop', '--polcy=strict'], '--polcy'],
    [['shop', 'extra'], 'extra'],
    [['shop', '--name', 'x'], '--name'],
    [['shop', '--constructor', 'x'], '--constructor'],
  ])('refuses in %j the part %s', (args, part) => {
    expect(unknownArgument(args, known)).toContain(part);
  });
});
