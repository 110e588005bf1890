// bench/servers/hushtag.ts: the edge as `hushtag serve` runs it, every stage on.
import { join } from 'node:path';
import { startNode } from '../../runtime/index.ts';
import { addSite } from '../../store/index.ts';
import type { SiteId } from '../../contract/index.ts';
import { reportOnStop } from './report.ts';

const folder = process.argv[2] ?? '.';
const server = await startNode({
  port: 0,
  host: '127.0.0.1',
  dataDir: join(folder, 'data'),
  keyDir: join(folder, 'keys'),
  trustedProxies: 1,
  segmentMinutes: 0,
  // The stage is on; the load is above what one site gets by default.
  limits: { siteEventsPerSecond: 1_000_000, addressEventsPerSecond: 100 },
});
await addSite(server.db, {
  id: 'shop' as SiteId,
  origins: ['https://shop.example'],
  policy: 'standard',
  floor: 50,
  at: Date.now(),
});
reportOnStop(Number(new URL(server.origin).port), async () => {
  const { rows } = await server.db.client.execute('SELECT count(*) AS n FROM events');
  return { stored: Number(rows[0]?.['n']) };
});
