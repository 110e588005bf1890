// bench/ingest.bench.ts: `npm run bench -- ingest`: the whole accept path against an empty handler and the strawman.
import { median, printFigure, printMachine, spreadOf } from './figures.ts';
import type { Measured } from './run-load.ts';
import { inTurn, measure } from './run-load.ts';

const BENCH = 'ingest';
const ROUNDS = Number(process.argv[2] ?? '3');
const SECONDS = 5;
const CONNECTIONS = 64;

const perSecond = (runs: readonly Measured[] | undefined): number[] => (runs ?? []).map((run) => run.perSecond);
const ratio = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.map((value, round) => value / (theirs[round] ?? Number.NaN));

printMachine(BENCH);
const single = { seconds: SECONDS, connections: CONNECTIONS, eventsPerRequest: 1, rate: 0 };
const runs = await inTurn(['null', 'strawman', 'hushtag'], ROUNDS, single);
const [empty, strawman, ours] = [
  perSecond(runs.get('null')),
  perSecond(runs.get('strawman')),
  perSecond(runs.get('hushtag')),
];
for (const [figure, values] of [
  ['null_requests_per_s', empty],
  ['strawman_requests_per_s', strawman],
  ['single_requests_per_s', ours],
] as const) {
  printFigure({ bench: BENCH, figure, value: median(values), unit: 'requests/s', spread: spreadOf(values) });
}
const versusNull = ratio(ours, empty);
const versusStrawman = ratio(ours, strawman);
printFigure({
  bench: BENCH,
  figure: 'single_vs_null',
  value: median(versusNull),
  unit: 'ratio',
  against: '>= 0.35',
  spread: spreadOf(versusNull),
});
printFigure({
  bench: BENCH,
  figure: 'single_vs_strawman',
  value: median(versusStrawman),
  unit: 'ratio',
  against: '>= 3',
  spread: spreadOf(versusStrawman),
});
// CPU of the whole process, all threads, once it is warm.
const cpuOf = (variant: 'null' | 'hushtag'): number[] =>
  (runs.get(variant) ?? []).map((run) => run.cpuMs / (run.sent - run.sentWarm));
const cpu = cpuOf('hushtag');
const emptyCpu = cpuOf('null');
printFigure({
  bench: BENCH,
  figure: 'null_cpu_ms_per_request',
  value: median(emptyCpu),
  unit: 'ms',
  spread: spreadOf(emptyCpu),
});
printFigure({
  bench: BENCH,
  figure: 'cpu_ms_per_event',
  value: median(cpu),
  unit: 'ms',
  against: '<= 0.15',
  spread: spreadOf(cpu),
});
const p99 = (runs.get('hushtag') ?? []).map((run) => run.p99);
printFigure({
  bench: BENCH,
  figure: 'p99_at_64_connections',
  value: median(p99),
  unit: 'ms',
  against: '<= 50',
  spread: spreadOf(p99),
});

const half = { ...single, rate: Math.floor(median(ours) / 2) };
const halves: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const emptyHalf = await measure('null', half);
  const oursHalf = await measure('hushtag', half);
  halves.push(oursHalf.p99 / emptyHalf.p99);
}
printFigure({
  bench: BENCH,
  figure: 'p99_half_vs_null',
  value: median(halves),
  unit: 'ratio',
  against: '<= 5',
  spread: spreadOf(halves),
});

const tens = await inTurn(['hushtag'], ROUNDS, { ...single, eventsPerRequest: 10 });
const batch10 = perSecond(tens.get('hushtag')).map((value) => value * 10);
printFigure({
  bench: BENCH,
  figure: 'batch10_events_per_s',
  value: median(batch10),
  unit: 'events/s',
  against: '>= 30000',
  spread: spreadOf(batch10),
});
const perCpuSecond = (tens.get('hushtag') ?? []).map((run) => ((run.sent - run.sentWarm) * 10) / (run.cpuMs / 1_000));
printFigure({
  bench: BENCH,
  figure: 'batch10_events_per_cpu_s',
  value: median(perCpuSecond),
  unit: 'events/CPU-s',
  spread: spreadOf(perCpuSecond),
});

// A run of the segmenter over 100,000 events, one after the other, beside the load.
const during: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const still = await measure('hushtag-still', half);
  const segmenting = await measure('hushtag-segmenting', half);
  if ((segmenting.runs ?? 0) === 0) throw new Error('no run of the segmenter ended during the load');
  during.push(segmenting.p99 / still.p99);
}
printFigure({
  bench: BENCH,
  figure: 'p99_during_run_vs_idle',
  value: median(during),
  unit: 'ratio',
  against: '<= 3',
  spread: spreadOf(during),
});
