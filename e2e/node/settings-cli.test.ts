// e2e/node/settings-cli.test.ts: `hushtag plan` and `hushtag bots` as an operator meets them; the generated types compiled by tsc.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programFile, projectFolder } from '../../runtime/index.ts';

const MAIN = programFile('main');
const TSC = join(projectFolder(), 'node_modules', '.bin', 'tsc');
const PLAN = {
  unknownEvents: 'reject',
  unknownProperties: 'reject',
  events: {
    sign_up: {
      description: 'Somebody made an account. */ export const broken = 1;',
      properties: {
        method: { type: 'string', required: true, values: ['email', 'link'], description: 'How they sign in' },
        seats: { type: 'integer' },
      },
    },
    ping: {},
    purchase: { properties: { gift: { type: 'boolean' } } },
  },
};

describe('D1: a site’s settings on the command line', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-settings-'));
    await writeFile(join(folder, 'plan.json'), JSON.stringify(PLAN));
    await writeFile(join(folder, 'broken.json'), '{"events":{"Sign":{},"a":{"properties":{"b":{"type":"text"}}}}}');
    run('site', 'add', 'shop', '--origin', 'https://shop.example');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const env = () => ({
    PATH: process.env['PATH'],
    HUSHTAG_DATA_DIR: join(folder, 'data'),
    HUSHTAG_KEY_DIR: join(folder, 'keys'),
  });
  function run(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: folder,
      env: env(),
      encoding: 'utf8',
    });
    return { code: status, out: stdout, err: stderr };
  }

  it('C1: takes events from more origins, and from fewer, noted in the audit log by the command', () => {
    const changed = (...args: string[]): unknown =>
      JSON.parse(run('site', 'origins', ...args, '--json').out || '{}') as unknown;
    const [first, second] = ['https://shop.example', 'https://www.shop.example'];
    expect(changed('add', 'shop', `${second},${first}`)).toEqual({ site: 'shop', origins: [first, second], floor: 50 });
    expect(run('site', 'origins', 'add', 'shop', 'https://shop.example/cart').code).toBe(2);
    expect(changed('remove', 'shop', second)).toMatchObject({ origins: [first] });
    expect(run('site', 'origins', 'remove', 'shop', second)).toMatchObject({ code: 1 });
    expect(run('site', 'origins', 'remove', 'shop', first)).toMatchObject({ code: 1 });
    expect(run('site', 'origins', 'list', 'shop').out).toBe(`${first}\n`);
    expect(run('site', 'floor', 'shop', '9').code).toBe(2);
    expect(JSON.parse(run('site', 'floor', 'shop', '60', '--json').out)).toMatchObject({ floor: 60 });
    expect(run('site', 'list').out).toContain('floor 60');
    run('audit', 'export', '--out', 'audit.txt');
    const log = readFileSync(join(folder, 'audit.txt'), 'utf8');
    expect(log.match(/\\"kind\\":\\"site_changed\\"/g)).toHaveLength(3);
  });

  it('D1: keeps what several commands add to a site at once', async () => {
    const added = [1, 2, 3].map((nth) => `https://at-once-${nth}.example`);
    run('site', 'add', 'busy', '--origin', 'https://busy.example');
    await Promise.all(
      added.map((origin) =>
        once(
          spawn(process.execPath, [MAIN, 'site', 'origins', 'add', 'busy', origin], { cwd: folder, env: env() }),
          'close',
        ),
      ),
    );
    const listed = run('site', 'origins', 'list', 'busy').out.trim().split('\n');
    expect(listed.toSorted()).toEqual([...added, 'https://busy.example'].toSorted());
  });

  it('P6: lists exports that were made over the API, and takes none away that is not there', () => {
    expect(run('exports', 'list', 'shop', '--json').out).toBe('[]\n');
    expect(run('exports', 'remove', 'shop', '0'.repeat(32)).code).toBe(1);
  });

  it('names the collector in the script tag where it is known', () => {
    const here = run('site', 'add', 'local', '--origin', 'http://127.0.0.1:8000,http://localhost:8000').out;
    expect(here).toContain('src="http://127.0.0.1:8787/tag.full.js"');
    const elsewhere = run('site', 'add', 'other', '--origin', 'https://other.example').out;
    expect(elsewhere).toMatch(/src="https:\/\/YOUR-COLLECTOR\/[\s\S]*http:\/\/127\.0\.0\.1:8787/);
  });

  it('P6: signs a token, lists it, takes it back, and changes the key', () => {
    const signed = run('token', '--site', 'shop', '--label', 'for a test', '--json');
    const { token } = JSON.parse(signed.out) as { token: string };
    const [held] = JSON.parse(run('tokens', 'list', 'shop', '--json').out) as { id: string; label: string }[];
    expect(held).toMatchObject({ label: 'for a test', scopes: ['segments:read'], kid: 'first' });
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
    expect(held?.id).toBe(jti);
    expect(run('tokens', 'revoke', 'shop', jti).code).toBe(0);
    expect(run('tokens', 'revoke', 'shop', jti).code).toBe(1);
    expect(run('tokens', 'list', 'shop').out).toContain('taken back');
    expect(run('tokens', 'rotate', '--keep-days', '366').code).toBe(2);
    const { kid } = JSON.parse(run('tokens', 'rotate', '--json').out) as { kid: string };
    run('token', '--site', 'shop');
    expect(run('tokens', 'list', 'shop', '--json').out).toContain(`"kid":"${kid}"`);
  });

  it('P6: makes codes for the owner, whom the first one makes', () => {
    const code = /^([0-9a-z]{5}-){4}[0-9a-z]{5}\n$/;
    const [first, second] = [run('login-code').out, run('login-code').out];
    expect(first).toMatch(code);
    expect(second).toMatch(code);
    expect(second).not.toBe(first);
    const nobody = run('login-code', '--person', 'Nobody');
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('owner')]);
  });

  it('sets, shows and removes a plan, and says every problem of one that is none', () => {
    const none = run('plan', 'show', 'shop');
    expect(none.code).toBe(1);
    expect(none.err).toContain('plan set shop');
    const broken = run('plan', 'check', 'broken.json');
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(/\/events\/Sign is no event name.*\n.*\/events\/a\/properties\/b\/type must be one of/);
    expect(run('plan', 'set', 'shop', 'missing.json').code).toBe(2);
    expect(run('plan', 'set', 'shop', 'plan.json', '--json')).toMatchObject({
      code: 0,
      out: '{"site":"shop","version":1}\n',
    });
    expect(run('plan', 'set', 'shop', 'plan.json').out).toContain('version 2');
    const shown = JSON.parse(run('plan', 'show', 'shop', '--json').out) as object;
    expect(shown).toMatchObject({ site: 'shop', version: 2, plan: PLAN, findings: [] });
    expect(run('plan', 'show', 'shop', '--version', '7').code).toBe(1);
    expect(run('plan', 'remove', 'shop').code).toBe(0);
    expect(run('plan', 'types', 'shop').code).toBe(1);
    expect(run('plan', 'types', 'shop', '--version', '1').code).toBe(0);
  });

  it('generates types that take what the plan takes and refuse the rest', async () => {
    expect(run('plan', 'types', 'shop', '--version', '1', '--out', 'plan.d.ts').code).toBe(0);
    const sound = [
      `hushtag.track('sign_up', { method: 'email', seats: 3 });`,
      `hushtag.track('sign_up', { method: 'link', currency: 'EUR', value: 1.5 });`,
      `hushtag.track('ping');`,
      `hushtag.purchase({ gift: true, transaction_id: 'a', items: [{ item_id: 1 }] });`,
      `hushtag.view_item({ anything: 1 });`,
      `hushtag.consent('grant');`,
      `const tag: PlannedTag = hushtag; tag.optOut();`,
    ];
    const refused = [
      `hushtag.track('sign_up');`,
      `hushtag.track('sign_up', {});`,
      `hushtag.track('sign_up', { method: 'fax' });`,
      `hushtag.track('sign_up', { method: 'email', seats: 'three' });`,
      `hushtag.track('sign_up', { method: 'email', other: 1 });`,
      `hushtag.track('sign_in', {});`,
      `hushtag.purchase({ gift: 'yes' });`,
    ];
    const head = `import type { PlannedTag } from './plan.d.ts';\nexport type Used = PlannedTag;\n`;
    const lines = [...sound, ...refused.map((line) => `// @ts-expect-error the plan refuses it\n${line}`)];
    await writeFile(join(folder, 'page.ts'), `${head}${lines.join('\n')}\n`);
    const compiled = spawnSync(
      TSC,
      ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler',
        '--allowImportingTsExtensions', '--types', '', 'page.ts'],
      { cwd: folder, encoding: 'utf8' },
    ); // biome-ignore format: options read better in rows
    expect(compiled.stdout).toBe('');
    expect(compiled.status).toBe(0);
  });

  it('keeps rules about bots, in order, and refuses what is none', () => {
    expect(run('bots', 'list', 'shop').out).toContain('no rules of its own');
    expect(run('bots', 'allow', 'shop', '--agent', 'OurMonitor').out).toContain('ourmonitor');
    expect(run('bots', 'deny', 'shop', '--network', '192.0.2.0/24').code).toBe(0);
    expect(run('bots', 'deny', 'shop', '--network', 'cloud').code).toBe(2);
    expect(run('bots', 'deny', 'shop').code).toBe(2);
    expect(run('bots', 'deny', 'shop', '--agent', 'ourmonitor').code).toBe(1);
    expect(run('bots', 'remove', 'shop', '--agent', 'OurMonitor').code).toBe(0);
    expect(run('bots', 'remove', 'shop', '--agent', 'OurMonitor').code).toBe(1);
    expect(run('bots', 'list', 'shop', '--json').out).toBe(
      '{"site":"shop","rules":[{"action":"deny","network":"192.0.2.0/24"}]}\n',
    );
  });
});
