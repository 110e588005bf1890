// runtime/node.ts: the edge on Node: two database files, a key folder, a group commit, and the schedule.
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { ServerType } from '@hono/node-server';
import { serve } from '@hono/node-server';
import type { EpochMs } from '../contract/index.ts';
import { HOUR_MS, MINUTE_MS } from '../contract/index.ts';
import type { KeyProvider } from '../core/index.ts';
import { faultCode } from '../core/index.ts';
import type { Port } from '../edge/index.ts';
import { createEdge, createGroupCommit, destroyExpiredSalts } from '../edge/index.ts';
import type { Db } from '../store/index.ts';
import { insertSaltStatement } from '../store/index.ts';
import type { Files } from '../store/open.node.ts';
import { migrateFiles, NewerDatabaseError, openFiles, openGround } from '../store/open.node.ts';
import type { Config } from './config.ts';
import { filesOf } from './files.ts';
import { configuredKeys } from './key-provider.configured.ts';
import { nodeHmac } from './hmac.node.ts';
import { createLog } from './log.ts';
import { projectFolder } from './project-folder.ts';
import { createRandomPool } from './random-pool.ts';
import { runTasksOnThread } from './schedule-thread-start.ts';
import { watchStorage } from './storage-health.ts';
import { readTags } from './tag-files.ts';
import { startWriter } from './writer.ts';

/** What differs in tests: time, and how a stopped process is seen. */
export interface NodeOptions {
  readonly now?: () => EpochMs;
  readonly write?: (line: string) => void;
  readonly keys?: KeyProvider;
}

/** A running server. */
export interface RunningNode {
  readonly origin: string;
  readonly db: Db;
  readonly keys: KeyProvider;
  /** Stops taking requests, finishes those begun, commits what waits, closes the files. */
  readonly close: () => Promise<void>;
}

/** Thrown where a server can't start; the message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** Stable code for logs and exit. */
  readonly code: 'database_unusable' | 'database_newer' | 'port_taken' | 'port_forbidden' | 'data_folder';
  constructor(code: StartError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** The pause before a failed migration is tried once more. */
const MIGRATE_AGAIN_MS = 300;
/** How long requests under way may take to finish when the server stops. */
const FINISH_MS = 3_000;
/** How often events past their retention are purged. */
const PURGE_MS: number = 6 * HOUR_MS;
/** How often ended salts are looked for. */
const SALT_CHECK_MS: number = HOUR_MS / 4;

const systemNow = (): EpochMs => Date.now() as EpochMs;
const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

/** Makes the data folder, brings both files to the newest schema and opens them. @throws {StartError} */
export async function openData(config: Config): Promise<Db> {
  try {
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  } catch (fault) {
    throw new StartError('data_folder', `The data folder ${config.dataDir} can not be made: ${messageOf(fault)}`);
  }
  const files = filesOf(config);
  try {
    await migrateTogether(files);
    return await openFiles(files);
  } catch (fault) {
    if (fault instanceof NewerDatabaseError) throw new StartError('database_newer', fault.message);
    throw new StartError(
      'database_unusable',
      `The database in ${config.dataDir} can not be used (${faultCode(fault)}: ${messageOf(fault)}). ` +
        'Check that its files belong to this user and are whole; restore ground.db from a backup or point HUSHTAG_DATA_DIR elsewhere. Nothing was changed.',
    );
  }
}

/** Brings the files to the newest schema; where another process does so at the same moment, what it did is looked at again. */
async function migrateTogether(files: Files): Promise<void> {
  const folder = join(projectFolder(), 'migrations');
  try {
    await migrateFiles(files, folder);
  } catch (fault) {
    if (fault instanceof NewerDatabaseError) throw fault;
    await new Promise((resolve) => setTimeout(resolve, MIGRATE_AGAIN_MS));
    await migrateFiles(files, folder);
  }
}

/** The client's address: the socket's, or behind proxies the entry that the outermost trusted one wrote. */
export function addressOf(
  forwardedFor: string | null,
  socketAddress: string | undefined,
  trustedProxies: number,
): string | undefined {
  if (trustedProxies === 0) return socketAddress;
  const entries = (forwardedFor ?? '').split(',').map((entry) => entry.trim());
  return entries.at(-trustedProxies) || socketAddress;
}

const listen = (
  fetch: (request: Request, env: unknown) => Response | Promise<Response>,
  config: Config,
): Promise<{ server: ServerType; port: number }> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch, port: config.port, hostname: config.host }, ({ port }) => resolve({ server, port }));
    server.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'EADDRINUSE') {
        reject(
          new StartError(
            'port_taken',
            `Port ${config.port} is taken: stop the other program or set PORT to a free one.`,
          ),
        );
      } else if (fault.code === 'EACCES') {
        reject(
          new StartError(
            'port_forbidden',
            `Port ${config.port} may not be opened by this user: set PORT to 1024 or higher.`,
          ),
        );
      } else reject(fault);
    });
  });

