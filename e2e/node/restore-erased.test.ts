// e2e/node/restore-erased.test.ts: backup, erasure and restore by the command, a moment apart: nobody comes back (P4).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programFile, startNode } from '../../runtime/index.ts';
import { configIn } from '../../runtime/testing.ts';
import { addSite } from '../../store/index.ts';
import { openFiles } from '../../store/open.node.ts';
import { collect, SHOP_ORIGIN, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { send } from '../support/node-edge.ts';

const ID = (nth: number): string => `1795525000000-1840291-77120-99120481-991${nth}`;
const [ERASED, OBJECTOR, WITHDRAWER, LATE] = [ID(1), ID(2), ID(3), ID(4)] as const;
const MARKS = ['mark_of_the_erased', 'mark_of_the_objector', 'mark_of_the_withdrawer', 'mark_of_the_late'];

describe('P4: a restore a moment after an erasure', () => {
  let folder: string;
  let backup: string;
  const second = (): string => join(folder, 'second');
  const run = async (args: readonly string[], input = '', over: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [programFile('main'), ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HUSHTAG_DATA_DIR: join(folder, 'data'),
        HUSHTAG_KEY_DIR: join(folder, 'keys'),
        HUSHTAG_SECOND_DIR: second(),
        ...over,
      },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.end(input);
    await once(child, 'close');
    return { code: child.exitCode, out, err };
  };
  const restoreInto = (name: string, args: readonly string[] = [], over: Readonly<Record<string, string>> = {}) =>
    run(['restore', backup, ...args], '', { HUSHTAG_DATA_DIR: join(folder, name), ...over });
  /** Which of the visitors' events a data folder holds, as bytes. */
  const marksIn = async (name: string): Promise<string[]> => {
    const bytes = await readFile(join(folder, name, 'ground.db'));
    return MARKS.filter((mark) => bytes.includes(mark));
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-restore-'));
    const config = { ...configIn(folder), dataDir: join(folder, 'data'), keyDir: join(folder, 'keys'), port: 0 };
    const server = await startNode({ ...config, secondDir: second() }, { write: () => undefined });
    const site = { id: siteId('shop'), origins: [SHOP_ORIGIN], policy: 'standard', floor: 50, at: Date.now() } as const;
    await addSite(server.db, site);
    const page = { fetch: (path: string, init?: RequestInit) => send(server.origin, path, init) };
    for (const [nth, n] of MARKS.entries())
      await collect(page, wireBatch({ c: ['g', 15, 1], i: ID(nth + 1), e: [wireEvent({ n })] }));
    const made = await run(['backup', '--out', join(folder, 'backups'), '--json']);
    backup = (JSON.parse(made.out) as { folder: string }).folder;
    await collect(page, wireBatch({ c: ['r', 0, 1], i: WITHDRAWER }));
    expect(await run(['erasure', 'visitor', 'shop'], ERASED)).toMatchObject({ code: 0 });
    expect(await run(['privacy', 'request', 'shop', '--kind', 'objection'], OBJECTOR)).toMatchObject({ code: 0 });
    await server.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('knows the erasure, the objection and the withdrawal, though no schedule ran since', async () => {
    const restored = await restoreInto('restored');
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).toContain(`was told by ${second()}`);
    expect(await marksIn('restored')).toEqual(['mark_of_the_objector', 'mark_of_the_late']);
    const at = join(folder, 'restored');
    const db = await openFiles({ ground: join(at, 'ground.db'), derived: join(at, 'derived.db') });
    const { rows } = await db.client.execute('SELECT count(*) FROM objections');
    db.client.close();
    expect(Number(rows[0]?.[0])).toBe(1);
  });

  it('is refused where nothing tells who was erased, unless that is said to be accepted', async () => {
    const elsewhere = { HUSHTAG_SECOND_DIR: join(folder, 'not-mounted') };
    for (const over of [{ HUSHTAG_SECOND_DIR: '' }, elsewhere]) {
      const refused = await restoreInto('refused', [], over);
      expect(refused.code).toBe(1);
      expect(refused.err).toContain('--accept-lost-erasures');
      expect(await readdir(join(folder, 'refused')).catch(() => [])).toEqual([]);
    }
    const accepted = await restoreInto('accepted', ['--accept-lost-erasures'], elsewhere);
    expect(accepted.code).toBe(0);
    expect(accepted.out).toContain('WARNING: nothing told who was erased');
    expect(await marksIn('accepted')).toEqual(MARKS);
  });

  it('is refused by what is older than the backup, and by what was altered', async () => {
    const later = await run(['backup', '--out', join(folder, 'later'), '--json']);
    const first = backup;
    backup = (JSON.parse(later.out) as { folder: string }).folder;
    await writeFile(join(folder, 'older.json'), '[]\n');
    const none = { HUSHTAG_SECOND_DIR: '' };
    expect((await restoreInto('older', ['--erased', join(folder, 'older.json')], none)).err).toContain('knows less');
    backup = first;
    await mkdir(join(folder, 'altered'));
    await writeFile(join(folder, 'altered', 'erased.json'), '[{"site":1}]');
    const altered = { HUSHTAG_SECOND_DIR: join(folder, 'altered') };
    expect((await restoreInto('altered-in', ['--accept-lost-erasures'], altered)).err).toContain('erased.json');
    expect(await readdir(join(folder, 'altered-in')).catch(() => [])).toEqual([]);
  });

  it('is not called done where the second place can not be written, and is once it can', async () => {
    await writeFile(join(folder, 'a-file'), '');
    const broken = { HUSHTAG_SECOND_DIR: join(folder, 'a-file', 'second') };
    const open = await run(['erasure', 'visitor', 'shop'], LATE, broken);
    expect(open.out).toContain('could not be written');
    expect(open.out).not.toContain('The receipt');
    const listed = await run(['privacy', 'list', 'shop', '--status', 'open', '--json'], '', broken);
    const [request] = JSON.parse(listed.out) as { id: string; log: { step: string }[] }[];
    expect(request?.log.at(-1)?.step).toBe('waiting_for_second_place');
    expect((await run(['privacy', 'finish'], '', broken)).out).toContain('Closed 0');
    expect((await run(['privacy', 'finish'])).out).toContain('Closed 1');
    await restoreInto('late');
    expect(await marksIn('late')).toEqual(['mark_of_the_objector']);
  });
});
