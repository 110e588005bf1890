// bench/proof/ways-out.ts: everything by which what is stored leaves: files, answers of every route, the command line (P1).
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { INSTALLATION_SCOPES, SCOPES } from '../../core/index.ts';
import { backUp, exportEvents, mirrorFolder, programFile } from '../../runtime/index.ts';
import type { ExportFormat } from '../../store/index.ts';
import { EXPORT_FORMATS, findSite } from '../../store/index.ts';
import { syncMirror } from '../../store/mirror.node.ts';
import type { Stage } from './pipeline.ts';
import { METRICS_TOKEN, send, SITE, tokenFor } from './pipeline.ts';

/** Pages of one list that are read at most. */
const PAGES_MAX = 1_000;
/** Access files that are fetched. */
const FILES_MAX = 40;
const READING = SCOPES.filter((scope) => !INSTALLATION_SCOPES.includes(scope));
/** The last instant a date can name. */
const END_OF_TIME = 8_640_000_000_000_000;

/** Exports in every form, a backup, and the Parquet mirror. @returns events exported. */
export async function writeFiles(stage: Stage, folder: string): Promise<number> {
  const { db } = stage.server;
  const site = await findSite(db, SITE);
  if (site === undefined) throw new Error('the site is there');
  let events = 0;
  for (const format of EXPORT_FORMATS satisfies readonly ExportFormat[]) {
    const work = { format, folder: join(folder, `export-${format}`), from: 0, to: END_OF_TIME, madeAt: Date.now() };
    events += (await exportEvents(db, site, work)).events;
  }
  await backUp(stage.config, Date.now);
  await mkdir(mirrorFolder(stage.config), { recursive: true });
  await syncMirror(db, mirrorFolder(stage.config), site.row, () => Promise.resolve(true));
  return events;
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a route must be asked beside its address, by the end of its path. */
const QUERIES: Readonly<Record<string, string>> = {
  funnels: 'steps=view_item,purchase',
  live: 'seconds=1',
  recommendations: 'item=p1',
  breach: 'from=2001-01-01&to=2101-01-01',
  segments: 'limit=200',
};

/** Reads a list to its end. */
async function readPages(stage: Stage, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  let cursor: unknown;
  for (let page = 0; page < PAGES_MAX; page++) {
    const asked = `${path}${path.includes('?') ? '&' : '?'}limit=200${typeof cursor === 'string' ? `&cursor=${cursor}` : ''}`;
    const { status, text } = await send(stage, asked, headers);
    if (status !== 200) return page;
    cursor = (JSON.parse(text) as { readonly next?: unknown }).next;
    if (typeof cursor !== 'string') return page + 1;
  }
  throw new Error(`${path} has no end`);
}

/** Ids that stand for {id} in a route's path. */
async function idsFor(stage: Stage, authorization: string): Promise<(path: string) => readonly string[]> {
  const list = async (path: string, field: string): Promise<string[]> => {
    const { status, text } = await send(stage, path, { authorization });
    const rows: unknown = status === 200 ? (JSON.parse(text) as Readonly<Record<string, unknown>>)[field] : [];
    return (Array.isArray(rows) ? rows : []).slice(0, 5).map((row) => String((row as { readonly id?: unknown }).id));
  };
  const segments = await list(`/v1/sites/${SITE}/segments`, 'segments');
  const requests = await list(`/v1/sites/${SITE}/privacy/requests`, 'requests');
  return (path) => (path.includes('/requests/') ? requests : segments);
}

/** Asks every GET route that the description names, with every scope there is, as JSON and as a page. @returns routes answered. */
export async function readEveryRoute(stage: Stage): Promise<{ readonly asked: number; readonly answered: number }> {
  const authorization = `Bearer ${await tokenFor(stage, READING)}`;
  const { paths } = JSON.parse((await send(stage, '/openapi.json', {})).text) as Described;
  const ids = await idsFor(stage, authorization);
  let [asked, answered] = [0, 0];
  for (const [path, methods] of Object.entries(paths)) {
    if (methods['get'] === undefined) continue;
    asked += 1;
    const query = QUERIES[path.split('/').at(-1) ?? ''];
    const named = path.replace('{site}', SITE);
    let ok = false;
    for (const place of named.includes('{') ? ids(path).map((id) => named.replace(/\{[^}]+\}/, id)) : [named]) {
      const at = query === undefined ? place : `${place}?${query}`;
      // Behind the first event: the stream sends what came since.
      const { status } = await send(stage, at, { authorization, 'last-event-id': '1' });
      await send(stage, at, { authorization, accept: 'text/html', 'last-event-id': '1' });
      ok ||= status === 200;
    }
    answered += Number(ok);
  }
  await send(stage, '/metrics', { authorization: `Bearer ${METRICS_TOKEN}` });
  await readPages(stage, `/v1/sites/${SITE}/dead-letters`, { authorization });
  await readPages(stage, `/v1/sites/${SITE}/audit`, { authorization });
  return { asked, answered };
}