/** Starts tasks that repeat; each waits for its last run to end. */
function startSchedule(config: Config, port: Port): () => void {
  const repeat = (everyMs: number, name: string, task: () => Promise<void>): NodeJS.Timeout => {
    let running = false;
    const timer = setInterval(() => {
      if (running) return;
      running = true;
      task()
        .catch((fault: unknown) => port.log('error', `${name}_failed`, { code: faultCode(fault) }))
        .finally(() => {
          running = false;
        });
    }, everyMs);
    return timer;
  };
  const timers = [
    repeat(SALT_CHECK_MS, 'salt_destruction', async () => {
      const counts = await runTasksOnThread({ config, tasks: ['salts'] });
      if ((counts['salts_destroyed'] ?? 0) > 0) port.log('info', 'salts_destroyed', counts);
    }),
    repeat(PURGE_MS, 'retention', async () => {
      port.log('info', 'retention_finished', await runTasksOnThread({ config, tasks: ['purge'] }));
    }),
    ...(config.segmentMinutes === 0
      ? []
      : [
          repeat(config.segmentMinutes * MINUTE_MS, 'segmenter', async () => {
            port.log('info', 'segmenter_finished', await runTasksOnThread({ config, tasks: ['segment'] }));
          }),
        ]),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** Starts the edge on Node. @throws {StartError | KeyFolderError} where something must be mended first. */
export async function startNode(config: Config, options: NodeOptions = {}): Promise<RunningNode> {
  const now = options.now ?? systemNow;
  const log = createLog(options.write ?? ((line) => process.stderr.write(line)), now);
  const keys = options.keys ?? (await configuredKeys(config));
  const db = await openData(config);
  const ground = await openGround(filesOf(config));
  // A scheduler that stood still can't have kept salts alive: what is over goes before the first request.
  await destroyExpiredSalts({ db: ground, keys }, now());
  const writer = startWriter(filesOf(config), () => log('error', 'writer_ended'));
  const health = watchStorage(log);
  const commits = createGroupCommit({
    commit: async (jobs) => {
      await writer.commit(jobs);
      health.worked();
    },
    nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
    onFault: (fault) => health.failed(faultCode(fault)),
  });
  const port: Port = {
    now,
    randomBytes: createRandomPool(),
    hmacOf: nodeHmac,
    limits: config.limits,
    clientAddress: (request, env) =>
      addressOf(
        request.headers.get('x-forwarded-for'),
        (env as { readonly incoming?: IncomingMessage }).incoming?.socket.remoteAddress,
        config.trustedProxies,
      ),
    db,
    ground,
    keys,
    write: commits.write,
    writeFault: health.fault,
    keepSalt: (salt) => writer.run([insertSaltStatement(salt)]),
    log,
    tags: await readTags(),
  };
  const { server, port: bound } = await listen(createEdge(port).fetch, config).catch(async (fault: unknown) => {
    await writer.close();
    ground.client.close();
    db.client.close();
    throw fault;
  });
  const stopSchedule = startSchedule(config, port);
  return {
    origin: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${bound}`,
    db,
    keys,
    close: async () => {
      stopSchedule();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ('closeIdleConnections' in server) server.closeIdleConnections();
      // Requests under way are finished; a body that never ends is not waited for.
      const patience = setTimeout(() => {
        if ('closeAllConnections' in server) server.closeAllConnections();
      }, FINISH_MS);
      await closed;
      clearTimeout(patience);
      await commits.drained();
      await writer.close();
      ground.client.close();
      db.client.close();
    },
  };
}
