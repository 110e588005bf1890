// runtime/node.ts: the edge on Node: two database files, a key folder, a group commit, and the schedule.
import type { IncomingMessage } from 'node:http';
import type { EpochMs } from '../contract/index.ts';
import type { KeyProvider } from '../core/index.ts';
import { createHistogram, faultCode, toHex } from '../core/index.ts';
import type { GroupCommit, Port } from '../edge/index.ts';
import { createEdge, createGroupCommit, destroyAbandonedKeys, destroyExpiredSalts } from '../edge/index.ts';
import { PRIVACY_PARTS, SEGMENTER_PARTS } from './privacy-parts.ts';
import type { Db } from '../store/index.ts';
import { insertSaltStatement, interruptImports, observeClock, replayTombstones } from '../store/index.ts';
import { openGround } from '../store/open.node.ts';
import { addressOf } from './client-address.ts';
import type { SayClock } from './clock-log.ts';
import { clockCounts, createClockLog } from './clock-log.ts';
import type { Config } from './config.ts';
import { readServedFiles } from './console-files.ts';
import { checkRunning, hasRoom } from './doctor.ts';
import { filesOf } from './files.ts';
import { configuredKeys } from './key-provider.configured.ts';
import { openGeo } from './geo.ts';
import { nodeHmac } from './hmac.node.ts';
import { listen, stopListening } from './http-server.ts';
import { startLive } from './live-start.ts';
import { createLog } from './log.ts';
import { COMMIT_SECONDS, nodeMetrics } from './node-metrics.ts';
import { openData } from './open-data.ts';
import { readNetworkFile } from './network-file.ts';
import { createRandomPool } from './random-pool.ts';
import { readCsv } from './read-csv.ts';
import { checkFiles, startSchedule } from './schedule.ts';
import type { StorageHealth } from './storage-health.ts';
import { watchStorage } from './storage-health.ts';
import { keepApartIn, recallErased } from './second-place.file.ts';
import { sayPlaceFailed } from './second-place.ts';
import type { Traces } from './traces.ts';
import type { Writer } from './writer.ts';
import { wayOut } from './way-out.ts';
import { startWriter } from './writer.ts';

/** What differs in tests: time, and how a stopped process is seen. */
export interface NodeOptions {
  readonly now?: () => EpochMs;
  readonly write?: (line: string) => void;
  readonly keys?: KeyProvider;
  /** Goes on where acknowledged data is lost, and notes that in the audit log. */
  readonly acceptDamage?: boolean;
}

/** A running server. */
export interface RunningNode {
  readonly origin: string;
  readonly db: Db;
  readonly keys: KeyProvider;
  /** Checks the files now, as it does ten seconds after a start. */
  readonly check: () => Promise<void>;
  /** Stops taking requests, finishes those begun, commits what waits, closes the files. */
  readonly close: () => Promise<void>;
}

const systemNow = (): EpochMs => Date.now() as EpochMs;

/** Finds who a request comes from, for routes that speak the web's Request. */
const clientAddressBy =
  (trustedProxies: number): Port['clientAddress'] =>
  (request, env) =>
    addressOf(
      request.headers.get('x-forwarded-for'),
      (env as { readonly incoming?: IncomingMessage }).incoming?.socket.remoteAddress,
      trustedProxies,
    );

/** What traces go to where the operator has a collector; else nothing of them is loaded. */
const openTraces = async (config: Config, log: Port['log']): Promise<Traces | undefined> => {
  const { tracesUrl } = config;
  if (tracesUrl === undefined) return undefined;
  const { startTraces } = await import('./traces.ts');
  return startTraces(tracesUrl, { fetchOut: wayOut(config).fetchOut, log, randomBytes: createRandomPool() });
};

/** What a request's events go through on their way to the disk. */
async function startCommits(
  config: Config,
  log: Port['log'],
): Promise<{
  readonly writer: Writer;
  readonly health: StorageHealth;
  readonly commits: GroupCommit;
  readonly measures: Pick<Port, 'metrics' | 'onSpan'>;
  /** Writes and tells what waits, and ends. */
  readonly end: () => Promise<void>;
}> {
  const traces = await openTraces(config, log);
  const onSpan = traces?.onSpan;
  const durations = createHistogram(COMMIT_SECONDS);
  const writer = startWriter(filesOf(config), () => log('error', 'writer_ended'), config.logBytes);
  const health = watchStorage(log);
  const commits = createGroupCommit({
    commit: async (jobs) => {
      const began = performance.now();
      const ended = (isFailed: boolean): number => {
        const durationMs = performance.now() - began;
        onSpan?.({
          name: 'commit',
          kind: 'internal',
          startedAt: Date.now() - durationMs,
          durationMs,
          isFailed,
          attributes: { 'hushtag.messages': jobs.length },
        });
        return durationMs;
      };
      await writer.commit(jobs).catch((fault: unknown) => {
        ended(true);
        throw fault;
      });
      durations.observe(ended(false) / 1_000);
      health.worked();
    },
    nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
    onFault: (fault) => health.failed(faultCode(fault)),
  });
  const metrics = (): ReturnType<Port['metrics']> =>
    nodeMetrics({ files: filesOf(config), queued: commits.waiting, commits: durations.read });
  const end = async (): Promise<void> => {
    await writer.close();
    await traces?.close();
  };
  return { writer, health, commits, measures: { metrics, onSpan }, end };
}

