// bench/queue.bench.ts: `npm run bench -- queue`: the deployed bundle in workerd while its database is away, fails one request
// in four and loses one answer in eight: consumers throw, the queue delivers again. Is every acknowledged event there, once?
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../runtime/index.ts';
import { accountFor, printAccount } from './accounted.ts';
import { printFigure, printMachine } from './figures.ts';
import { seeded } from './random.ts';
import { freshEventId, pageViews, post } from './server-process.ts';
import type { Passage } from './worker-edge.ts';
import { startWorkerEdge } from './worker-edge.ts';

const BENCH = 'queue';
const ACKED_MIN = Number(process.argv[2] ?? '10000');
const SEED = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const EVENTS_PER_REQUEST = 20;
const LANES = 8;
const AWAY_MS = 4_000;
const AWAY_TIMES = 3;
const ANSWERS_MAX = 20_000;
const DRAIN_LOOK_MS = 2_000;
const DRAIN_LOOKS_MAX = 120;

if (!existsSync(join(projectFolder(), 'dist', 'worker', 'worker.js'))) {
  process.stderr.write('dist/worker is missing: run `node tools/build.mjs --worker` first\n');
  process.exit(2);
}
const random = seeded(SEED);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let isSound = true;
let isAway = false;
const passages: Record<Passage, number> = { passes: 0, away: 0, answer_lost: 0 };
const folder = await mkdtemp(join(tmpdir(), 'hushtag-queue-'));
const { worker, db } = await startWorkerEdge(
  folder,
  () => {
    const drawn = random();
    const passage = isAway
      ? 'away'
      : isSound
        ? 'passes'
        : drawn < 0.25
          ? 'away'
          : drawn < 0.375
            ? 'answer_lost'
            : 'passes';
    passages[passage] += 1;
    return passage;
  },
  1,
);
const { origin } = await worker.ready;

const acked = new Set<string>();
const unanswered: { readonly ids: readonly string[]; readonly body: string; sent: number }[] = [];
let answers = 0;
let refused = 0;
const newMessage = () => {
  const ids = Array.from({ length: EVENTS_PER_REQUEST }, () => freshEventId(Date.now()));
  return { ids, body: pageViews(ids, Date.now()), sent: 0 };
};
async function lane(): Promise<void> {
  while (acked.size < ACKED_MIN && answers + refused < ANSWERS_MAX) {
    const message = unanswered.shift() ?? newMessage();
    message.sent += 1;
    const { status } = await post(origin, message.body);
    if (status !== 202) {
      refused += 1;
      unanswered.push(message);
      continue;
    }
    answers += 1;
    for (const id of message.ids) acked.add(id);
    // As a client does whose answer was lost.
    if (message.sent < 3 && random() < 0.2) unanswered.push(message);
  }
}

printMachine(BENCH);
process.stderr.write(`seed ${SEED}\n`);
const lanes = Array.from({ length: LANES }, lane);
isSound = false;
for (let time = 0; time < AWAY_TIMES; time += 1) {
  await pause(AWAY_MS / 2);
  isAway = true;
  await pause(AWAY_MS);
  isAway = false;
}
await Promise.all(lanes);
isSound = true;
// The queue stands between answer and rows: counted once it has run dry.
let stored = -1;
for (let look = 0; look < DRAIN_LOOKS_MAX; look += 1) {
  const { rows } = await db.client.execute('SELECT count(*) AS n FROM events');
  const now = Number(rows[0]?.['n']);
  if (now === stored && now >= acked.size) break;
  stored = now;
  await pause(DRAIN_LOOK_MS);
}
const account = await accountFor(db, acked);
await worker.dispose();
db.client.close();
await rm(folder, { recursive: true });

printFigure({ bench: BENCH, figure: 'acked', value: acked.size, unit: 'events', answers, refused, seed: SEED });
printFigure({ bench: BENCH, figure: 'requests_refused_by_database', value: passages.away, unit: 'requests' });
printFigure({ bench: BENCH, figure: 'answers_lost_by_database', value: passages.answer_lost, unit: 'requests' });
process.exitCode = printAccount(BENCH, account) && passages.away > 0 && passages.answer_lost > 0 ? 0 : 1;
process.exit();
