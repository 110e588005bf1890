// e2e/node/cli.test.ts: the built `hushtag` command as an operator meets it: exit codes, --json, and errors that say what to do.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client/sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programFile } from '../../runtime/index.ts';
import { BROWSER_AGENT, SHOP_ORIGIN, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';

const MAIN = programFile('main');

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('D1: the command line', () => {
  let folder: string;
  let started: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-cli-'));
  });
  afterEach(async () => {
    for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
    started = [];
    await rm(folder, { recursive: true });
  });

  const environment = (over: Record<string, string> = {}): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HUSHTAG_DATA_DIR: join(folder, 'data'),
    HUSHTAG_KEY_DIR: join(folder, 'keys'),
    PORT: '0',
    ...over,
  });
  const begin = (args: readonly string[], over?: Record<string, string>) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: environment(over), cwd: folder });
    started.push(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    return { child, seen: () => ({ out, err }) };
  };
  const run = async (args: readonly string[], over?: Record<string, string>): Promise<Run> => {
    const { child, seen } = begin(args, over);
    await once(child, 'close');
    return { code: child.exitCode, ...seen() };
  };
  const serve = async (
    over?: Record<string, string>,
  ): Promise<{ child: ChildProcess; origin: string; seen: () => { err: string } }> => {
    const { child, seen } = begin(['serve'], over);
    const { err } = await until(
      async () => seen(),
      (now) => now.err.includes('listens on') || child.exitCode !== null,
    );
    const origin = /listens on (\S+)/.exec(err)?.[1];
    if (origin === undefined) throw new Error(`did not start: ${err}`);
    return { child, origin, seen };
  };

  it('prints help for every command and exits 0', async () => {
    for (const args of [
      ['--help'],
      ['serve', '--help'],
      ['site', 'add', '--help'],
      ['token', '--help'],
      ['replay', '--help'],
      ['segment', '--help'],
      ['migrate', '--help'],
    ]) {
      const { code, out } = await run(args);
      expect({ args, code }).toEqual({ args, code: 0 });
      expect(out).toContain('USAGE');
    }
  });

  it.each([
    { why: 'an unknown command', args: ['fly'], code: 2 },
    { why: 'a missing argument', args: ['site', 'add'], code: 2 },
    { why: 'a bad site name', args: ['site', 'add', 'My Shop', '--origin', SHOP_ORIGIN], code: 2 },
    { why: 'an origin with a path', args: ['site', 'add', 'shop', '--origin', `${SHOP_ORIGIN}/x`], code: 2 },
    { why: 'an unknown policy', args: ['site', 'add', 'shop', '--origin', SHOP_ORIGIN, '--policy', 'lax'], code: 2 },
    { why: 'a floor below the least', args: ['site', 'add', 'shop', '--origin', SHOP_ORIGIN, '--floor', '9'], code: 2 },
    { why: 'a mistyped option', args: ['site', 'add', 'shop', '--origin', SHOP_ORIGIN, '--polcy', 'strict'], code: 2 },
    { why: 'an argument too many', args: ['site', 'list', 'shop'], code: 2 },
    { why: 'an unknown scope', args: ['token', '--site', 'shop', '--scope', 'everything'], code: 2 },
    { why: 'a token of ten years', args: ['token', '--site', 'shop', '--life', '3650d'], code: 2 },
    { why: 'a token for no site', args: ['token', '--site', 'nobody'], code: 1 },
    { why: 'an unknown format of export', args: ['export', '--site', 'x', '--out', 'y', '--format', 'xls'], code: 2 },
    { why: 'an export to S3 without keys', args: ['export', '--site', 'x', '--out', 's3://lake/x'], code: 2 },
    {
      why: 'an export of days that are none',
      args: ['export', '--site', 'x', '--out', 'y', '--from', '1.2.3'],
      code: 2,
    },
    { why: 'segmenting nothing', args: ['segment'], code: 1 },
    { why: 'dropping letters without saying which', args: ['dead-letters', 'drop', 'shop'], code: 2 },
    { why: 'replaying a letter that is no number', args: ['dead-letters', 'replay', 'x', '--letters', 'a'], code: 2 },
  ])('refuses $why with exit code $code and one clear message', async ({ args, code }) => {
    const seen = await run(args);
    expect(seen.code).toBe(code);
    expect(seen.out).toBe('');
    expect(seen.err.trim().length).toBeGreaterThan(10);
    expect(seen.err).not.toMatch(/\n\s+at /);
  });

  it('backs up, restores elsewhere, and the doctor says what is to be done', async () => {
    expect((await run(['backup'])).code).toBe(1);
    await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN]);
    const made = await run(['backup', '--json']);
    const { folder: where, figures } = JSON.parse(made.out) as { folder: string; figures: { sites: number } };
    expect(figures.sites).toBe(1);
    expect((await run(['backup', '--list'])).out).toContain(where);
    expect((await run(['backup', '--verify', where])).out).toContain('Whole');
    const refused = await run(['restore', where]);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('HUSHTAG_DATA_DIR at an empty folder');
    const elsewhere = { HUSHTAG_DATA_DIR: join(folder, 'elsewhere') };
    expect((await run(['restore', where, '--accept-lost-erasures'], elsewhere)).out).toContain('Restored');
    expect((await run(['site', 'list'], elsewhere)).out).toContain(SHOP_ORIGIN);
    const exported = await run(['export', '--site', 'shop', '--out', 'out', '--format', 'csv', '--json'], elsewhere);
    expect(JSON.parse(exported.out)).toMatchObject({ site: 'shop', events: 0 });
    const doctor = await run(['doctor'], elsewhere);
    expect(doctor.code).toBe(1);
    expect(doctor.out).toContain('→ Start it');
    expect(JSON.parse((await run(['doctor', '--json'], { PORT: 'x' })).out)).toMatchObject({ ok: false });
  });

  it('adds a site, refuses its name a second time, lists it, and signs a token, as text and as JSON', async () => {
    const added = await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN, '--json']);
    expect(JSON.parse(added.out)).toMatchObject({ origins: [SHOP_ORIGIN], policy: 'standard', floor: 50 });
    expect((await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN])).code).toBe(1);
    expect((await run(['site', 'list'])).out).toContain(SHOP_ORIGIN);
    const token = await run(['token', '--site', 'shop', '--json']);
    expect(JSON.parse(token.out)).toMatchObject({ site: 'shop', scopes: ['segments:read'], lifeSeconds: 2_592_000 });
  });

  it('D1: lists a refused event, shows it, replays it by a mapping, once, and drops another', async () => {
    await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN]);
    const { child, origin } = await serve();
    const events = ['12.5', 'x'].map((v) =>
      wireEvent({ n: 'purchase', p: { minor: 1_250 }, m: { c: 'GBP', v } as never }),
    );
    await fetch(`${origin}/v1/collect`, {
      method: 'POST',
      body: JSON.stringify(wireBatch({ e: events })),
      headers: { origin: SHOP_ORIGIN, 'user-agent': BROWSER_AGENT },
    });
    expect((await run(['dead-letters', 'list', 'shop'])).out).toContain('malformed_event');
    expect((await run(['dead-letters', 'show', 'shop', '1'])).out).toContain('"minor": 1250');
    const mapping = join(folder, 'mapping.json');
    await writeFile(mapping, '{"/p/minor":"/m/v"}');
    const replay = async (...more: string[]): Promise<unknown> =>
      JSON.parse((await run(['dead-letters', 'replay', 'shop', '--letters', '1', '--json', ...more])).out);
    expect(await replay()).toMatchObject({ replayed: 0, refused: { 'malformed_event at /m/v': 1 } });
    expect(await replay('--mapping', mapping, '--dry-run')).toMatchObject({ replayed: 1, dryRun: true });
    expect(await replay('--mapping', mapping)).toMatchObject({ replayed: 1 });
    expect(await replay('--mapping', mapping)).toMatchObject({ replayed: 0 });
    expect((await run(['dead-letters', 'drop', 'shop', '--all'])).out).toContain('Dropped 1');
    expect((await run(['dead-letters', 'list', 'shop'])).out).toContain('0 kept; gone so far: 1 replayed, 1 dropped');
    child.kill('SIGTERM');
  });

  it('D1: imports a CSV by a mapping, once, after a dry run that sends nothing', async () => {
    await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN]);
    const token = (await run(['token', '--site', 'shop', '--scope', 'import'])).out.trim();
    const { child, origin } = await serve();
    const [file, mapping] = [join(folder, 'orders.csv'), join(folder, 'mapping.json')];
    await writeFile(
      file,
      'Order,When,Total\n1,2015-01-02T03:04:05Z,"12.50"\n2,yesterday,3\n3,2015-01-03T03:04:05Z,4\n',
    );
    await writeFile(
      mapping,
      '{"columns":{"Order":"id","When":"time","Total":"params.value"},"constants":{"name":"purchase","params.currency":"GBP"}}',
    );
    const call = ['import', file, '--mapping', mapping, '--collector', origin, '--json'];
    const refused = { 'malformed_event at /time': 1 };
    expect(JSON.parse((await run([...call, '--dry-run'])).out)).toMatchObject({ lines: 3, refused });
    const report = { lines: 3, accepted: 2, refused };
    expect(JSON.parse((await run([...call, '--token', token])).out)).toEqual(report);
    expect(JSON.parse((await run([...call, '--token', token])).out)).toEqual(report);
    expect((await run(['dead-letters', 'list', 'shop'])).out).toMatch(/import +│ 3 /);
    expect((await run(['dead-letters', 'list', 'shop'])).out).toContain('1 kept');
    child.kill('SIGTERM');
  });

  it('reports every configuration problem together', async () => {
    const { code, err } = await run(['serve'], { PORT: 'x', HUSHTAG_KEY_DIR: join(folder, 'data', 'keys') });
    expect(code).toBe(2);
    expect(err).toContain('PORT');
    expect(err).toContain('HUSHTAG_KEY_DIR');
  });

  it('says which port is taken and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, err } = await run(['serve'], { PORT: String(port) });
    other.close();
    expect(code).toBe(1);
    expect(err).toContain(`Port ${port} is taken`);
    expect(err).toContain('set PORT');
  });

  it('says what to do about a file that is no database, and leaves it as it is', async () => {
    await mkdir(join(folder, 'data'), { mode: 0o700 });
    await writeFile(
      join(folder, 'data', 'ground.db'),
      'this is no database, it is a text of more than a hundred bytes, so that its header is read and refused',
    );
    const { code, err } = await run(['serve']);
    expect(code).toBe(1);
    expect(err).toContain('can not be used');
    expect(err).toContain('backup');
    expect(err).not.toContain('sqlite_master');
    expect((await readdir(join(folder, 'data'))).filter((name) => name.startsWith('ground'))).toEqual(['ground.db']);
  });

  it('says what to do where a page of the database is damaged, and shows no statement', async () => {
    await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN]);
    const path = join(folder, 'data', 'ground.db');
    const db = createClient({ url: `file:${path}` });
    const root = await db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sites'").finally(() => db.close());
    const file = await open(path, 'r+');
    await file.write(new Uint8Array([0x77]), 0, 1, (Number(root.rows[0]?.[0]) - 1) * 4_096).then(() => file.close());
    const { code, err } = await run(['site', 'list']);
    expect(`${code} ${err}`).toMatch(/^1 The database failed \(SQLITE_CORRUPT\)\. .*restore it from a backup\.\n$/);
  });

  it('refuses a database of a newer version, and leaves it as it is', async () => {
    await run(['site', 'list']);
    const client = createClient({ url: `file:${join(folder, 'data', 'ground.db')}` });
    await client.execute("INSERT INTO ground_migrations (hash, created_at) VALUES ('newer', 9999999999999)");
    client.close();
    const { code, err } = await run(['serve']);
    expect(code).toBe(1);
    expect(err).toContain('newer hushtag');
  });

  it('refuses a database of another program, and puts no table into it', async () => {
    await mkdir(join(folder, 'data'), { mode: 0o700 });
    const client = createClient({ url: `file:${join(folder, 'data', 'ground.db')}` });
    await client.execute('CREATE TABLE notes (text TEXT)');
    const { code, err } = await run(['serve']);
    const tables = await client.execute(`SELECT name FROM sqlite_master WHERE type = 'table'`);
    client.close();
    expect(code).toBe(1);
    expect(err).toContain('tables that hushtag did not make');
    expect(tables.rows.map((row) => row['name'])).toEqual(['notes']);
  });

  it('says so where a folder is served twice, and serves', async () => {
    const first = await serve();
    const second = await serve();
    expect(second.seen().err).toContain(`Process ${first.child.pid} serves`);
    expect(first.seen().err).not.toContain('serves');
  });

  it('names the command that helps, whole', async () => {
    expect((await run(['audit', 'verify', '--help'])).out).toContain('USAGE hushtag audit verify');
    expect((await run(['site', 'fly'])).err).toContain('hushtag site --help');
    expect((await run(['fly'])).err).toContain('`hushtag --help`');
  });

  it('starts four at once on an empty folder', async () => {
    const runs = await Promise.all(Array.from({ length: 4 }, () => run(['site', 'list', '--json'])));
    expect(runs.map(({ code, err }) => ({ code, err }))).toEqual(runs.map(() => ({ code: 0, err: '' })));
  });

  it('works in a folder whose name a URL would read otherwise', async () => {
    const over = { HUSHTAG_DATA_DIR: join(folder, 'a #1 ?x%20y'), HUSHTAG_KEY_DIR: join(folder, 'keys') };
    expect((await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN], over)).code).toBe(0);
    expect((await run(['site', 'list'], over)).out).toContain('shop');
    expect(await readdir(over.HUSHTAG_DATA_DIR)).toContain('ground.db');
  });

  it('refuses a key folder that others can read', async () => {
    await mkdir(join(folder, 'keys'));
    await chmod(join(folder, 'keys'), 0o755);
    const { code, err } = await run(['serve']);
    expect(code).toBe(1);
    expect(err).toContain('chmod 700');
  });

  it('serves, takes an event, ends on SIGTERM with everything kept, and serves it again', async () => {
    await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN]);
    const { out } = await run(['token', '--site', 'shop', '--scope', 'ledger:read']);
    const first = await serve();
    const posted = await fetch(`${first.origin}/v1/collect`, {
      method: 'POST',
      body: JSON.stringify(wireBatch()),
      headers: { origin: SHOP_ORIGIN, 'content-type': 'text/plain', 'user-agent': BROWSER_AGENT },
    });
    expect(posted.status).toBe(202);
    first.child.kill('SIGTERM');
    await once(first.child, 'close');
    expect(first.child.exitCode).toBe(0);
    const second = await serve();
    const ledger = await fetch(`${second.origin}/v1/sites/shop/ledger`, {
      headers: { authorization: `Bearer ${out.trim()}` },
    });
    expect(
      ((await ledger.json()) as { entries: { outcome: string; events: number }[] }).entries.filter(
        ({ outcome }) => outcome === 'stored',
      ),
    ).toMatchObject([{ events: 1 }]);
    second.child.kill('SIGTERM');
    await once(second.child, 'close');
  });

  it('keeps what it acknowledged through SIGKILL', async () => {
    await run(['site', 'add', 'shop', '--origin', SHOP_ORIGIN]);
    const { out } = await run(['token', '--site', 'shop', '--scope', 'ledger:read']);
    const first = await serve();
    const batch = wireBatch();
    const post = (origin: string) =>
      fetch(`${origin}/v1/collect`, {
        method: 'POST',
        body: JSON.stringify(batch),
        headers: { origin: SHOP_ORIGIN, 'content-type': 'text/plain', 'user-agent': BROWSER_AGENT },
      });
    expect((await post(first.origin)).status).toBe(202);
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    const second = await serve();
    expect((await post(second.origin)).status).toBe(202);
    const ledger = await fetch(`${second.origin}/v1/sites/shop/ledger`, {
      headers: { authorization: `Bearer ${out.trim()}` },
    });
    const { entries } = (await ledger.json()) as { entries: { outcome: string; events: number }[] };
    expect(Object.fromEntries(entries.map(({ outcome, events }) => [outcome, events]))).toEqual({
      received: 2,
      stored: 1,
      duplicate: 1,
    });
  });
});
