// bench/workerd.bench.ts: `npm run bench -- workerd`: the deployed bundle in workerd (miniflare) against an empty Worker.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../runtime/index.ts';
import { median, printFigure, printMachine, spreadOf } from './figures.ts';
import { inTurn } from './run-load.ts';

const BENCH = 'workerd';
const ROUNDS = Number(process.argv[2] ?? '3');
const SECONDS = 5;
const CONNECTIONS = 32;

if (!existsSync(join(projectFolder(), 'dist', 'worker', 'worker.js'))) {
  process.stderr.write('dist/worker is missing: run `node tools/build.mjs --worker` first\n');
  process.exit(2);
}
printMachine(BENCH);
const runs = await inTurn(['workerd-empty', 'workerd'], ROUNDS, {
  seconds: SECONDS,
  connections: CONNECTIONS,
  eventsPerRequest: 1,
  rate: 0,
});
const empty = runs.get('workerd-empty') ?? [];
const ours = runs.get('workerd') ?? [];
const figures: readonly (readonly [figure: string, unit: string, values: readonly number[]])[] = [
  ['empty_requests_per_s', 'requests/s', empty.map((run) => run.perSecond)],
  ['single_requests_per_s', 'requests/s', ours.map((run) => run.perSecond)],
  ['single_vs_empty', 'ratio', ours.map((run, round) => run.perSecond / (empty[round]?.perSecond ?? Number.NaN))],
  ['empty_cpu_ms_per_request', 'ms', empty.map((run) => run.cpuMs / (run.sent - run.sentWarm))],
  // Of workerd alone: queue and consumer run in it too, the database outside.
  ['cpu_ms_per_event', 'ms', ours.map((run) => run.cpuMs / (run.sent - run.sentWarm))],
];
for (const [figure, unit, values] of figures) {
  printFigure({ bench: BENCH, figure, value: median(values), unit, spread: spreadOf(values) });
}
