// e2e/node/import-kill.test.ts: `hushtag import` is killed at seeded moments, run again until it is done, and has imported once.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programFile } from '../../runtime/index.ts';
import { seededWords } from '../../segmenter/math/random.ts';
import { useEdge } from '../edge/use-edge.ts';
import { siteId } from '../support/edge-under-test.ts';
import { startNodeEdge } from '../support/node-edge.ts';

const SITE = siteId('exempt');
const SEED = 20_261_130;
/** Of four requests of the command, the last short. */
const LINES = 3_400;
const BAD_LINES = 12;
const KILLS = 6;
const RUNS_MAX = 40;
/** Where in a request the command dies: before the edge has it, after the edge answered and before the command knows, after it knows. */
const MOMENTS = ['unsent', 'unanswered', 'answered'] as const;

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

describe('D1: an import that is killed', () => {
  const edge = useEdge(() => startNodeEdge());
  let folder: string;
  let proxy: Server;
  let child: ChildProcess | undefined;
  let kills: (typeof MOMENTS)[number][];
  const died: string[] = [];
  const words = seededWords(SEED);
  const random = (): number => words() / 2 ** 32;
  const upTo = (end: number): number => Math.floor(random() * end);

  const kill = (moment: string): void => {
    died.push(moment);
    child?.kill('SIGKILL');
  };
  /** Passes a request on to the edge, and kills the command at the moment that is next, in every second request or so. */
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const moment = random() < 0.5 ? kills.shift() : undefined;
    if (moment === 'unsent') return kill(moment);
    const answer = await edge.fetch(incoming.url ?? '', {
      method: 'POST',
      headers: { authorization: incoming.headers.authorization ?? '' },
      body: new Uint8Array(body),
    });
    if (moment === 'unanswered') return kill(moment);
    if (moment === 'answered') outgoing.once('finish', () => kill(moment));
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' });
    outgoing.end(await answer.text());
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-kill-'));
    proxy = createServer((incoming, outgoing) => {
      void pass(incoming, outgoing).catch(() => outgoing.destroy());
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });
  afterAll(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await rm(folder, { recursive: true });
  });

  it(`imports each line once and puts each bad one aside once (seed ${SEED})`, async () => {
    const bad = new Set<number>();
    while (bad.size < BAD_LINES) bad.add(1 + upTo(LINES));
    const lines = Array.from({ length: LINES }, (_, nth) =>
      bad.has(nth + 1)
        ? `{"broken ${nth}`
        : JSON.stringify({
            ...(nth % 2 === 0 ? { id: `row-${nth}` } : {}),
            name: 'imported',
            time: Date.UTC(2020, 0, 1) + nth * 60_000,
          }),
    );
    const file = join(folder, 'history.ndjson');
    await writeFile(file, lines.join('\n'));
    // Each moment twice, in an order of the seed's.
    kills = Array.from({ length: KILLS }, (_, nth) => MOMENTS[nth % MOMENTS.length] ?? 'unsent').sort(
      () => random() - 0.5,
    );
    const { port } = proxy.address() as AddressInfo;
    const token = await edge.token(SITE, ['import']);
    const args = ['import', file, '--token', token, '--collector', `http://127.0.0.1:${port}`];
    let code: number | null = null;
    for (let run = 0; run < RUNS_MAX && code !== 0; run += 1) {
      child = spawn(process.execPath, [programFile('main'), ...args], { cwd: folder, stdio: 'ignore' });
      await once(child, 'close');
      expect([null, 0]).toContain(child.exitCode);
      code = child.exitCode;
    }
    expect(code).toBe(0);
    expect(died.length).toBeGreaterThan(2);
    const site = await edge.siteRow(SITE);
    const [events] = await edge.ask(
      'SELECT count(*) AS n, count(DISTINCT at) AS times FROM events WHERE site_id = ?',
      site,
    );
    expect(events).toMatchObject({ n: LINES - BAD_LINES, times: LINES - BAD_LINES });
    const letters = await edge.ask('SELECT line FROM dead_letters WHERE site_id = ? ORDER BY line', site);
    expect(letters.map(({ line }) => Number(line))).toEqual([...bad].sort((a, b) => a - b));
  });
});
