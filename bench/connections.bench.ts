// bench/connections.bench.ts: `npm run bench -- connections`: are others served while very many connections sit there?
// argv: idle connections, slow ones. Needs open files for both ends: `ulimit -n` of some 25,000 for the default.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printFigure, printMachine } from './figures.ts';
import { addShop, freshEventId, pageViews, post, startServer } from './server-process.ts';

const BENCH = 'connections';
const IDLE = Number(process.argv[2] ?? '10000');
const SLOW = Number(process.argv[3] ?? '500');
const PROBES = 200;
const OPENED_AT_ONCE = 200;
/** The longest a half request is waited for to be ended, ms. */
const ENDED_MS_MAX = 120_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A connection that says something once, and what becomes of it. */
interface Held {
  readonly socket: Socket;
  isOpen: boolean;
}

function open(port: number, text: string): Promise<Held> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const held: Held = { socket, isOpen: false };
    socket.on('connect', () => {
      held.isOpen = true;
      socket.write(text);
      resolve(held);
    });
    // An answer is read and thrown away.
    socket.resume();
    socket.on('error', () => resolve(held));
    socket.on('close', () => {
      held.isOpen = false;
      resolve(held);
    });
  });
}

async function openMany(port: number, count: number, text: string): Promise<Held[]> {
  const held: Held[] = [];
  while (held.length < count) {
    const some = Math.min(OPENED_AT_ONCE, count - held.length);
    held.push(...(await Promise.all(Array.from({ length: some }, () => open(port, text)))));
  }
  return held;
}

const countOpen = (all: readonly Held[]): number => all.filter(({ isOpen }) => isOpen).length;

/** Page views one after the other, each answered: how long the slowest hundredth took, and how many were not taken. */
async function probe(origin: string): Promise<{ readonly p99: number; readonly refused: number }> {
  const times: number[] = [];
  let refused = 0;
  for (let nth = 0; nth < PROBES; nth += 1) {
    const now = Date.now();
    const began = performance.now();
    const status = await post(origin, pageViews([freshEventId(now)], now)).then(
      (answer) => answer.status,
      () => 0,
    );
    times.push(performance.now() - began);
    if (status !== 202) refused += 1;
  }
  times.sort((a, b) => a - b);
  return { p99: times[Math.floor(PROBES * 0.99)] ?? Number.NaN, refused };
}

async function report(origin: string, name: string, detail: Readonly<Record<string, number>>): Promise<void> {
  const { p99, refused } = await probe(origin);
  printFigure({ bench: BENCH, figure: `p99_${name}`, value: p99, unit: 'ms', requests: PROBES, ...detail });
  printFigure({ bench: BENCH, figure: `refused_${name}`, value: refused, unit: 'requests', against: '0' });
}

/** How long the server lets half requests be, with somebody who sends a byte a second and somebody who sends none. */
async function endOf(name: string, all: readonly Held[], dripping: string): Promise<void> {
  const began = performance.now();
  let nth = 0;
  while (countOpen(all) > 0 && performance.now() - began < ENDED_MS_MAX) {
    await pause(1_000);
    const letter = dripping[nth % dripping.length] ?? '';
    nth += 1;
    if (letter !== '') for (const { socket, isOpen } of all) if (isOpen) socket.write(letter);
  }
  const seconds = (performance.now() - began) / 1_000;
  printFigure({ bench: BENCH, figure: `${name}_ended_after`, value: seconds, unit: 's', left: countOpen(all) });
}

const memoryMb = async (pid: number | undefined): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 'NaN') / 1_024;
};

printMachine(BENCH);
const folder = await mkdtemp(join(tmpdir(), 'hushtag-connections-'));
const folders = { data: join(folder, 'data'), keys: join(folder, 'keys') };
addShop(folders);
const { child, origin } = await startServer(folders, { HUSHTAG_ADDRESS_EVENTS_PER_SECOND: '100000' });
const port = Number(new URL(origin).port);
await report(origin, 'alone', {});

const idle = await openMany(port, IDLE, 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n');
const opened = countOpen(idle);
await report(origin, 'with_idle', { opened });
printFigure({
  bench: BENCH,
  figure: 'idle_open',
  value: countOpen(idle),
  unit: 'connections',
  memoryMb: await memoryMb(child.pid),
});
for (const { socket } of idle) socket.destroy();

const head = 'POST /v1/collect HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\n';
const slow = await openMany(port, SLOW, head);
await report(origin, 'with_slow_headers', { opened: countOpen(slow) });
await endOf('slow_headers', slow, 'x-a: b');

const half = await openMany(port, SLOW, `${head}Content-Length: 1000\r\n\r\n{"v":1`);
await report(origin, 'with_half_bodies', { opened: countOpen(half) });
await endOf('half_bodies', half, '');
await report(origin, 'afterwards', {});

child.kill('SIGTERM');
await new Promise((resolve) => child.once('exit', resolve));
await rm(folder, { recursive: true });
