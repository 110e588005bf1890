// bench/disk-full.bench.ts: `npm run bench -- disk-full`: a real full disk (tmpfs; needs root): refused, said, recovered, nothing lost.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGround } from '../store/open.node.ts';
import { printFigure, printMachine } from './figures.ts';
import { addShop, freshEventId, pageViews, post, startServer } from './server-process.ts';

const BENCH = 'disk-full';
const EVENTS_PER_REQUEST = 100;
const REQUESTS_MAX = 2_000;
const REFUSED_WANTED = 5;

if (process.getuid?.() !== 0) {
  process.stderr.write('disk-full mounts a small tmpfs: run it as root.\n');
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), 'hushtag-full-'));
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder]);
const keys = await mkdtemp(join(tmpdir(), 'hushtag-full-keys-'));
try {
  const folders = { data: join(folder, 'data'), keys };
  addShop(folders);
  const { child, origin, log } = await startServer(folders);
  const send = (): Promise<{ status: number; retryAfter: string | null }> => {
    const now = Date.now();
    return post(
      origin,
      pageViews(
        Array.from({ length: EVENTS_PER_REQUEST }, () => freshEventId(now)),
        now,
      ),
    );
  };
  const ready = async (): Promise<number> => (await fetch(`${origin}/readyz`)).status;
  let accepted = 0;
  let refused = 0;
  let wrong = 0;
  for (let request = 0; request < REQUESTS_MAX && refused < REFUSED_WANTED; request += 1) {
    const { status, retryAfter } = await send();
    if (status === 202) accepted += 1;
    else if (status === 503 && retryAfter !== null) refused += 1;
    else wrong += 1;
  }
  const readyWhileFull = await ready();
  execFileSync('mount', ['-o', 'remount,size=30m', folder]);
  const after = await send();
  if (after.status === 202) accepted += 1;
  const readyAfter = await ready();
  child.kill('SIGTERM');
  await once(child, 'exit');
  const db = await openGround({ ground: join(folders.data, 'ground.db'), derived: '' });
  const { rows } = await db.client.execute('SELECT count(*) AS n FROM events');
  db.client.close();
  const lost = accepted * EVENTS_PER_REQUEST - Number(rows[0]?.['n']);
  printMachine(BENCH);
  printFigure({ bench: BENCH, figure: 'refused_with_retry_after', value: refused, unit: 'requests', against: '> 0' });
  printFigure({ bench: BENCH, figure: 'other_answers', value: wrong, unit: 'requests', against: '0' });
  printFigure({ bench: BENCH, figure: 'readyz_while_full', value: readyWhileFull, unit: 'status', against: '503' });
  printFigure({ bench: BENCH, figure: 'readyz_after', value: readyAfter, unit: 'status', against: '200' });
  printFigure({ bench: BENCH, figure: 'acked_lost', value: lost, unit: 'events', against: '0' });
  const good =
    refused > 0 &&
    wrong === 0 &&
    readyWhileFull === 503 &&
    readyAfter === 200 &&
    lost === 0 &&
    log().includes('SQLITE_FULL');
  process.exitCode = good ? 0 : 1;
} finally {
  execFileSync('umount', ['-l', folder]);
  await rm(folder, { recursive: true });
  await rm(keys, { recursive: true });
}
