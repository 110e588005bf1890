// bench/proof/mutate-export.ts: ways to tamper with an audit export, those of somebody without the key and those of the
// operator who has it. Each must be refused; the operator's against a checkpoint that was kept elsewhere.
import type { LoggedEntry, NoteSigner } from '../../core/index.ts';
import {
  auditText,
  checkpointText,
  commitmentOf,
  encodeExport,
  noteSignerFrom,
  noteVerifierFrom,
  treeOf,
  verifyExport,
} from '../../core/index.ts';
import type { Seeded } from './seeded.ts';
import { seeded } from './seeded.ts';

const ENTRIES = 13;
const KNOWN_SIZE = 9;
const OLDER_SIZE = 6;
const ERASED: ReadonlySet<number> = new Set([3, 11]);
const T0 = 1_772_409_600_000;

interface Stage {
  readonly log: readonly LoggedEntry[];
  readonly checkpoints: readonly { readonly size: number; readonly note: string }[];
  readonly signer: NoteSigner;
  /** Somebody else's key under our name. */
  readonly thief: NoteSigner;
  readonly file: string;
  /** An honest export of an earlier day. */
  readonly older: string;
  readonly known: string;
}

const entryOf = async (nth: number, at: number): Promise<LoggedEntry> => {
  const text = auditText({ kind: 'purged', site: `site-${nth}`, rows: { events: nth * 7 }, at });
  const nonce = new Uint8Array(32).map((_, i) => (nth * 31 + i * 7) % 256);
  return { commitment: await commitmentOf(nonce, text), open: { nonce, text } };
};

async function checkpointOf(log: readonly LoggedEntry[], size: number, signer: NoteSigner) {
  const root = await (await treeOf(log)).root(size);
  return { size, note: await signer.sign(checkpointText({ origin: signer.name, size, root, extensions: [] })) };
}

async function setStage(): Promise<Stage> {
  const signer = await noteSignerFrom(new Uint8Array(32).fill(11));
  const thief = await noteSignerFrom(new Uint8Array(32).fill(12));
  const full = await Promise.all(Array.from({ length: ENTRIES }, (_, nth) => entryOf(nth, T0 + nth * 1_000)));
  const log = full.map((entry, nth) => (ERASED.has(nth) ? { commitment: entry.commitment } : entry));
  const checkpoints = [await checkpointOf(log, 4, signer), await checkpointOf(log, KNOWN_SIZE, signer)];
  const known = checkpoints[1]?.note ?? '';
  const file = await encodeExport(log, checkpoints, signer);
  const older = await encodeExport(log.slice(0, OLDER_SIZE), checkpoints.slice(0, 1), signer);
  return { log, checkpoints, signer, thief, file, older, known };
}

type Mutation = (stage: Stage, random: Seeded) => Promise<Uint8Array>;
const encoder = new TextEncoder();
const bytes = (text: string): Promise<Uint8Array> => Promise.resolve(encoder.encode(text));

/** Changes lines of the honest file. */
const onLines =
  (change: (lines: string[], random: Seeded) => void): Mutation =>
  ({ file }, random) => {
    const lines = file.split('\n');
    change(lines, random);
    return bytes(lines.join('\n'));
  };

/** Changes entries and writes a whole new file, every proof and digest computed anew, with some signer. */
const onLog =
  (who: 'operator' | 'thief', change: (log: LoggedEntry[], random: Seeded) => Promise<void>): Mutation =>
  async (stage, random) => {
    const log = [...stage.log];
    await change(log, random);
    const signer = who === 'operator' ? stage.signer : stage.thief;
    // The earlier checkpoints that the new history would contradict are left out, as a forger would.
    const text = await encodeExport(log, [], signer);
    return encoder.encode(who === 'operator' ? text : text.replaceAll(signer.name, stage.signer.name));
  };

