// bench/proof.bench.ts: `npm run proof`: privacy promises, tried against the running system. Exits 1 where one does not hold.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRetention } from '../store/index.ts';
import type { Figure } from './figures.ts';
import { printFigure, printMachine } from './figures.ts';
import { WORKS } from './proof/after-kill.ts';
import { ATTACKS, PADDING_FOR_A_YEAR, runAttack, runStayingAttack } from './proof/attacks.ts';
import { runBasketAttack } from './proof/basket-attack.ts';
import { runCombinedAttack, YEAR_PERIODS } from './proof/combined-attack.ts';
import { proveErasure } from './proof/erasure.ts';
import type { Marker } from './proof/markers.ts';
import { MEANS_ATTACKS, runMeansAttack } from './proof/means-attack.ts';
import { fuzzExport } from './proof/mutate-export.ts';
import { startStage } from './proof/pipeline.ts';
import { runModelAttack, runQualityAttack } from './proof/quality-attack.ts';
import { everyByte } from './proof/readable.ts';
import { destroyAll, knownSalts, recoverSalts } from './proof/salts.ts';
import type { Haystack } from './proof/search.ts';
import { needlesOf, searchAll } from './proof/search.ts';
import { runThresholdAttack } from './proof/threshold-attack.ts';
import { killEverywhere, makeTemplate } from './proof/sigkill.ts';
import type { AttackReport } from './proof/trials.ts';
import { isWhole, walkEveryPath } from './proof/whole-path.ts';

const BENCH = 'proof';
const TRIALS = 1_000;
const YEAR_TRIALS = 200;
const MUTATIONS = 10_000;
const HITS_SHOWN = 40;

let broken = 0;
/** Prints a figure; `holds` says whether the promise behind it is kept. */
function report(figure: Omit<Figure, 'bench'>, holds = true): void {
  if (!holds) broken += 1;
  printFigure({ bench: BENCH, ...figure } as Figure);
}

const seedOf = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
/** The seed of the attacks, so that a run tells the same as the last: HUSHTAG_SEED draws others. */
const ATTACK_SEED = Number(process.env['HUSHTAG_SEED'] ?? 20_261_124);
/** Seeds that nothing was tuned on. */
const OTHER_SEEDS = [1, 7] as const;
/** 99 times in 100 the attacker's chance, of which a run's accuracy is a sample, lies below the bound. */
const upperBound = (accuracy: number, trials: number): number =>
  Number((accuracy + 2.326 * Math.sqrt((accuracy * (1 - accuracy)) / trials)).toFixed(3));

async function proveStorage(folder: string): Promise<void> {
  const stage = await startStage(folder);
  const { markers, purged, ...walked } = await walkEveryPath(stage, folder, { oneIn: 1, commands: true });
  const { db, keys } = stage.server;
  const erasure = await proveErasure(stage);
  report(
    { figure: 'erasure_rows_left', value: erasure.rowsLeft, unit: 'rows and files', against: '0', ...erasure },
    erasure.rowsLeft === 0 && erasure.foundBefore > 0 && erasure.erasedEvents >= Math.max(1, erasure.acknowledged),
  );
  const findings = await checkRetention(db, Date.now());
  const salts = await knownSalts(db, keys);
  // A backup of the data folder, taken while the salts live: the write-ahead log included.
  await cp(stage.config.dataDir, join(folder, 'backup'), { recursive: true });
  const answers = Object.fromEntries(stage.statuses);
  const value = markers.length;
  report(
    { figure: 'p1_markers', value, unit: 'marked values', against: '>= 500', answers, ...walked },
    value >= 500 && isWhole(walked),
  );
  reportHits(markers, await everyByte(folder, stage.said));

  const destroyed = await destroyAll(db, keys);
  await stage.server.close();
  // The backup holds the wrapped rows; what must be gone everywhere is the way to open them.
  const recovered = await recoverSalts(salts, await everyByte(folder, stage.said), stage.config.keyDir);
  report(
    { figure: 'salt_recovered', value: recovered, unit: 'salts', against: '0', destroyed, known: salts.length },
    recovered === 0 && destroyed > 0,
  );
  const over = Math.max(...findings.map(({ overLimitMs }) => overLimitMs));
  const brokenClaims = findings.filter(({ holds }) => !holds).map(({ claim }) => claim);
  report(
    { figure: 'oldest_row_over_limit_ms', value: over, unit: 'ms', against: '0', purged, brokenClaims },
    over === 0 && brokenClaims.length === 0 && purged > 0,
  );
}

function reportHits(markers: readonly Marker[], files: readonly Haystack[]): void {
  const wanted = markers.flatMap(({ name, values }) => values.map((value) => ({ marker: name, value })));
  const hits = searchAll(files, wanted);
  const found = new Set(hits.map(({ marker }) => marker)).size;
  // A value that may stay: were it not there, nothing would have been stored, and nothing found would mean nothing.
  const isKept = files.some(({ bytes }) => bytes.includes('gold'));
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const spellings = wanted.reduce((sum, { value }) => sum + needlesOf(value).length, 0);
  report(
    { figure: 'p1_hits', value: found, unit: 'markers found', against: '0', bytes, spellings, files: files.length },
    found === 0 && isKept,
  );
  const shown = [...new Set(hits.map(({ marker, spelling, file }) => `${marker} as ${spelling} in ${file}`))];
  for (const line of shown.slice(0, HITS_SHOWN)) process.stderr.write(`P1: ${line}\n`);
  const control = controlFound();
  report(
    { figure: 'p1_search_found', value: control, unit: 'share of planted spellings', against: '1' },
    control === 1,
  );
}

