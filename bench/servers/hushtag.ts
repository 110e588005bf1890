// bench/servers/hushtag.ts: the edge as `hushtag serve` runs it, every stage on.
// argv: folder; `still` or `segmenting` to begin with a history, and with the latter one run of the segmenter after the other.
import { randomBytes } from 'node:crypto';
import { eventIdFrom, PURPOSE_BITS_ALL } from '../../contract/index.ts';
import { storedEventId } from '../../core/index.ts';
import { runTasksOnThread, startNode } from '../../runtime/index.ts';
import type { EventRow } from '../../store/index.ts';
import { acceptJobs } from '../../store/index.ts';
import { LOG_BYTES } from '../../store/open.node.ts';
import { addBenchShop, benchConfig } from './bench-shop.ts';
import { reportOnStop } from './report.ts';

const HISTORY_EVENTS = 100_000;
const HISTORY_VISITORS = 10_000;
const EVENTS_A_COMMIT = 2_000;
const MINUTE_MS = 60_000;
const ADDRESS_EVENTS_PER_SECOND = 100;

const [folder = '.', history = ''] = process.argv.slice(2);
const config = { ...benchConfig(folder, ADDRESS_EVENTS_PER_SECOND), logBytes: LOG_BYTES };
const server = await startNode(config);
const { client } = server.db;
await addBenchShop(server.db);

const visitors = Array.from({ length: HISTORY_VISITORS }, () => randomBytes(12).toString('hex'));
const rowOf = (nth: number): EventRow => {
  const at = Date.now() - ((nth * 7_919) % (28 * 24 * 60)) * MINUTE_MS;
  const bought = nth % 9 === 0;
  return {
    id: storedEventId(eventIdFrom(at, randomBytes(10))),
    at,
    name: bought ? 'purchase' : 'view_item',
    visitor: visitors[(nth * nth) % HISTORY_VISITORS],
    linked: 1,
    purposes: PURPOSE_BITS_ALL,
    policyVersion: 1,
    path: `/products/${nth % 500}`,
    ...(bought
      ? { currency: 'EUR', value: 500 + ((nth * 31) % 9_000), orderKey: randomBytes(12).toString('hex') }
      : {}),
  };
};
let runs = 0;
const stop = new AbortController();
/** Runs over the whole history, as a first run does. */
async function segmentAgainAndAgain(): Promise<void> {
  while (!stop.signal.aborted) {
    await client.batch(['DELETE FROM profiles', 'DELETE FROM watermarks'], 'deferred');
    await runTasksOnThread({ config, tasks: ['segment'] });
    runs += 1;
  }
}
if (history !== '') {
  for (let from = 0; from < HISTORY_EVENTS; from += EVENTS_A_COMMIT) {
    const rows = Array.from({ length: EVENTS_A_COMMIT }, (_, nth) => rowOf(from + nth));
    await acceptJobs(server.db, [{ site: 1, day: 20_000, rows, ledger: [] }]);
  }
}
const segmenting = history === 'segmenting' ? segmentAgainAndAgain() : undefined;

reportOnStop(Number(new URL(server.origin).port), async () => {
  stop.abort();
  await segmenting;
  const { rows } = await client.execute(`SELECT sum(events) AS n FROM ledger WHERE outcome = 'received'`);
  return { stored: Number(rows[0]?.['n']), runs };
});
