// bench/soak.bench.ts: `npm run bench -- soak [minutes] [requests per second]`: does memory stay flat under a steady load?
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printFigure, printMachine } from './figures.ts';

const BENCH = 'soak';
const MINUTES = Number(process.argv[2] ?? '10');
const RATE = Number(process.argv[3] ?? '1000');
const CONNECTIONS = 64;
const SAMPLE_MS = 5_000;
const MINUTE_MS = 60_000;
const WARM_BYTES = 150_000_000;
const WARM_SECONDS = 10;
const WARM_TURNS_MAX = 60;
const EVENTS_A_WARM_REQUEST = 100;

interface Sent {
  readonly sent: number;
  readonly failed: number;
  readonly p99: number;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Resident memory of a process, MB. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024;
}

/** Slope of the least-squares line through some points. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

printMachine(BENCH);
const folder = await mkdtemp(join(tmpdir(), 'hushtag-soak-'));
const server = fork(here('./servers/hushtag.js'), [folder]);
const [{ port }] = (await once(server, 'message')) as [{ port: number }];

/** Sends for some seconds. */
async function load(seconds: number, events: number, rate: number): Promise<Sent> {
  const client = fork(here('./load.js'), [port, seconds, CONNECTIONS, events, rate].map(String));
  const [sent] = (await once(client, 'message')) as [Sent];
  return sent;
}
const sizeOf = async (name: string): Promise<number> => {
  const { size } = await stat(join(folder, 'data', name)).catch(() => ({ size: 0 }));
  return size;
};
// First more data than the writer may hold of the file in memory (64 MiB): what it takes in until then is no leak.
for (let turn = 0; turn < WARM_TURNS_MAX; turn += 1) {
  await load(WARM_SECONDS, EVENTS_A_WARM_REQUEST, 0);
  if ((await sizeOf('ground.db')) + (await sizeOf('ground.db-wal')) > WARM_BYTES) break;
}
const began = performance.now();
const samples: (readonly [minutes: number, mb: number])[] = [];
const timer = setInterval(() => {
  residentMb(server.pid ?? 0).then(
    (mb) => samples.push([(performance.now() - began) / MINUTE_MS, mb]),
    () => undefined,
  );
}, SAMPLE_MS);
const sent = await load(MINUTES * 60, 1, RATE);
clearInterval(timer);
const stopped = once(server, 'message') as Promise<[{ stored: number }]>;
server.kill('SIGTERM');
const [{ stored }] = await stopped;
await once(server, 'exit');
await rm(folder, { recursive: true });

// Strings, visitors and addresses are remembered up to a number, which the first half reaches.
const late = samples.filter(([minutes]) => minutes > MINUTES / 2);
printFigure({ bench: BENCH, figure: 'requests', value: sent.sent, unit: 'requests', failed: sent.failed, stored });
printFigure({ bench: BENCH, figure: 'memory_slope_mb_per_min', value: slope(late), unit: 'MB/min', against: '0' });
printFigure({ bench: BENCH, figure: 'memory_slope_whole_mb_per_min', value: slope(samples), unit: 'MB/min' });
printFigure({ bench: BENCH, figure: 'memory_end_mb', value: samples.at(-1)?.[1] ?? Number.NaN, unit: 'MB' });
printFigure({ bench: BENCH, figure: 'p99', value: sent.p99, unit: 'ms' });
process.exitCode = sent.failed === 0 && stored >= sent.sent ? 0 : 1;
