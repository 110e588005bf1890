// store/imports.test.ts: what is known of an import whose server ended before it did.
import { expect, it } from 'vitest';
import { importBegins, importEnds, importGoesOn, interruptImports, readImports } from './imports.ts';
import { openTestDatabase } from './testing.ts';

it('D1: an import that never ended is told from one that runs, from where it came to', async () => {
  const { db, close } = await openTestDatabase();
  const begin = (id: string, startedAt: number) =>
    importBegins(1, { id, by: 'someone', format: 'ndjson', dryRun: false, startedAt, nextLine: 1 });
  const progress = { lines: 5_000, accepted: 4_990, nextLine: 5_001, refused: { malformed_event: 10 } };
  await db.client.batch(
    [
      ...begin('ended', 10),
      importEnds('ended', { ...progress, stopped: undefined, endedAt: 20 }),
      ...begin('killed', 30),
      importGoesOn('killed', progress),
      ...begin('running', 90),
    ],
    'write',
  );
  const seen = async () =>
    (await readImports(db, 1)).map(({ id, stopped, endedAt, nextLine }) => [id, stopped, endedAt, nextLine]);
  expect(await interruptImports(db, 100, 90)).toBe(1);
  expect(await seen()).toEqual([
    ['running', undefined, undefined, 1],
    ['killed', 'interrupted', 100, 5_001],
    ['ended', undefined, 20, 5_001],
  ]);
  // A server that starts knows that nobody runs any.
  expect(await interruptImports(db, 110)).toBe(1);
  // One that was taken for gone and was not says how it ended.
  await db.client.batch([importEnds('running', { ...progress, stopped: undefined, endedAt: 120 })], 'write');
  expect((await seen())[0]).toEqual(['running', undefined, 120, 5_001]);
  await close();
});
