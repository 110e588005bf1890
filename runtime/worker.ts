// runtime/worker.ts: the edge on Cloudflare Workers: a queue between accept and write, libSQL over HTTP, a cron for the segmenter.
import type {
  ExecutionContext,
  Fetcher,
  IncomingRequestCfProperties,
  MessageBatch,
  Queue,
  R2Bucket,
  ScheduledController,
} from '@cloudflare/workers-types';
import type { EpochMs } from '../contract/index.ts';
import { HOUR_MS } from '../contract/index.ts';
import type { KeyProvider } from '../core/index.ts';
import { faultCode, toHex } from '../core/index.ts';
import type { Deliver, KeepApart, Port } from '../edge/index.ts';
import { checkShared, createEdge, keepChoicesApart } from '../edge/index.ts';
import { PRIVACY_PARTS, SEGMENTER_PARTS } from './privacy-parts.ts';
import type { LiveBounds } from '../segmenter/index.ts';
import type { Db, WriteJob } from '../store/index.ts';
import { acceptMessage, insertSaltStatement, leaveOnWithdrawal } from '../store/index.ts';
import { openRemote } from '../store/open.web.ts';
import { masterKeys } from './key-provider.master.ts';
import { DEFAULT_LIMITS } from './default-limits.ts';
import { createDeliver } from './deliver.ts';
import { webHmac } from './hmac.web.ts';
import { createClockLog } from './clock-log.ts';
import { createCatchUp, createLive } from './live.ts';
import { createLog } from './log.ts';
import { messagesOf } from './queue-messages.ts';
import { isMetricsToken } from './metrics-token.ts';
import { placeFrom } from './place.ts';
import { createFetchOut } from './outbound.web.ts';
import type { Outside } from './outside-settings.ts';
import { readOutside } from './outside-settings.ts';
import { runTasks } from './scheduled-tasks.ts';
import type { SecondPlace } from './second-place.ts';
import { createKeepApart, sayPlaceFailed } from './second-place.ts';
import { secondBucket } from './second-place.r2.ts';

/** What wrangler.toml binds. */
interface Env {
  readonly HUSHTAG_DATABASE_URL: string;
  readonly HUSHTAG_DATABASE_TOKEN?: string;
  /** 32 bytes in base64: `wrangler secret put HUSHTAG_MASTER_KEY`. */
  readonly HUSHTAG_MASTER_KEY: string;
  /** What `GET /metrics` asks for; `wrangler secret put HUSHTAG_METRICS_TOKEN`. */
  readonly HUSHTAG_METRICS_TOKEN?: string;
  /** The static assets: what is in dist/public. */
  readonly ASSETS?: Fetcher;
  /** Origins that are no names of the public internet and may be called all the same. */
  readonly HUSHTAG_INNER_ORIGINS?: string;
  /** What `wrangler.toml` calls the Worker's own address, for the way back from a provider. */
  readonly HUSHTAG_PUBLIC_URL?: string;
  readonly HUSHTAG_OIDC_ISSUER?: string;
  readonly HUSHTAG_OIDC_CLIENT_ID?: string;
  /** `wrangler secret put HUSHTAG_OIDC_CLIENT_SECRET`. */
  readonly HUSHTAG_OIDC_CLIENT_SECRET?: string;
  readonly HUSHTAG_OIDC_NAME?: string;
  readonly HUSHTAG_OIDC_DOMAINS?: string;
  readonly HUSHTAG_EVENTS: Queue<QueuedJob>;
  /** Where checkpoints of the audit log and tombstones are kept too. */
  readonly HUSHTAG_SECOND_PLACE?: R2Bucket;
}

/** A queue message: pseudonymised and scrubbed like the rows it becomes (P1). */
interface QueuedJob {
  /** 32 hex digits, made at accept: a redelivery is told apart from new events. */
  readonly id: string;
  readonly job: WriteJob;
}

interface Isolate {
  readonly db: Db;
  readonly keys: KeyProvider;
  readonly log: Port['log'];
  readonly deliver: Deliver;
  readonly keepApart: KeepApart | undefined;
  /** Brings profiles and rule segments up to what was written. */
  readonly foldLive: () => Promise<void>;
  readonly fetch: (request: Request, env: Env) => Response | Promise<Response>;
}

