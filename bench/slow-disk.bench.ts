// bench/slow-disk.bench.ts: `npm run bench -- slow-disk [ms]`: every sync of the server takes so much longer; it is killed
// under load and stopped. The delay is strace's (https://strace.io), put before the system calls that sync: the disk itself
// stays as quick as it is.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGround } from '../store/open.node.ts';
import { accountFor, printAccount } from './accounted.ts';
import { printFigure, printMachine } from './figures.ts';
import { seeded } from './random.ts';
import type { ServerProcess } from './server-process.ts';
import { addShop, freshEventId, pageViews, post, startServer } from './server-process.ts';

const BENCH = 'slow-disk';
const DELAY_MS = Number(process.argv[2] ?? '100');
const SEED = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const KILLS = 4;
const EVENTS_PER_REQUEST = 5;
const LANES = 32;
const LIFE_MS = 5_000;
/** The load comes from one address. */
const SETTINGS = { HUSHTAG_ADDRESS_EVENTS_PER_SECOND: '100000', HUSHTAG_SITE_EVENTS_PER_SECOND: '100000' };

try {
  execFileSync('strace', ['-V'], { stdio: 'ignore' });
} catch {
  process.stderr.write('strace is missing: `apt-get install strace`\n');
  process.exit(2);
}
const random = seeded(SEED);
const folder = await mkdtemp(join(tmpdir(), 'hushtag-slow-'));
const folders = { data: join(folder, 'data'), keys: join(folder, 'keys') };
addShop(folders);

const acked = new Set<string>();
const unanswered: { readonly ids: readonly string[]; readonly body: string }[] = [];
const latencies: number[] = [];
const refused: Record<number, number> = {};

const newMessage = () => {
  const ids = Array.from({ length: EVENTS_PER_REQUEST }, () => freshEventId(Date.now()));
  return { ids, body: pageViews(ids, Date.now()) };
};

async function lane(origin: string, isAlive: () => boolean): Promise<void> {
  while (isAlive()) {
    const message = unanswered.shift() ?? newMessage();
    const began = performance.now();
    try {
      const { status } = await post(origin, message.body);
      if (status !== 202) {
        refused[status] = (refused[status] ?? 0) + 1;
        unanswered.push(message);
        continue;
      }
      latencies.push(performance.now() - began);
      for (const id of message.ids) acked.add(id);
    } catch {
      unanswered.push(message);
    }
  }
}

/** The server behind strace. */
function pidOf({ child }: ServerProcess): number {
  const [pid = '0'] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
  return Number(pid);
}

const peakMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0') / 1_024;

printMachine(BENCH);
process.stderr.write(`seed ${SEED}\n`);
const SYNCS = 'fsync,fdatasync,sync_file_range,msync';
let syncs = 0;
let peak = 0;
let stopMs = 0;
for (let life = 0; life <= KILLS; life += 1) {
  const trace = join(folder, `syncs-${life}`);
  const through = ['strace', '-f', '--seccomp-bpf', '-qq', '-o', trace, '-e', `trace=${SYNCS}`];
  process.stderr.write(`life ${life}, ${acked.size} acknowledged\n`);
  const server = await startServer(folders, SETTINGS, [
    ...through,
    '-e',
    `inject=${SYNCS}:delay_enter=${DELAY_MS * 1_000}`,
  ]);
  const pid = pidOf(server);
  let alive = true;
  const lanes = Array.from({ length: LANES }, () => lane(server.origin, () => alive));
  await new Promise((resolve) => setTimeout(resolve, LIFE_MS * (0.5 + random() / 2)));
  peak = Math.max(peak, peakMb(pid));
  const exited = once(server.child, 'exit');
  const began = performance.now();
  const isLast = life === KILLS;
  process.kill(pid, isLast ? 'SIGTERM' : 'SIGKILL');
  if (!isLast) alive = false;
  await exited;
  if (isLast) stopMs = performance.now() - began;
  alive = false;
  await Promise.all(lanes);
  syncs += readFileSync(trace, 'utf8')
    .split('\n')
    .filter((line) => line.includes('DELAYED')).length;
}

const db = await openGround({ ground: join(folders.data, 'ground.db'), derived: '' });
const account = await accountFor(db, acked);
db.client.close();
await rm(folder, { recursive: true });
latencies.sort((a, b) => a - b);
printFigure({ bench: BENCH, figure: 'kills', value: KILLS, unit: 'kills', seed: SEED });
printFigure({ bench: BENCH, figure: 'delayed_syncs', value: syncs, unit: 'syncs', delayMs: DELAY_MS });
printFigure({ bench: BENCH, figure: 'acked', value: acked.size, unit: 'events', refused });
printFigure({
  bench: BENCH,
  figure: 'p99',
  value: latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN,
  unit: 'ms',
  p50: latencies[Math.floor(latencies.length / 2)],
});
printFigure({ bench: BENCH, figure: 'peak_memory', value: peak, unit: 'MB' });
printFigure({ bench: BENCH, figure: 'stop', value: stopMs, unit: 'ms' });
process.exitCode = printAccount(BENCH, account) && syncs > 0 && acked.size > 0 ? 0 : 1;
