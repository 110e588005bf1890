// bench/servers/segmenter-run.ts: one measured piece of work in a process of its own; prints a line of JSON.
import { join } from 'node:path';
import type { EpochMs, SiteId } from '../../contract/index.ts';
import { openHistory, withMirror } from '../../runtime/index.ts';
import { partition, runSegmenter } from '../../segmenter/index.ts';
import { openFiles } from '../../store/open.node.ts';
import { seeded } from '../random.ts';

/** After the made-up history's last day. */
const NOW = Date.UTC(2026, 10, 20) as EpochMs;
const POINTS = 1_000_000;
const WIDTH = 12;

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

if (work === 'run') await run();
else kmeans();