/** What a server says of its own health. */
const healthOf = (
  config: Config,
  { db, keys, now }: Pick<Port, 'db' | 'keys' | 'now'>,
): Pick<Port, 'health' | 'hasRoom'> => ({
  health: () => checkRunning(config, { db, keys, now: now() }),
  hasRoom: () => hasRoom(config),
});

/** Does before the first request what a schedule that stood still has not done. @returns what later looks at the clock are told. */
async function catchUp(
  config: Config,
  { ground, db, keys, now, log }: Pick<Port, 'ground' | 'db' | 'keys' | 'now' | 'log'>,
): Promise<SayClock> {
  const sayClock = createClockLog(log);
  const at = now();
  const clock = await observeClock(db, at);
  sayClock(clockCounts(clock));
  // A scheduler that stood still can't have kept salts alive: what is over goes before the first request, by a clock that
  // can be believed.
  if (clock.state !== 'ahead') {
    await destroyExpiredSalts({ db: ground, keys }, at);
    await destroyAbandonedKeys({ db: ground, keys }, at);
  }
  // Nor may a backup that was put back bring back whom it held (P4).
  await recallErased(db, config.secondDir);
  // From the first minute on: a restore asks there, and the schedule comes by in a quarter of an hour.
  await keepApartIn(db, config.secondDir, sayPlaceFailed(log))?.();
  // The files are this server's alone: what was being imported when the last one ended is not going on anywhere.
  const interrupted = await interruptImports(db, at);
  if (interrupted > 0) log('warn', 'imports_interrupted', { imports: interrupted });
  await replayTombstones({ db, holder: toHex(crypto.getRandomValues(new Uint8Array(8))), clock: now });
  return sayClock;
}

const laterOn: Port['later'] = (ms, work) => {
  setTimeout(work, ms).unref();
};

/** What the server is given beside files and threads. */
const partsOf = (
  config: Config,
  db: Db,
  log: Port['log'],
): Pick<Port, 'fetchOut' | 'deliver' | 'keepApart' | 'oidc'> & typeof PARTS => ({
  ...wayOut(config),
  keepApart: keepApartIn(db, config.secondDir, sayPlaceFailed(log)),
  oidc: config.oidc,
  ...PARTS,
});
const PARTS = { ...PRIVACY_PARTS, ...SEGMENTER_PARTS, readCsv };

/** Starts the edge on Node. @throws {StartError | KeyFolderError} where something must be mended first. */
export async function startNode(config: Config, options: NodeOptions = {}): Promise<RunningNode> {
  const now = options.now ?? systemNow;
  const log = createLog(options.write ?? ((line) => process.stderr.write(line)), now);
  const keys = options.keys ?? (await configuredKeys(config));
  const dataCentres = await readNetworkFile(config.botNetworksFile);
  const geo = await openGeo(config.geoFile, log);
  const db = await openData(config, options.acceptDamage);
  const ground = await openGround(filesOf(config));
  const sayClock = await catchUp(config, { ground, db, keys, now, log });
  const { writer, health, commits, measures, end } = await startCommits(config, log);
  // Nothing to write: it is through when the writer has its file and the log its room, and the first request waits for neither.
  await writer.run([]).catch(() => undefined);
  const closeFiles = async (): Promise<void> => {
    await end();
    ground.client.close();
    db.client.close();
  };
  const port: Port = {
    now,
    randomBytes: createRandomPool(),
    hmacOf: nodeHmac,
    limits: config.limits,
    metricsToken: config.metricsToken,
    ...measures,
    ...healthOf(config, { db, keys, now }),
    dataCentres,
    placeOf: geo.placeOf,
    clientAddress: clientAddressBy(config.trustedProxies),
    db,
    ground,
    keys,
    ...partsOf(config, db, log),
    write: commits.write,
    writeFault: health.fault,
    later: laterOn,
    keepSalt: (salt) => writer.run([insertSaltStatement(salt)]),
    transact: writer.run,
    log,
    ...(await readServedFiles()),
  };
  const { server, port: bound } = await listen(createEdge(port), config, geo.placeOf).catch(async (fault: unknown) => {
    await closeFiles();
    throw fault;
  });
  const stopSchedule = startSchedule(config, { ...measures, log, onDamage: health.damaged, sayClock });
  const stopLive = config.liveFold === true ? startLive(filesOf(config), log) : undefined;
  return {
    origin: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${bound}`,
    db,
    keys,
    check: () => checkFiles(config, log, health.damaged, 'check'),
    close: async () => {
      stopSchedule();
      geo.close();
      await stopListening(server);
      await commits.drained();
      await stopLive?.();
      await closeFiles();
    },
  };
}
