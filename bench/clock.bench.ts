// bench/clock.bench.ts: `npm run bench -- clock`: the clock jumps a day to and fro under load, at starts and at looks of the schedule.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { EventId } from '../contract/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { storedEventId } from '../core/index.ts';
import { configuredKeys } from '../runtime/index.ts';
import type { Db } from '../store/index.ts';
import { openFiles } from '../store/open.node.ts';
import { printFigure, printMachine } from './figures.ts';
import { seeded } from './random.ts';
import { addShop, environmentOf, freshEventId, MAIN, pageViews, post, startServer } from './server-process.ts';

const BENCH = 'clock';
const JUMPS = Number(process.argv[2] ?? '24');
const SEED = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const LANES = 8;
const EVENTS_PER_REQUEST = 10;
const LOAD_MS = 700;
const LANE_PAUSE_MS = 20;

const random = seeded(SEED);
const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'hushtag-clock-'));
const folders = { data: join(folder, 'data'), keys: join(folder, 'keys') };
const clockFile = join(folder, 'offset');
const moved = {
  HUSHTAG_ADDRESS_EVENTS_PER_SECOND: '1000000',
  MOVED_CLOCK_FILE: clockFile,
  NODE_OPTIONS: `--import ${pathToFileURL(here('servers/moved-clock.js')).href}`,
};

interface DaySalt {
  readonly kekId: string;
  readonly destroyAt: number;
}
const openDb = (): Promise<Db> =>
  openFiles({ ground: join(folders.data, 'ground.db'), derived: join(folders.data, 'derived.db') });
async function readDaySalts(db: Db): Promise<readonly DaySalt[]> {
  const { rows } = await db.client.execute(`SELECT kek_id, destroy_at FROM salts WHERE use = 'day'`);
  return rows.map((row) => ({ kekId: row['kek_id'] as string, destroyAt: Number(row['destroy_at']) }));
}

const acked = new Set<string>();
const pending: { readonly ids: readonly string[]; readonly body: string }[] = [];
let unanswered = 0;
const refused: Record<string, number> = {};
/** Sends until told to stop; what was not acknowledged is sent again. */
async function lane(origin: string, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const now = Date.now();
    const ids = Array.from({ length: EVENTS_PER_REQUEST }, () => freshEventId(now));
    const message = pending.shift() ?? { ids, body: pageViews(ids, now) };
    const status = await post(origin, message.body).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 202) for (const id of message.ids) acked.add(id);
    else {
      if (status === 0) unanswered += 1;
      else refused[status] = (refused[status] ?? 0) + 1;
      pending.push(message);
    }
    await new Promise((resolve) => setTimeout(resolve, LANE_PAUSE_MS));
  }
}

printMachine(BENCH);
process.stderr.write(`seed ${SEED}\n`);
try {
  await writeFile(clockFile, '0');
  addShop(folders);
  const limits = ['retention', 'set', 'shop', '--events', '1', '--profiles', '1'];
  execFileSync(process.execPath, [MAIN, ...limits], { env: environmentOf(folders), stdio: 'ignore' });
  let server = await startServer(folders, moved);
  const watch = await openDb();
  const seen = new Map<string, DaySalt>();
  let ahead = 0;
  let starts = 1;
  let offset = 0;
  for (let jump = 0; jump < JUMPS; jump += 1) {
    let isOver = false;
    const lanes = Array.from({ length: LANES }, () => lane(server.origin, () => !isOver));
    await new Promise((resolve) => setTimeout(resolve, LOAD_MS));
    // The salts that serve visitors in truth; those made for a wrong day are nobody's.
    for (const salt of await readDaySalts(watch)) seen.set(salt.kekId, salt);
    offset = offset === 0 ? (random() < 0.75 ? 1 : -1) * DAY_MS * (1 + random()) : 0;
    await writeFile(clockFile, String(Math.round(offset)));
    if (offset > 0) ahead += 1;
    // The purge by a right clock would rightly take what was stored with a day of two days ago.
    const tasks = offset > 0 ? ['salts', 'purge'] : ['salts'];
    await run(process.execPath, [here('servers/scheduled-look.js'), folders.data, folders.keys, ...tasks], {
      env: { ...environmentOf(folders), ...moved },
    });
    isOver = true;
    if (random() < 0.5) {
      server.child.kill('SIGKILL');
      await once(server.child, 'exit');
      await Promise.all(lanes);
      server = await startServer(folders, moved);
      starts += 1;
    } else await Promise.all(lanes);
  }
  await writeFile(clockFile, '0');
  await run(process.execPath, [here('servers/scheduled-look.js'), folders.data, folders.keys, 'salts'], {
    env: { ...environmentOf(folders), ...moved },
  });
  server.child.kill('SIGTERM');
  await once(server.child, 'exit');

  const keys = await configuredKeys({ keyDir: folders.keys });
  const held = new Set((await readDaySalts(watch)).map(({ kekId }) => kekId));
  let saltsLost = 0;
  for (const { kekId, destroyAt } of seen.values()) {
    const isNeeded = destroyAt > Date.now();
    if (isNeeded && (!held.has(kekId) || (await keys.read(kekId)) === undefined)) saltsLost += 1;
  }
  const { rows } = await watch.client.execute('SELECT lower(hex(id)) AS id FROM events');
  const stored = rows.map((row) => row['id'] as string);
  const distinct = new Set(stored);
  const lost = [...acked].filter((id) => !distinct.has(storedEventId(id as EventId))).length;
  const balance = await watch.client.execute(
    `SELECT sum(CASE outcome WHEN 'received' THEN events ELSE -events END) AS rest FROM ledger GROUP BY site_id, day`,
  );
  const counted = await watch.client.execute(
    `SELECT coalesce(sum(events), 0) AS n FROM ledger WHERE outcome = 'stored'`,
  );
  const unbalanced =
    balance.rows.filter((row) => row['rest'] !== 0).length + (Number(counted.rows[0]?.['n']) === stored.length ? 0 : 1);
  watch.client.close();

  printFigure({ bench: BENCH, figure: 'jumps', value: JUMPS, unit: 'jumps', ahead, starts, seed: SEED });
  printFigure({ bench: BENCH, figure: 'acked', value: acked.size, unit: 'events', unanswered, refused });
  printFigure({ bench: BENCH, figure: 'acked_lost', value: lost, unit: 'events', against: '0' });
  printFigure({ bench: BENCH, figure: 'duplicates', value: stored.length - distinct.size, unit: 'rows', against: '0' });
  printFigure({ bench: BENCH, figure: 'salts_lost', value: saltsLost, unit: `of ${seen.size}`, against: '0' });
  printFigure({ bench: BENCH, figure: 'ledger_unbalanced', value: unbalanced, unit: 'site-days', against: '0' });
  const isGood = ahead > 0 && acked.size > 0 && lost + saltsLost + unbalanced === 0 && stored.length === distinct.size;
  process.exitCode = isGood ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