const MESSAGE_ID_BYTES = 16;
/** Seconds before a message that could not be written is tried again. */
const RETRY_SECONDS = 10;

/** One live fold beside the writing of messages: some seconds of a Worker's CPU. */
const LIVE_BOUNDS: LiveBounds = { eventsMax: 10_000, sweptMax: 10_000 };

/** The cron runs every hour: a task may miss two runs before it is said to stand still. */
const CRON_MS_MAX: Readonly<Record<string, number>> = { salts: 3 * HOUR_MS, purge: 3 * HOUR_MS, segment: 3 * HOUR_MS };

const systemNow = (): EpochMs => Date.now() as EpochMs;
const randomBytes = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** The console's files are static assets; the Worker is asked for paths of its pages alone, which have no file of their own. */
const consoleAsset =
  (assets: Fetcher | undefined): Port['consoleFile'] =>
  async (name) => {
    if (assets === undefined || name !== 'index.html') return undefined;
    const page = await assets.fetch(`https://assets.local/console/`);
    if (!page.ok) return undefined;
    const body = new Uint8Array(await page.arrayBuffer());
    return { body, type: 'text/html; charset=utf-8', etag: page.headers.get('etag') ?? '""', packed: {} };
  };

/** A setting that is wrong leaves logging in by a provider out, and says so; events are taken all the same. */
function outsideOf(env: Env, log: Port['log']): Outside {
  const { HUSHTAG_INNER_ORIGINS, HUSHTAG_PUBLIC_URL, HUSHTAG_OIDC_ISSUER, HUSHTAG_OIDC_CLIENT_ID } = env;
  const { HUSHTAG_OIDC_CLIENT_SECRET, HUSHTAG_OIDC_NAME, HUSHTAG_OIDC_DOMAINS } = env;
  const outside = readOutside({
    HUSHTAG_INNER_ORIGINS,
    HUSHTAG_PUBLIC_URL,
    HUSHTAG_OIDC_ISSUER,
    HUSHTAG_OIDC_CLIENT_ID,
    HUSHTAG_OIDC_CLIENT_SECRET,
    HUSHTAG_OIDC_NAME,
    HUSHTAG_OIDC_DOMAINS,
  });
  if (outside.ok) return outside.value;
  for (const problem of outside.error) log('error', 'setting_refused', { problem });
  return {};
}

const secondPlaceOf = ({ HUSHTAG_SECOND_PLACE: bucket }: Env): SecondPlace | undefined =>
  bucket === undefined ? undefined : secondBucket(bucket);

/** How the second place hears at once of erasures, objections and withdrawals. */
function apartOf(env: Env, db: Db, log: Port['log']): KeepApart | undefined {
  const place = secondPlaceOf(env);
  if (place === undefined) return undefined;
  return createKeepApart(db, () => Promise.resolve(place), sayPlaceFailed(log));
}

/** Live folding, after each batch of the queue. */
function liveOf(db: Db): () => Promise<void> {
  const holder = toHex(randomBytes(MESSAGE_ID_BYTES));
  return createCatchUp(createLive({ db, now: systemNow, holder, bounds: LIVE_BOUNDS }), systemNow);
}

