// cli/init/init.test.ts: `hushtag init`: an empty folder becomes a server that can start; a folder with something in it stays as it is.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EpochMs, SiteId } from '../../contract/index.ts';
import { EXEMPT_RETENTION, RETENTION_PRESETS } from '../../core/index.ts';
import { examine, openData, readConfig } from '../../runtime/index.ts';
import { listSites, readRetention } from '../../store/index.ts';
import { CliError } from '../context.ts';
import { environmentIn, environmentLine, isFileValue } from '../environment-file.ts';
import { askChoices } from './ask.ts';
import type { GivenChoices } from './choices.ts';
import { DEFAULT_CHOICES, readChoices } from './choices.ts';
import { setUp } from './set-up.ts';

const run = promisify(execFile);
const now = (): EpochMs => Date.now() as EpochMs;
const GIVEN: GivenChoices = {
  ...DEFAULT_CHOICES,
  site: 'shop',
  origin: 'https://shop.example',
  collector: 'https://events.shop.example',
};

describe('an empty folder that is set up', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-init-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const modeOf = async (path: string): Promise<number> => (await stat(join(folder, path))).mode & 0o777;

  it('P2: has folders of this user alone, the site with its limits, and a configuration that is read back', async () => {
    const made = await setUp(readChoices({ ...GIVEN, policy: 'exempt', proxies: '1' }), folder, now);
    expect((await readdir(folder)).sort()).toEqual(['data', 'data-keys', 'hushtag-snippet.html', 'hushtag.env']);
    expect(await Promise.all(['data', 'data-keys', 'hushtag.env'].map(modeOf))).toEqual([0o700, 0o700, 0o600]);
    expect(await readdir(join(folder, 'data-keys'))).toContain('tokens.secret');
    expect(made.snippet).toBe(
      '<script async src="https://events.shop.example/tag.full.js" data-site="shop" data-policy="exempt"></script>',
    );
    expect(await readFile(made.snippetFile, 'utf8')).toBe(`${made.snippet}\n`);
    const config = readConfig(environmentIn(folder, {}), folder);
    expect(config).toMatchObject({
      ok: true,
      value: { port: 8_787, dataDir: made.dataDir, keyDir: made.keyDir, trustedProxies: 1, publicUrl: GIVEN.collector },
    });
    if (!config.ok) return;
    const db = await openData(config.value);
    expect(await listSites(db)).toMatchObject([{ id: 'shop' as SiteId, origins: ['https://shop.example'] }]);
    expect((await readRetention(db))[0]?.days).toMatchObject({ events: EXEMPT_RETENTION.events });
    db.client.close();
    const wrong = (await examine(config.value, now())).filter(({ ok }) => !ok);
    expect(wrong.map(({ name }) => name)).toEqual(['server']);
  });

  it.each(['hushtag.env', 'hushtag-snippet.html', 'data/ground.db', 'data-keys'])(
    'overwrites nothing: %s is there already, and stays as it was',
    async (path) => {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), 'mine');
      const before = await readdir(folder, { recursive: true });
      await expect(setUp(readChoices(GIVEN), folder, now)).rejects.toMatchObject({ exitCode: 1 });
      expect(await readFile(join(folder, path), 'utf8')).toBe('mine');
      expect(await readdir(folder, { recursive: true })).toEqual(before);
    },
  );

  const git = (...args: string[]): Promise<{ stdout: string }> => run('git', args, { cwd: folder });

  it('P1: leaves nothing of it to `git add`, where the folder is in a repository', async () => {
    await git('init', '--quiet');
    await writeFile(join(folder, '.gitignore'), 'data/\nmine');
    const shop = join(folder, 'a [shop]');
    await mkdir(shop);
    const made = await setUp(readChoices({ ...GIVEN, 'key-dir': 'keys' }), shop, now);
    expect(made.ignored?.lines).toEqual([
      '/a \\[shop\\]/hushtag.env',
      '/a \\[shop\\]/hushtag-snippet.html',
      '/a \\[shop\\]/keys/',
    ]);
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toMatch(/^data\/\nmine\n# hushtag: [^\n]*\n\/a /);
    await git('add', '--all');
    expect((await git('ls-files')).stdout).toBe('.gitignore\n');
  });

  it('P1: leaves nothing to `git add` in a clone of this repository either', async () => {
    const lines = (await readFile(join(import.meta.dirname, '../../.gitignore'), 'utf8')).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['/data/', '/data-*/', 'hushtag.env', 'hushtag-snippet.html']));
  });

  it('writes no .gitignore where keys and data are ignored already, or outside the repository', async () => {
    await git('init', '--quiet');
    await writeFile(join(folder, '.gitignore'), 'hushtag*\n');
    const outside = await mkdtemp(join(tmpdir(), 'hushtag-init-'));
    const dirs = { 'data-dir': join(outside, 'data'), 'key-dir': join(outside, 'keys') };
    const made = await setUp(readChoices({ ...GIVEN, ...dirs }), folder, now);
    await rm(outside, { recursive: true });
    expect(made).not.toHaveProperty('ignored');
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('hushtag*\n');
  });

  it('P2: refuses keys inside the data before anything is made', async () => {
    const inside = readChoices({ ...GIVEN, 'key-dir': 'data/keys' });
    await expect(setUp(inside, folder, now)).rejects.toMatchObject({ exitCode: 2 });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('choices', () => {
  it.each(Object.values(RETENTION_PRESETS))(
    'keep events no longer than the exemption allows: $events days',
    ({ events }) => {
      expect(events).toBeLessThanOrEqual(EXEMPT_RETENTION.events);
    },
  );

  it.each<Partial<GivenChoices>>([
    { site: 'My Shop' },
    { origin: 'https://shop.example/cart' },
    { policy: 'lax' },
    { retention: 'forever' },
    { collector: 'events.shop.example' },
    { collector: 'https://events.shop.example/x' },
    { port: '65536' },
    { proxies: '11' },
    { 'data-dir': '' },
    { 'key-dir': 'k"\nPORT=1' },
  ])('are refused with exit code 2: %o', (wrong) => {
    expect(() => readChoices({ ...GIVEN, ...wrong })).toThrow(CliError);
  });

  it('are asked for one by one where no flag said them, with wrong answers refused at once', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let shown = '';
    const answers = [
      { to: 'A name for the site', keys: 'My Shop\r' },
      { to: 'is no site name', keys: `${'\u007f'.repeat(7)}shop\r` },
      { to: 'Where are its pages?', keys: 'https://shop.example\r' },
      { to: 'What happens before', keys: '\u001b[B\r' },
      { to: 'Under which address', keys: '\r' },
      { to: 'Write the configuration', keys: '\r' },
    ];
    let next = 0;
    output.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      const answer = answers[next];
      if (answer === undefined || !shown.includes(answer.to)) return;
      next += 1;
      shown = '';
      // After the prompt has set itself up to listen.
      setImmediate(() => input.write(answer.keys));
    });
    const given = await askChoices({ retention: 'month', port: '9000' }, { input, output });
    expect(readChoices(given)).toMatchObject({
      site: 'shop',
      origins: ['https://shop.example'],
      policy: 'strict',
      retention: 'month',
      collector: 'http://127.0.0.1:9000',
      dataDir: 'data',
    });
  });

  it('are not taken from somebody who goes away', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    output.once('data', () => setImmediate(() => input.write('\u0003')));
    await expect(askChoices({}, { input, output })).rejects.toMatchObject({ exitCode: 1 });
  });
});

describe('hushtag.env', () => {
  it('is overruled by what is set, and may be absent', () => {
    expect(environmentIn('/nowhere', { PORT: '1' })).toEqual({ PORT: '1' });
  });
  it.each([
    { value: 'data', line: 'A=data' },
    { value: 'my data', line: 'A="my data"' },
  ])('writes $line', ({ value, line }) => expect(environmentLine('A', value)).toBe(line));
  it.each(['a"b', 'a\\b', 'a$b', 'a\nb', 'a`b'])(
    'has no value such as %o, which readers would read differently',
    (value) => expect(isFileValue(value)).toBe(false),
  );
});