const editEntry = async (log: LoggedEntry[], random: Seeded): Promise<void> => {
  const at = random.below(KNOWN_SIZE);
  log[at] = await entryOf(1_000 + random.below(1_000_000), T0);
};
const dropEntries = async (log: LoggedEntry[], random: Seeded): Promise<void> => {
  log.splice(random.below(KNOWN_SIZE), 1 + random.below(3));
};
const swapEntries = async (log: LoggedEntry[], random: Seeded): Promise<void> => {
  const a = random.below(KNOWN_SIZE);
  const b = (a + 1 + random.below(KNOWN_SIZE - 1)) % KNOWN_SIZE;
  const [first, second] = [log[a], log[b]];
  if (first === undefined || second === undefined) throw new RangeError('no such entries');
  log[a] = second;
  log[b] = first;
};
const cutLog = async (log: LoggedEntry[], random: Seeded): Promise<void> => {
  log.length = random.below(KNOWN_SIZE);
};

const onBytes =
  (change: (file: number[], at: number, random: Seeded) => void): Mutation =>
  async ({ file }, random) => {
    const changed = [...encoder.encode(file)];
    change(changed, random.below(changed.length), random);
    return Uint8Array.from(changed);
  };

/** The ways, by name. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flip_bit: onBytes((file, at, random) => {
    file[at] = (file[at] ?? 0) ^ (1 << random.below(8));
  }),
  insert_byte: onBytes((file, at, random) => {
    file.splice(at, 0, random.below(256));
  }),
  delete_bytes: onBytes((file, at, random) => {
    file.splice(at, 1 + random.below(20));
  }),
  truncate: onBytes((file, at) => {
    file.length = at;
  }),
  delete_line: onLines((lines, random) => {
    lines.splice(random.below(lines.length), 1);
  }),
  swap_lines: onLines((lines, random) => {
    // The first lines are all different; the last two are the end of the note.
    const a = 1 + random.below(lines.length - 8);
    const [line = ''] = lines.splice(a, 1);
    lines.splice(a + 1 + random.below(3), 0, line);
  }),
  repeat_line: onLines((lines, random) => {
    const at = random.below(lines.length - 1);
    lines.splice(at, 0, lines[at] ?? '');
  }),
  edit_entry: onLines((lines, random) => {
    const at = 1 + random.below(ENTRIES);
    lines[at] = (lines[at] ?? '').replace(/"index":(\d+)/, (_, index) => `"index":${Number(index) + 1}`);
  }),
  older_note: async ({ file, older }) =>
    bytes(file.slice(0, file.indexOf('\n\n')) + older.slice(older.indexOf('\n\n'))),
  newer_note: async ({ file, older }) =>
    bytes(older.slice(0, older.indexOf('\n\n')) + file.slice(file.indexOf('\n\n'))),
  whole_older_file: async ({ older }) => bytes(older),
  thief_edits: onLog('thief', editEntry),
  thief_drops: onLog('thief', dropEntries),
  operator_edits: onLog('operator', editEntry),
  operator_drops: onLog('operator', dropEntries),
  operator_swaps: onLog('operator', swapEntries),
  operator_cuts: onLog('operator', cutLog),
};

/** How many mutations were made, and which were taken for sound. */
export interface MutationReport {
  readonly mutations: number;
  readonly missed: readonly { readonly nth: number; readonly kind: string }[];
  readonly byKind: Readonly<Record<string, number>>;
  /** Whether the file that nobody touched was taken for sound; without this all else proves nothing. */
  readonly honestIsSound: boolean;
}

/** Tampers `count` times, each time with the untouched file, and asks the verifier. */
export async function fuzzExport(count: number, seed: number): Promise<MutationReport> {
  const stage = await setStage();
  const verifier = await noteVerifierFrom(stage.signer.publicKey);
  if (verifier === undefined) throw new Error('the signer has no public key');
  const random = seeded(seed);
  const names = Object.keys(MUTATIONS);
  const byKind: Record<string, number> = {};
  const missed: { nth: number; kind: string }[] = [];
  const honest = await verifyExport(encoder.encode(stage.file), verifier, stage.known);
  for (let nth = 0; nth < count; nth++) {
    const kind = random.pick(names);
    const mutated = await MUTATIONS[kind]?.(stage, random);
    if (mutated === undefined) continue;
    byKind[kind] = (byKind[kind] ?? 0) + 1;
    if ((await verifyExport(mutated, verifier, stage.known)).ok) missed.push({ nth, kind });
  }
  return { mutations: count, missed, byKind, honestIsSound: honest.ok };
}
