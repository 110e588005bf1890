// store/mirror/duck.test.ts: DuckDB instances beside each other.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDuck } from './duck.ts';

/** Rows whose order takes more memory than the instance below has. */
const ROWS = 1_000_000;

const sortOnDisk = (spillFolder: string, seed: number): Promise<boolean> =>
  withDuck({ threads: 1, memory: '40MB', spillFolder }, async (duck) => {
    const result = await duck.stream(
      `SELECT k FROM (SELECT hash(range + ${seed})::VARCHAR AS k, repeat('x', 40) || range AS v FROM range(${ROWS})) ORDER BY k, v`,
    );
    let rows = 0;
    let last = '';
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      const vector = chunk.getColumnVector(0);
      for (let row = 0; row < chunk.rowCount; row += 1) {
        const key = String(vector.getItem(row));
        if (key < last) return false;
        last = key;
      }
      rows += chunk.rowCount;
    }
    return rows === ROWS;
  });

test('instances that spill into one folder keep out of each other’s files, and leave none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-duck-'));
  expect(await Promise.all([0, 1, 2].map((nth) => sortOnDisk(folder, nth * ROWS)))).toEqual([true, true, true]);
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});
