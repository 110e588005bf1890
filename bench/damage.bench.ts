// bench/damage.bench.ts: `npm run bench -- damage`: bits flipped and files cut by a seed: detected, harmless, or seen by nothing?
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addSite, checkDamage } from '../store/index.ts';
import type { Db } from '../store/index.ts';
import { countLostEvents } from '../store/commit-mark.ts';
import type { LocalWriter } from '../store/local-writer.ts';
import { openLocalWriter } from '../store/local-writer.ts';
import type { Files } from '../store/open.node.ts';
import { migrateFiles, openFiles } from '../store/open.node.ts';
import { projectFolder } from '../runtime/index.ts';
import type { SiteId } from '../contract/index.ts';
import { faultCode } from '../core/index.ts';
import { findWalDamage } from '../runtime/wal-damage.ts';
import { printFigure, printMachine } from './figures.ts';
import { seeded } from './random.ts';

const BENCH = 'damage';
const SEEDS = Number(process.argv[2] ?? '200');
const SEED = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const COMMITS_OLD = 60;
const COMMITS_LOGGED = 20;
const EVENTS = 25;
const PAGE_BYTES = 4_096;
const WAL_HEADER_BYTES = 32;
const FRAME_BYTES = PAGE_BYTES + 24;
const ENDS = ['', '-wal', '-shm', '-mark'] as const;

const random = seeded(SEED);
const below = (limit: number): number => Math.floor(random() * limit);
const folder = await mkdtemp(join(tmpdir(), 'hushtag-damage-'));
const filesIn = (name: string): Files => ({
  ground: join(folder, name, 'ground.db'),
  derived: join(folder, name, 'derived.db'),
});

const hex = (bytes: number): string =>
  Array.from({ length: bytes }, () => below(256).toString(16).padStart(2, '0')).join('');

function fill(writer: LocalWriter, commits: number): void {
  const now = Date.now();
  for (let nth = 0; nth < commits; nth += 1) {
    const rows = Array.from({ length: EVENTS }, () => ({
      id: hex(16),
      at: now - below(86_400_000),
      name: 'page_view',
      linked: 1 as const,
      visitor: hex(12),
      purposes: 3,
      policyVersion: 1,
      url: `https://shop.example/p/${below(400)}`,
    }));
    writer.accept([{ site: 1, day: 1, rows, ledger: [] }]);
  }
}

/** Copies databases while they are open, so that the log is as a kill would leave it. */
async function copyAll(from: Files, name: string): Promise<Files> {
  const to = filesIn(name);
  await rm(join(folder, name), { recursive: true, force: true });
  await mkdir(join(folder, name));
  for (const file of ['ground', 'derived'] as const)
    for (const end of ENDS) await copyFile(`${from[file]}${end}`, `${to[file]}${end}`).catch(() => undefined);
  return to;
}

