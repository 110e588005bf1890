// edge/metrics.ts: GET /metrics: the loss ledger and the state of the edge for Prometheus, behind a token of its own.
//
// A token and not loopback: behind a proxy on the same machine every visitor comes from loopback.
import { Hono } from 'hono';
import type { Db } from '../store/index.ts';
import { readClock, readLedgerTotals, readSaltCounts, readTaskRuns } from '../store/index.ts';
import type { Metric } from './http/exposition.ts';
import { EXPOSITION_TYPE, exposition } from './http/exposition.ts';
import { problem } from './http/problem.ts';
import { isSame } from './http/same-text.ts';
import type { Port } from './port.ts';

/** What the database says. */
async function storedMetrics(db: Db, now: number): Promise<Metric[]> {
  const [totals, salts, runs, clock] = await Promise.all([
    readLedgerTotals(db),
    readSaltCounts(db, now),
    readTaskRuns(db),
    readClock(db, now),
  ]);
  return [
    {
      name: 'hushtag_events_total',
      help: 'Events by site, outcome and reason; received is the sum of all others. The site is empty where none is known.',
      type: 'counter',
      samples: totals.map(({ site, outcome, reason, events }) => ({
        labels: { site, outcome, reason },
        value: events,
      })),
    },
    {
      name: 'hushtag_salts',
      help: 'Salts by use: alive, or overdue to be destroyed.',
      type: 'gauge',
      samples: salts.map(({ use, state, salts: count }) => ({ labels: { use, state }, value: count })),
    },
    {
      name: 'hushtag_task_last_success_timestamp_seconds',
      help: 'When a task of the schedule last ended well.',
      type: 'gauge',
      samples: runs.map(({ task, finishedAt }) => ({ labels: { task }, value: finishedAt / 1_000 })),
    },
    {
      name: 'hushtag_clock_believed',
      help: '0 where the clock is ahead of what can be believed, and nothing is destroyed by it, or behind.',
      type: 'gauge',
      samples: [{ value: clock.state === 'trusted' ? 1 : 0 }],
    },
    {
      name: 'hushtag_clock_lead_seconds',
      help: 'How far the clock is past the instant that was last believed; negative where it is before.',
      type: 'gauge',
      samples: [{ value: clock.leadMs / 1_000 }],
    },
  ];
}

/** Makes the app of `/metrics`; without a token there is none. */
export function createMetrics(port: Pick<Port, 'db' | 'now' | 'metricsToken' | 'metrics' | 'writeFault'>): Hono {
  const app = new Hono();
  app.get('/metrics', async (context) => {
    if (port.metricsToken === undefined) return problem('not_found', 'See /openapi.json for what there is.');
    const authorization = context.req.header('authorization');
    if (authorization === undefined) return problem('token_missing', 'Send HUSHTAG_METRICS_TOKEN as a bearer token.');
    if (!(await isSame(authorization, `Bearer ${port.metricsToken}`))) {
      return problem('token_invalid', 'Send HUSHTAG_METRICS_TOKEN as a bearer token.');
    }
    const fault: Metric = {
      name: 'hushtag_storage_fault',
      help: '1 where the last write failed.',
      type: 'gauge',
      samples: [{ value: port.writeFault() === undefined ? 0 : 1 }],
    };
    const metrics = [...(await storedMetrics(port.db, port.now())), fault, ...(await port.metrics())];
    return context.body(exposition(metrics), 200, { 'content-type': EXPOSITION_TYPE, 'cache-control': 'no-store' });
  });
  return app;
}