/** Fetches the files of people of whom there is something, as JSON and as pages. @returns events that were in them. */
export async function readAccessFiles(stage: Stage, firstPartyIds: readonly string[]): Promise<number> {
  const authorization = `Bearer ${await tokenFor(stage, ['privacy:read', 'privacy:write'])}`;
  const base = `/v1/sites/${SITE}/privacy/requests`;
  let events = 0;
  for (const id of firstPartyIds.slice(0, FILES_MAX)) {
    const body = JSON.stringify({ kind: 'access', subject: { first_party_id: id } });
    const request = JSON.parse((await send(stage, base, { authorization }, body)).text) as { readonly id?: string };
    const { text } = await send(stage, `${base}/${request.id}/file`, { authorization });
    await send(stage, `${base}/${request.id}/file`, { authorization, accept: 'text/html' });
    events += (JSON.parse(text) as { data?: { events?: unknown[] } }).data?.events?.length ?? 0;
  }
  return events;
}

/** Replays what was kept aside, for show and then in earnest. @returns how many became events. */
export async function replayEverything(stage: Stage): Promise<number> {
  const authorization = `Bearer ${await tokenFor(stage, ['dead-letters:replay'])}`;
  let replayed = 0;
  for (const dryRun of [true, false]) {
    let after: number | null = 0;
    for (let page = 0; page < PAGES_MAX && after !== null; page++) {
      const body = JSON.stringify({ after, dryRun, mapping: { '/p/deep': null, '/m/v': null, '/m/c': null } });
      const { text } = await send(stage, `/v1/sites/${SITE}/dead-letters/replay`, { authorization }, body);
      const answer = JSON.parse(text) as { readonly replayed?: number; readonly next?: number | null };
      if (!dryRun) replayed += answer.replayed ?? 0;
      after = answer.next ?? null;
    }
  }
  return replayed;
}

const COMMANDS: readonly (readonly string[])[] = [
  ['doctor'],
  ['site', 'list'],
  ['segment', SITE],
  ['segments', 'list', SITE],
  ['dead-letters', 'list', SITE, '--limit', '200'],
  ['privacy', 'list', SITE],
  ['privacy', 'finish'],
  ['retention', 'check'],
  ['retention', 'run'],
  ['erasure', 'replay'],
  ['plan', 'show', SITE],
  ['policy', 'history', SITE],
  ['tokens', 'list', SITE],
  ['bots', 'show', SITE],
  ['salts', 'list', SITE],
];

/** Runs the built command on the stage's data, with people named on its standard input. @returns commands that ended with 0. */
export function runCommands(stage: Stage, folder: string, people: readonly string[]): number {
  const main = programFile('main');
  const { dataDir, keyDir, backupDir = '', secondDir = '' } = stage.config;
  const env = {
    PATH: process.env['PATH'],
    HUSHTAG_DATA_DIR: dataDir,
    HUSHTAG_KEY_DIR: keyDir,
    HUSHTAG_BACKUP_DIR: backupDir,
    HUSHTAG_SECOND_DIR: secondDir,
  };
  let ended = 0;
  const run = (args: readonly string[], input = ''): void => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { env, input, encoding: 'utf8' });
    stage.said.push(stdout, stderr);
    ended += Number(status === 0);
  };
  for (const command of COMMANDS) {
    run(command);
    run([...command, '--json']);
  }
  run(['audit', 'export', '--out', join(folder, 'audit.txt')]);
  run(['audit', 'checkpoint', '--out', join(folder, 'checkpoints.txt')]);
  run(['erasure', 'tombstones', '--out', join(folder, 'erased.json')]);
  run(['export', '--site', SITE, '--format', 'csv', '--out', join(folder, 'export-by-command')]);
  for (const person of people) {
    for (const kind of ['access', 'unlink', 'erasure']) run(['privacy', 'request', SITE, '--kind', kind], person);
    run(['account', 'unlink', SITE, '--by', 'email'], person);
    run(['erasure', 'visitor', SITE], person);
  }
  return ended;
}
