// bench/servers/segmenter-run.ts: one measured piece of work in a process of its own; prints a line of JSON.
import { join } from 'node:path';
import type { EpochMs, SiteId } from '../../contract/index.ts';
import { openHistory, withMirror } from '../../runtime/index.ts';
import { foldLive, partition, runSegmenter } from '../../segmenter/index.ts';
import { readMemberships } from '../../store/index.ts';
import { openFiles } from '../../store/open.node.ts';
import { seeded } from '../random.ts';

/** After the made-up history's last day. */
const NOW = Date.UTC(2026, 10, 20) as EpochMs;
const POINTS = 1_000_000;
const WIDTH = 12;
/** Visitors whose segments are asked for. */
const LOOKUPS = 20_000;

const [work = '', folder = ''] = process.argv.slice(2);
const print = (value: object): void => {
  // ru_maxrss is in KiB on Linux.
  const peakMb = process.resourceUsage().maxRSS / 1_024;
  process.stdout.write(`${JSON.stringify({ ...value, peakMb })}\n`);
};

async function run(): Promise<void> {
  const config = { dataDir: folder };
  const files = { ground: join(folder, 'ground.db'), derived: join(folder, 'derived.db') };
  const db = withMirror(await openFiles(files), config);
  const began = performance.now();
  const result = await runSegmenter({
    db,
    site: { row: 1, id: 'shop' as SiteId, floor: 50 },
    now: NOW,
    clock: () => Date.now(),
    holder: 'bench',
    publishKey: new Uint8Array(32).fill(7),
    history: openHistory(config, db),
  });
  if (!result.ok) throw new Error(result.error);
  const { eventsFolded, profiles, durationsMs } = result.value;
  print({ seconds: (performance.now() - began) / 1_000, eventsFolded, profiles, durationsMs });
  db.client.close();
}

/** Five clouds that overlap: k-means needs many rounds, as on visitors. */
function kmeans(): void {
  const random = seeded(7);
  const values = new Float64Array(POINTS * WIDTH);
  for (let i = 0; i < POINTS; i += 1) {
    const cloud = Math.floor(random() * 5);
    for (let d = 0; d < WIDTH; d += 1) {
      const spread = random() + random() + random() - 1.5;
      values[i * WIDTH + d] = (((cloud * 7 + d * 3) % 5) * 0.8 + spread) * 1.2;
    }
  }
  const began = performance.now();
  const { inertia } = partition({ count: POINTS, width: WIDTH, values }, 5, 42);
  print({ seconds: (performance.now() - began) / 1_000, inertia });
}

/** Everybody judged, then the newest events folded, fifty rules asked of each visitor in them. */
async function live(): Promise<void> {
  const db = await openFiles({ ground: join(folder, 'ground.db'), derived: join(folder, 'derived.db') });
  const fold = () => foldLive({ db, site: 1, now: NOW, holder: 'bench', clock: () => Date.now() });
  let folded = 0;
  let isCaughtUp = false;
  const began = performance.now();
  while (!isCaughtUp) {
    const result = await fold();
    if (!result.ok) throw new Error(result.error);
    folded += result.value.folded;
    isCaughtUp = result.value.isCaughtUp;
  }
  print({ seconds: (performance.now() - began) / 1_000, eventsFolded: folded });
  db.client.close();
}

/** Which segments single visitors are in, asked one by one. */
async function lookups(): Promise<void> {
  const db = await openFiles({ ground: join(folder, 'ground.db'), derived: join(folder, 'derived.db') });
  const random = seeded(3);
  const { rows } = await db.client.execute('SELECT max(visitor) FROM profiles');
  const visitors = Number(rows[0]?.[0] ?? 1);
  const times = Array.from({ length: LOOKUPS }, () => 0);
  for (let nth = 0; nth < LOOKUPS; nth += 1) {
    const began = performance.now();
    await readMemberships(db, 1, [1 + Math.floor(random() * visitors)]);
    times[nth] = performance.now() - began;
  }
  times.sort((a, b) => a - b);
  print({ seconds: 0, p99Ms: times[Math.floor(LOOKUPS * 0.99)], visitors });
  db.client.close();
}

const WORKS: Readonly<Record<string, () => Promise<void> | void>> = { run, kmeans, live, lookups };
await WORKS[work]?.();