/** Everything that can be read, as one hash; undefined where reading fails. */
async function digestOf(db: Db): Promise<string | undefined> {
  try {
    const hash = createHash('sha256');
    const { rows: tables } = await db.client.execute(
      `SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    );
    for (const table of tables) {
      const { rows } = await db.client.execute(`SELECT * FROM main."${table['name'] as string}" NOT INDEXED`);
      const bytes = (value: unknown): unknown =>
        value instanceof ArrayBuffer ? Buffer.from(value).toString('hex') : value;
      hash.update(JSON.stringify([table['name'], rows.map((row) => Array.from(row, bytes))]));
    }
    return hash.digest('hex');
  } catch {
    return undefined;
  }
}

type Outcome = 'refused_at_start' | 'quick_check' | 'whole_check' | 'error_when_read' | 'harmless' | 'undetected';

/** What a server that is started over the files would meet, in its order. */
async function outcomeOf(files: Files, whole: string | undefined): Promise<Outcome> {
  if ((await findWalDamage(files.ground, 0)) !== undefined) return 'refused_at_start';
  if ((await countLostEvents(files.ground).catch(() => 1)) > 0) return 'refused_at_start';
  let db: Db | undefined;
  try {
    await migrateFiles(files, join(projectFolder(), 'migrations'));
    db = await openFiles(files);
    if ((await checkDamage(db, 'quick')).ground_findings > 0) return 'quick_check';
    if ((await checkDamage(db, 'whole')).ground_findings > 0) return 'whole_check';
    const digest = await digestOf(db);
    if (digest === undefined) return 'error_when_read';
    return digest === whole ? 'harmless' : 'undetected';
  } catch (fault) {
    return faultCode(fault).startsWith('SQLITE') ? 'refused_at_start' : 'error_when_read';
  } finally {
    db?.client.close();
  }
}

const flip = (bytes: Uint8Array, at: number): void => {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
};

/** Where in a page of a B-tree the header and the list of cells lie; undefined where the page is something else. */
function structureOf(bytes: Uint8Array, page: number): readonly [from: number, to: number] | undefined {
  const from = page * PAGE_BYTES + (page === 0 ? 100 : 0);
  const kind = bytes[from];
  if (kind !== 2 && kind !== 5 && kind !== 10 && kind !== 13) return undefined;
  const cells = (bytes[from + 3] ?? 0) * 256 + (bytes[from + 4] ?? 0);
  return [from, from + (kind < 10 ? 12 : 8) + 2 * cells];
}

interface Harm {
  readonly end: '' | '-wal';
  readonly apply: (bytes: Uint8Array) => Uint8Array;
  /** Whether the index of the log is taken away too, as after a loss of power. */
  readonly dropsIndex?: boolean;
}

const frameAt = (bytes: Uint8Array, which: 'middle' | 'last'): number => {
  const frames = (bytes.length - WAL_HEADER_BYTES) / FRAME_BYTES;
  return WAL_HEADER_BYTES + (which === 'last' ? frames - 1 : below(frames - 1)) * FRAME_BYTES;
};

const HARMS: Readonly<Record<string, Harm>> = {
  page_structure: {
    end: '',
    apply: (bytes) => {
      let place: readonly [number, number] | undefined;
      while (place === undefined) place = structureOf(bytes, below(bytes.length / PAGE_BYTES));
      flip(bytes, place[0] + below(place[1] - place[0]));
      return bytes;
    },
  },
  page_anywhere: {
    end: '',
    apply: (bytes) => {
      flip(bytes, below(bytes.length));
      return bytes;
    },
  },
  page_overwritten: {
    end: '',
    apply: (bytes) => bytes.fill(0xa5, ...((from) => [from, from + 512] as const)(below(bytes.length / 512) * 512)),
  },
  database_cut: { end: '', apply: (bytes) => bytes.slice(0, below(bytes.length)) },
  log_header: {
    end: '-wal',
    dropsIndex: true,
    apply: (bytes) => {
      flip(bytes, below(WAL_HEADER_BYTES));
      return bytes;
    },
  },
  log_frame_middle: {
    end: '-wal',
    dropsIndex: true,
    apply: (bytes) => {
      flip(bytes, frameAt(bytes, 'middle') + below(FRAME_BYTES));
      return bytes;
    },
  },
  log_frame_last: {
    end: '-wal',
    dropsIndex: true,
    apply: (bytes) => {
      flip(bytes, frameAt(bytes, 'last') + below(FRAME_BYTES));
      return bytes;
    },
  },
  log_cut_after_kill: { end: '-wal', apply: (bytes) => bytes.slice(0, below(bytes.length)) },
  log_cut_without_index: { end: '-wal', dropsIndex: true, apply: (bytes) => bytes.slice(0, below(bytes.length)) },
};
/** Harms of which nothing may go unseen; the others are reported for what they are. */
const MUST_BE_SEEN = [
  'page_structure',
  'log_header',
  'log_frame_middle',
  'log_frame_last',
  'log_cut_after_kill',
  'log_cut_without_index',
];

printMachine(BENCH);
try {
  const live = filesIn('live');
  await mkdir(join(folder, 'live'));
  await migrateFiles(live, join(projectFolder(), 'migrations'));
  const db = await openFiles(live);
  await addSite(db, { id: 'shop' as SiteId, origins: [], policy: 'standard', floor: 50, at: 0 });
  const writer = openLocalWriter(live);
  fill(writer, COMMITS_OLD);
  await db.client.execute('PRAGMA main.wal_checkpoint(TRUNCATE)');
  const settled = await copyAll(live, 'settled');
  const settledDigest = await digestOf(db);
  fill(writer, COMMITS_LOGGED);
  const logged = await copyAll(live, 'logged');
  const loggedDigest = await digestOf(db);
  writer.close();
  db.client.close();

  for (const [name, { end, apply, dropsIndex }] of Object.entries(HARMS)) {
    const counts: Partial<Record<Outcome, number>> = {};
    for (let nth = 0; nth < SEEDS; nth += 1) {
      const files = await copyAll(end === '' ? settled : logged, 'harmed');
      if (dropsIndex === true || end === '') await rm(`${files.ground}-shm`, { force: true });
      if (end === '') await rm(`${files.ground}-wal`, { force: true });
      await writeFile(`${files.ground}${end}`, apply(await readFile(`${files.ground}${end}`)));
      const outcome = await outcomeOf(files, end === '' ? settledDigest : loggedDigest);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    const value = counts.undetected ?? 0;
    const mustBeSeen = MUST_BE_SEEN.includes(name);
    printFigure({
      bench: BENCH,
      figure: `${name}_undetected`,
      value,
      unit: `of ${SEEDS}`,
      ...(mustBeSeen ? { against: '0' } : {}),
      ...counts,
      seed: SEED,
    });
    if (mustBeSeen && value > 0) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
