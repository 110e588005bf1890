// bench/run-load.ts: one measurement: a fresh server process, a fresh load process, figures of both.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Servers to measure: the file in bench/servers and what it is told besides its folder. */
const VARIANTS = {
  null: ['null'],
  strawman: ['strawman'],
  hushtag: ['hushtag'],
  'hushtag-still': ['hushtag', 'still'],
  'hushtag-segmenting': ['hushtag', 'segmenting'],
  workerd: ['workerd', 'edge'],
  'workerd-empty': ['workerd', 'empty'],
} as const satisfies Readonly<Record<string, readonly [file: string, told?: string]>>;
/** A server to measure. */
export type Variant = keyof typeof VARIANTS;

/** What to send. */
export interface Load {
  readonly seconds: number;
  readonly connections: number;
  readonly eventsPerRequest: number;
  /** Requests a second over all connections; 0 for as many as go. */
  readonly rate: number;
}

/**
 * Seconds that every server, ours and the rivals, is loaded before anything is measured. Compiling goes on for longer (some 20,000
 * requests), so what is measured is still a little above a server that runs for days.
 */
const WARM_SECONDS = 8;

/** What came of it. */
export interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  readonly sent: number;
  /** Of them before the measurement began. */
  readonly sentWarm: number;
  /** CPU of the server over what was sent afterwards. */
  readonly cpuMs: number;
  readonly rssMb: number;
  /** Events in the database afterwards, where there is one. */
  readonly stored?: number;
  /** Runs of the segmenter that ended meanwhile, where it ran. */
  readonly runs?: number;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Measures a variant once. Fails where the server answered anything but 202, or did not store what it answered. */
export async function measure(variant: Variant, load: Load): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-bench-'));
  try {
    const [file, ...told] = VARIANTS[variant];
    const server = fork(here(`./servers/${file}.js`), [
      file === 'strawman' ? join(folder, 'events.db') : folder,
      ...told,
    ]);
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const client = fork(
      here('./load.js'),
      [port, load.seconds, load.connections, load.eventsPerRequest, load.rate, WARM_SECONDS].map(String),
    );
    await once(client, 'message');
    server.send('warm');
    const [sent] = (await once(client, 'message')) as [Omit<Measured, 'cpuMs' | 'rssMb' | 'stored' | 'runs'>];
    const stopped = once(server, 'message') as Promise<[Pick<Measured, 'cpuMs' | 'rssMb' | 'stored' | 'runs'>]>;
    server.kill('SIGTERM');
    const [used] = await stopped;
    await once(server, 'exit');
    const measured = { ...sent, ...used };
    if (measured.failed > 0) throw new Error(`${variant}: ${measured.failed} requests were not answered 202`);
    const events = measured.sent * load.eventsPerRequest;
    if (measured.stored !== undefined && measured.stored < events - load.connections * load.eventsPerRequest) {
      throw new Error(`${variant}: of ${events} events only ${measured.stored} were stored`);
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Measures variants in turn, A B C A B C, each time in fresh processes. */
export async function inTurn(
  variants: readonly Variant[],
  rounds: number,
  load: Load,
): Promise<ReadonlyMap<Variant, readonly Measured[]>> {
  const all = new Map<Variant, Measured[]>(variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const variant of variants) all.get(variant)?.push(await measure(variant, load));
  }
  return all;
}
