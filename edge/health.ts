// edge/health.ts: what an operator should know, each with what to do: GET /v1/health, and what `hushtag doctor` prints.
import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import { HOUR_MS } from '../contract/index.ts';
import type { EpochMs } from '../contract/index.ts';
import type { ClockState, KeyProvider } from '../core/index.ts';
import { faultCode } from '../core/index.ts';
import type { Db } from '../store/index.ts';
import { pingDatabase, readClock, readLedgerSince, readSaltCounts, readSalts, readTaskRuns } from '../store/index.ts';
import type { InstallationEnv } from './api/require-scope.ts';
import { installationScopesOf, privateJson } from './api/require-scope.ts';
import { isSame } from './http/same-text.ts';
import { problem } from './http/problem.ts';
import type { TokenKeys } from './http/tokens.ts';
import type { HealthCheck, Port } from './port.ts';

/** Salts past their end by this are not a run that is about to come. */
const OVERDUE_MS: number = HOUR_MS;

/** What the shared checks read. */
export interface HealthNeeds {
  readonly db: Db;
  readonly keys: Pick<KeyProvider, 'read'>;
  readonly now: EpochMs;
  /** How long each task of this platform's schedule may not have run, ms. */
  readonly taskMsMax: Readonly<Record<string, number>>;
}

/** A check that passed. */
export const fine = (name: string, words: string): HealthCheck => ({ name, ok: true, words, todo: null });
/** A check that did not, and what to do. */
export const wrong = (name: string, words: string, todo: string): HealthCheck => ({ name, ok: false, words, todo });

const hours = (ms: number): string => `${Math.round((10 * ms) / HOUR_MS) / 10} hours`;

async function checkSchedule({ db, now, taskMsMax }: HealthNeeds): Promise<HealthCheck> {
  const runs = new Map((await readTaskRuns(db)).map(({ task, finishedAt }) => [task, finishedAt]));
  // What never ran is measured from the first event: on a fresh installation nothing is late.
  const since = (await readLedgerSince(db)) ?? now;
  const late = Object.entries(taskMsMax).filter(([task, max]) => now - (runs.get(task) ?? since) > max);
  if (late.length === 0) return fine('schedule', 'Every task of the schedule ran in time.');
  const words = late.map(([task, max]) => {
    const at = runs.get(task);
    return at === undefined
      ? `${task} never ended well`
      : `${task} last ended well ${hours(now - at)} ago (at most ${hours(max)})`;
  });
  return wrong(
    'schedule',
    `${words.join('; ')}.`,
    'Is a server running on this data? If so, its log says why with the name of the task and `_failed`.',
  );
}

async function checkClock({ db, now }: HealthNeeds): Promise<HealthCheck> {
  const { state, leadMs } = await readClock(db, now);
  if (state === 'trusted') return fine('clock', 'The clock can be believed.');
  return wrong(
    'clock',
    `The clock is ${hours(Math.abs(leadMs))} ${state === 'ahead' ? 'ahead of' : 'behind'} what was last believed${state === 'ahead' ? ', so nothing is destroyed by it' : ''}.`,
    'Set the clock (timedatectl, chronyc tracking). Where it is right: `hushtag clock accept`.',
  );
}

async function checkSalts({ db, keys, now }: HealthNeeds): Promise<HealthCheck> {
  const overdue = (await readSaltCounts(db, now - OVERDUE_MS)).filter(({ state }) => state === 'overdue');
  if (overdue.length > 0) {
    const salts = overdue.reduce((sum, one) => sum + one.salts, 0);
    return wrong(
      'salts',
      `${salts} salts should have been destroyed by now (P2).`,
      'Start the server: it destroys them before its first request. Then look why the schedule stood still.',
    );
  }
  const live = (await readSalts(db)).filter(({ destroyAt }) => destroyAt > now);
  const held = await Promise.all(live.map(({ kekId }) => keys.read(kekId)));
  const lost = held.filter((key) => key === undefined).length;
  if (lost === 0) return fine('salts', `${live.length} salts live, each with its key.`);
  return wrong(
    'salts',
    `${lost} of ${live.length} live salts have no key.`,
    'Is HUSHTAG_KEY_DIR (or HUSHTAG_MASTER_KEY) the one of this data? Put the key folder back from its copy.',
  );
}