/** The search must find what is there: every spelling of a planted value, alone and in the middle of other bytes. */
function controlFound(): number {
  const value = 'planted.Value7f3a@mail.example';
  const needles = needlesOf(value);
  const found = needles.filter(({ bytes }) => {
    const file = { name: 'planted', bytes: Buffer.concat([Buffer.alloc(101, 0x41), bytes, Buffer.alloc(33, 0x42)]) };
    return searchAll([file], [{ marker: 'planted', value }]).length > 0;
  });
  return found.length / needles.length;
}

async function proveRestarts(folder: string): Promise<void> {
  await makeTemplate(join(folder, 'template'));
  const points: Record<string, number> = {};
  const halfDone: string[] = [];
  for (const work of WORKS) {
    const killed = await killEverywhere(join(folder, 'template'), join(folder, 'scratch'), work);
    points[work] = killed.points;
    halfDone.push(...killed.halfDone);
  }
  const value = Object.values(points).reduce((sum, count) => sum + count, 0);
  report({ figure: 'sigkill_points', value, unit: 'kills', ...points }, value > 0);
  report({ figure: 'sigkill_half_done', value: halfDone.length, unit: 'faults', against: '0' }, halfDone.length === 0);
  for (const fault of halfDone.slice(0, HITS_SHOWN)) process.stderr.write(`P4, P5: ${fault}\n`);
}

async function proveAudit(): Promise<void> {
  const seed = seedOf();
  const { mutations, missed, byKind, honestIsSound } = await fuzzExport(MUTATIONS, seed);
  report(
    { figure: 'audit_mutations', value: mutations, unit: 'mutations', seed, byKind, honestIsSound },
    honestIsSound,
  );
  report(
    { figure: 'audit_mutations_missed', value: missed.length, unit: 'mutations', against: '0', seed },
    missed.length === 0,
  );
}

async function provePublishing(): Promise<void> {
  const accuracies: Record<string, number> = {};
  const seed = ATTACK_SEED;
  const attacks: readonly (readonly [string, () => Promise<AttackReport>])[] = [
    ...Object.entries(ATTACKS).map(([name, attack]) => [name, () => runAttack(attack, TRIALS, seed)] as const),
    ...Object.entries(MEANS_ATTACKS).map(
      ([name, attack]) => [name, () => runMeansAttack(attack, TRIALS, seed)] as const,
    ),
    ['staying', () => runStayingAttack(TRIALS, seed)],
    ['threshold', () => runThresholdAttack(TRIALS, seed)],
    ['quality', () => runQualityAttack(TRIALS, seed)],
    ['whole_model', () => runModelAttack(TRIALS, seed)],
    ['baskets', () => runBasketAttack(TRIALS, seed)],
  ];
  for (const [name, run] of attacks) {
    const { accuracy } = await run();
    accuracies[name] = accuracy;
    report({
      figure: `attack_${name}_accuracy`,
      value: accuracy,
      unit: 'share',
      against: '<= 0.60',
      trials: TRIALS,
      seed,
      upperBound: upperBound(accuracy, TRIALS),
    });
  }
  const most = Math.max(...Object.values(accuracies));
  report(
    { figure: 'attack_max_accuracy', value: most, unit: 'share', against: '<= 0.60', trials: TRIALS, seed },
    most <= 0.6,
  );
  const year = await runAttack(PADDING_FOR_A_YEAR, YEAR_TRIALS, seed);
  report({
    figure: 'attack_padding_for_a_year_accuracy',
    value: year.accuracy,
    unit: 'share',
    trials: YEAR_TRIALS,
    seed,
  });
}

/** All kinds of numbers at once. No promise holds for these, and docs/privacy.md says what they come to. */
async function proveTogether(): Promise<void> {
  for (const seed of [ATTACK_SEED, ...OTHER_SEEDS]) {
    for (const [figure, periods, trials] of [
      ['attack_all_kinds_in_a_period_accuracy', 1, TRIALS],
      ['attack_all_kinds_in_a_year_accuracy', YEAR_PERIODS, YEAR_TRIALS],
    ] as const) {
      const { accuracy } = await runCombinedAttack(periods, trials, seed);
      report({ figure, value: accuracy, unit: 'share', trials, seed, upperBound: upperBound(accuracy, trials) });
    }
  }
}

/** The parts, in order; `npm run proof -- NAME …` runs some of them. */
const PARTS: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  storage: (folder) => proveStorage(join(folder, 'storage')),
  restarts: proveRestarts,
  audit: proveAudit,
  publishing: provePublishing,
  together: proveTogether,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no part ${unknown.join(', ')}: name some of ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}
printMachine(BENCH);
const folder = await mkdtemp(join(tmpdir(), 'hushtag-proof-'));
try {
  for (const [name, prove] of Object.entries(PARTS)) {
    if (named.length === 0 || named.includes(name)) await prove(folder);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (broken > 0) {
  process.stderr.write(`${broken} promises do not hold.\n`);
  process.exitCode = 1;
}