async function openIsolate(env: Env): Promise<Isolate> {
  const log = createLog((line) => console.log(line.trimEnd()), systemNow);
  const db = openRemote({
    url: env.HUSHTAG_DATABASE_URL,
    ...(env.HUSHTAG_DATABASE_TOKEN === undefined ? {} : { authToken: env.HUSHTAG_DATABASE_TOKEN }),
  });
  const keys = await masterKeys(fromBase64(env.HUSHTAG_MASTER_KEY));
  const metricsToken = env.HUSHTAG_METRICS_TOKEN;
  const outside = outsideOf(env, log);
  const fetchOut = createFetchOut(outside.innerOrigins);
  const deliver = createDeliver(fetchOut);
  const keepApart = apartOf(env, db, log);
  const port: Port = {
    now: systemNow,
    randomBytes,
    hmacOf: webHmac,
    // Counted in each isolate by itself: a rough guard; Cloudflare's own rate limiting rules are the exact one.
    limits: DEFAULT_LIMITS,
    metricsToken: metricsToken !== undefined && isMetricsToken(metricsToken) ? metricsToken : undefined,
    // Queue, requests and memory are Cloudflare's to count; an isolate sees a part of each.
    metrics: () => Promise.resolve([]),
    health: () => checkShared({ db, keys, now: systemNow(), taskMsMax: CRON_MS_MAX }),
    // The database is on a server of its own, and the queue waits for it.
    hasRoom: () => Promise.resolve(true),
    placeOf: (_address, request) => {
      const { cf } = (request ?? {}) as { readonly cf?: IncomingRequestCfProperties };
      return placeFrom(cf?.country, cf?.regionCode, cf?.timezone);
    },
    // A Worker has no file to read them from; a site's own rules name networks there too.
    dataCentres: undefined,
    // The queue takes what the database can't: the consumer retries, and the log says so.
    writeFault: () => undefined,
    keepSalt: async (salt) => {
      await db.client.execute(insertSaltStatement(salt));
    },
    transact: async (statements) => {
      await db.client.batch([...statements], 'write');
    },
    // Workers serves dist/public itself, as static assets.
    tags: new Map(),
    consoleFile: consoleAsset(env.ASSETS),
    clientAddress: (request) => request.headers.get('cf-connecting-ip') ?? undefined,
    db,
    ground: db,
    keys,
    fetchOut,
    deliver,
    keepApart,
    oidc: outside.oidc,
    ...PRIVACY_PARTS,
    ...SEGMENTER_PARTS,
    log,
    write: async (job) => {
      try {
        const messages = messagesOf(job).map((part) => ({ id: toHex(randomBytes(MESSAGE_ID_BYTES)), job: part }));
        // Part of a request may be taken when the next part is refused: the client sends all again, and event ids dedupe.
        for (const body of messages) await env.HUSHTAG_EVENTS.send(body);
        return undefined;
      } catch {
        log('error', 'queue_refused');
        return 'storage_unavailable';
      }
    },
  };
  return { db, keys, log, deliver, keepApart, foldLive: liveOf(db), fetch: createEdge(port).fetch };
}

// One isolate serves many requests; a failed start is not remembered.
let opened: Promise<Isolate> | undefined;
const isolate = (env: Env): Promise<Isolate> => {
  opened ??= openIsolate(env).catch((fault: unknown) => {
    opened = undefined;
    throw fault;
  });
  return opened;
};

/** Writes queue messages, then folds them. One that can't be written is delivered again, and one written twice changes nothing. */
async function consume(batch: MessageBatch<QueuedJob>, env: Env): Promise<void> {
  const { db, log, keepApart, foldLive } = await isolate(env);
  for (const message of batch.messages) {
    try {
      await acceptMessage(db, message.body.id, systemNow(), message.body.job);
      const { site, choices = [] } = message.body.job;
      await leaveOnWithdrawal(db, site, choices);
      await keepChoicesApart({ db, keepApart }, site, choices);
      message.ack();
    } catch (fault) {
      log('error', 'message_not_written', { code: faultCode(fault), attempts: message.attempts });
      message.retry({ delaySeconds: RETRY_SECONDS });
    }
  }
  try {
    await foldLive();
  } catch (fault) {
    // What was written is; the next batch folds it, or the next run.
    log('error', 'live_fold_failed', { code: faultCode(fault) });
  }
}

async function runSchedule(env: Env): Promise<void> {
  const { db, keys, log, deliver } = await isolate(env);
  const secondPlace = secondPlaceOf(env);
  const counts = await runTasks({ db, keys, deliver, now: systemNow, randomBytes, secondPlace }, [
    'messages',
    'salts',
    'requests',
    'purge',
    'segment',
  ]);
  log('info', 'schedule_finished', counts);
  createClockLog(log)(counts);
}

// Workers ask for a default export.
export default {
  fetch: async (request: Request, env: Env): Promise<Response> => (await isolate(env)).fetch(request, env),
  queue: consume,
  scheduled: (_controller: ScheduledController, env: Env, context: ExecutionContext): void => {
    context.waitUntil(runSchedule(env));
  },
};
