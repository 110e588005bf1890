// e2e/node/marked-values.test.ts: marked values come in by every way, and are in nothing that goes out (P1). `npm run proof` sends all
// of them and runs the command line too; here some, which takes seconds.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { createClient } from '@libsql/client/sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStage } from '../../bench/proof/pipeline.ts';
import { everyByte } from '../../bench/proof/readable.ts';
import { needlesOf, searchAll } from '../../bench/proof/search.ts';
import { isWhole, walkEveryPath } from '../../bench/proof/whole-path.ts';

const VALUE = 'planted.Value7f3a@mail.example';
/** Longer than a page of SQLite, so that it lies in several. */
const LONG = `${'x'.repeat(4_000)}${VALUE}${'y'.repeat(20_000)}`;
/** Every how manieth marker is sent. */
const ONE_IN = 150;
/** For a machine that does other things too. */
const TIMEOUT_MS = 240_000;

async function writeTable(path: string, checkpoint: boolean): Promise<() => void> {
  const client = createClient({ url: `file:${path}` });
  await client.execute('PRAGMA journal_mode = WAL');
  await client.execute('PRAGMA wal_autocheckpoint = 0');
  await client.execute('CREATE TABLE kept (text TEXT)');
  await client.execute({ sql: 'INSERT INTO kept VALUES (?)', args: [LONG] });
  if (checkpoint) await client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
  return () => client.close();
}

async function writeParquet(path: string): Promise<() => void> {
  const instance = await DuckDBInstance.create(':memory:');
  const duck = await instance.connect();
  // Enough rows that the page is packed: in a small one a value may stand as it is.
  const rows = `SELECT CASE WHEN i = 777 THEN 'for ${VALUE}' ELSE 'page ' || i % 9 END AS text FROM range(5000) AS t(i)`;
  await duck.run(`COPY (${rows}) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
  duck.closeSync();
  instance.closeSync();
  return () => undefined;
}

const bytes =
  (content: string | Uint8Array) =>
  async (path: string): Promise<() => void> => {
    await writeFile(path, content);
    return () => undefined;
  };

/** A kind of file that hushtag or its operator writes, with the value in it. */
const PLANTS: Readonly<Record<string, (path: string) => Promise<() => void>>> = {
  'log.txt': bytes(`{"level":"debug","note":"${VALUE}"}\n`),
  'export.ndjson': bytes(`{"title":"${VALUE}"}\n`),
  'export.csv': bytes(`id,title\n1,"${VALUE}"\n`),
  'export.parquet': writeParquet,
  'backup.ndjson.gz': bytes(gzipSync(`{"title":"${VALUE}"}\n`.repeat(50))),
  'twice.gz': bytes(gzipSync(gzipSync(`${VALUE} ${'z'.repeat(99)}`))),
  'packed.z': bytes(deflateSync(`${VALUE} ${VALUE}`)),
  'page.html.br': bytes(brotliCompressSync(`<p>${VALUE}</p>`)),
  'ground.db': (path) => writeTable(path, true),
  'written-ahead.db': (path) => writeTable(path, false),
};

describe('P1: marked values', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-marked-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each(Object.keys(PLANTS))('are found where one is planted in %s', async (file) => {
    const close = (await PLANTS[file]?.(join(folder, file))) ?? (() => undefined);
    try {
      const found = searchAll(await everyByte(folder, []), [{ marker: 'planted', value: VALUE }]);
      expect(found.map((hit) => hit.file.split(' ')[0])).toContain(file);
      expect(searchAll(await everyByte(folder, []), [{ marker: 'other', value: 'never.planted7f3a' }])).toEqual([]);
    } finally {
      close();
    }
  });

  it.each(needlesOf(VALUE).map(({ spelling, bytes: spelled }) => ({ spelling, spelled })))(
    'are found as $spelling in the middle of other bytes',
    ({ spelled }) => {
      const file = { name: 'planted', bytes: Buffer.concat([Buffer.alloc(101, 65), spelled, Buffer.alloc(33, 66)]) };
      expect(searchAll([file], [{ marker: 'planted', value: VALUE }])).not.toEqual([]);
    },
  );

  it(
    'are nowhere after they came in by every way and everything was processed, exported, backed up and read',
    async () => {
      const stage = await startStage(folder);
      try {
        const { markers, ...walked } = await walkEveryPath(stage, folder, { oneIn: ONE_IN, commands: false });
        expect(isWhole(walked), JSON.stringify(walked)).toBe(true);
        const wanted = markers.flatMap(({ name, values }) => values.map((value) => ({ marker: name, value })));
        const hits = searchAll(await everyByte(folder, stage.said), wanted);
        expect([...new Set(hits.map(({ marker, spelling, file }) => `${marker} as ${spelling} in ${file}`))]).toEqual(
          [],
        );
      } finally {
        await stage.server.close();
      }
    },
    TIMEOUT_MS,
  );
});