/** A check that can't be made is a finding, not a fault. */
async function tried(name: string, todo: string, check: () => Promise<HealthCheck>): Promise<HealthCheck> {
  try {
    return await check();
  } catch (fault) {
    return wrong(name, `This could not be checked (${faultCode(fault)}).`, todo);
  }
}

/** The checks that every platform makes: database, keys of the salts, schedule, clock. */
export async function checkShared(needs: HealthNeeds): Promise<HealthCheck[]> {
  const database = await tried('database', 'See the operator log, and docs/reliability.md.', async () => {
    await pingDatabase(needs.db);
    return fine('database', 'The database can be read.');
  });
  if (!database.ok) return [database];
  return [
    database,
    await tried('salts', 'Check the key folder: its rights, and that it is this data’s.', () => checkSalts(needs)),
    await tried('schedule', 'See the operator log.', () => checkSchedule(needs)),
    await tried('clock', 'See the operator log.', () => checkClock(needs)),
  ];
}

const describeHealth = describeRoute({
  summary: 'What an operator should know, each with what to do',
  security: [{ session: ['health:read'] }],
  responses: {
    200: {
      description: 'The checks; `ok` is false where something is to be done',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['ok', 'checks'],
            properties: {
              ok: { type: 'boolean' },
              checks: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['name', 'ok', 'words', 'todo'],
                  properties: {
                    name: { type: 'string' },
                    ok: { type: 'boolean' },
                    words: { type: 'string' },
                    todo: { type: ['string', 'null'] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

// Not 503 for a clock: taken out of service, the server would lose page views to save salts that are held anyway.
const readyText = (clock: ClockState): string =>
  clock === 'trusted' ? 'ok' : `ok, but clock_${clock}: see the operator log and \`hushtag clock show\``;

/** Why a request would not be served well now, in words; undefined where it would. */
async function notReady(port: Port, tokenKeys: () => Promise<TokenKeys>): Promise<string | undefined> {
  try {
    await pingDatabase(port.db);
    await tokenKeys();
  } catch (fault) {
    port.log('error', 'not_ready', { code: faultCode(fault) });
    return 'The database or the key provider can not be reached; see the operator log.';
  }
  const fault = port.writeFault();
  if (fault !== undefined) return `The last write failed (${fault}); the operator log says what to do.`;
  return (await port.hasRoom()) ? undefined : 'The disk is full: free space in the data folder.';
}

/** Makes the app of `/livez`, `/readyz` and `/v1/health`, the last for the operator's metrics token and for people of `health:read`. */
export function createHealth(port: Port, tokenKeys: () => Promise<TokenKeys>): Hono<InstallationEnv> {
  const app = new Hono<InstallationEnv>();
  app.get('/livez', (context) => context.text('ok'));
  app.get('/readyz', async (context) => {
    const why = await notReady(port, tokenKeys);
    if (why !== undefined) return problem('storage_unavailable', why);
    return context.text(readyText((await readClock(port.db, port.now())).state));
  });
  const requirePerson = installationScopesOf(port, tokenKeys)('health:read');
  app.get(
    '/v1/health',
    describeHealth,
    async (context, next) => {
      const given = context.req.header('authorization') ?? '';
      // A scraper has no session: what watches the metrics may read this too.
      const isOperator = port.metricsToken !== undefined && (await isSame(given, `Bearer ${port.metricsToken}`));
      return isOperator ? next() : requirePerson(context, next);
    },
    async (context) => {
      const checks = await port.health();
      return privateJson(context, { ok: checks.every(({ ok }) => ok), checks });
    },
  );
  return app;
}
