// bench/crash.bench.ts: `npm run bench -- crash`: SIGKILL at random moments under load, then: is every acknowledged event there, once?
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFiles } from '../store/open.node.ts';
import { accountFor, printAccount } from './accounted.ts';
import { printFigure, printMachine } from './figures.ts';
import { seeded } from './random.ts';
import { addShop, freshEventId, pageViews, post, startServer } from './server-process.ts';

const BENCH = 'crash';
const KILLS_MIN = Number(process.argv[2] ?? '100');
const ACKED_MIN = Number(process.argv[3] ?? '100000');
const SEED = Number(process.argv[4] ?? Date.now() % 2 ** 31);
const EVENTS_PER_REQUEST = 20;
const LANES = 16;
const RETRIES_MAX = 5;
const LIFE_MS_MAX = 900;
const ROUNDS_MAX = 2_000;

// The seed repeats what is drawn, not how the operating system schedules it.
const random = seeded(SEED);

const folder = await mkdtemp(join(tmpdir(), 'hushtag-crash-'));
const folders = { data: join(folder, 'data'), keys: join(folder, 'keys') };
addShop(folders);

interface Message {
  readonly ids: readonly string[];
  readonly body: string;
  /** Times it is to be sent again after it was acknowledged, as a client does whose answer was lost. */
  repeats: number;
}

function newMessage(): Message {
  const now = Date.now();
  const ids = Array.from({ length: EVENTS_PER_REQUEST }, () => freshEventId(now));
  // Some messages hold an event that is refused, so that the ledger has more than one outcome to balance.
  const refused = random() < 0.3 ? [{ i: 'no id', n: 'page_view', t: now }] : [];
  const repeats = random() < 0.3 ? 1 + Math.floor(random() * RETRIES_MAX) : 0;
  return { ids, body: pageViews(ids, now, refused), repeats };
}

const acked = new Set<string>();
const pending: Message[] = [];
let answers = 0;

/** Sends until the server dies; what was not acknowledged, or is to be repeated, goes back into the queue. */
async function lane(origin: string, isAlive: () => boolean): Promise<void> {
  while (isAlive()) {
    const message = pending.shift() ?? newMessage();
    try {
      const { status } = await post(origin, message.body);
      if (status !== 202) throw new Error(String(status));
      answers += 1;
      for (const id of message.ids) acked.add(id);
      if (message.repeats > 0) {
        message.repeats -= 1;
        pending.push(message);
      }
    } catch {
      pending.push(message);
    }
  }
}

printMachine(BENCH);
process.stderr.write(`seed ${SEED}\n`);
let kills = 0;
for (let round = 0; round < ROUNDS_MAX && (kills < KILLS_MIN || acked.size < ACKED_MIN); round += 1) {
  const { child, origin } = await startServer(folders);
  let alive = true;
  const lanes = Array.from({ length: LANES }, () => lane(origin, () => alive));
  await new Promise((resolve) => setTimeout(resolve, 50 + random() * LIFE_MS_MAX));
  child.kill('SIGKILL');
  alive = false;
  await once(child, 'exit');
  await Promise.all(lanes);
  kills += 1;
  if (kills % 10 === 0) process.stderr.write(`${kills} kills, ${acked.size} acknowledged\n`);
}

const db = await openFiles({
  ground: join(folders.data, 'ground.db'),
  derived: join(folders.data, 'derived.db'),
});
const account = await accountFor(db, acked);
db.client.close();
await rm(folder, { recursive: true });

printFigure({ bench: BENCH, figure: 'kills', value: kills, unit: 'kills', against: '>= 100', seed: SEED });
printFigure({ bench: BENCH, figure: 'acked', value: acked.size, unit: 'events', against: '>= 100000', answers });
process.exitCode = printAccount(BENCH, account) ? 0 : 1;
