// bench/servers/strawman.ts: what people write first: Hono, one libSQL insert a request, every commit synced, nothing checked.
import { serve } from '@hono/node-server';
import { createClient } from '@libsql/client/sqlite3';
import { Hono } from 'hono';
import { reportOnStop } from './report.ts';

const client = createClient({ url: `file:${process.argv[2] ?? 'strawman.db'}`, concurrency: 1 });
await client.execute('PRAGMA journal_mode=WAL');
await client.execute('PRAGMA synchronous=FULL');
await client.execute('CREATE TABLE events (id TEXT PRIMARY KEY, at INTEGER, name TEXT, url TEXT, agent TEXT)');
const app = new Hono();
app.post('/v1/collect', async (context) => {
  const { e } = JSON.parse(await context.req.text()) as { e: { i: string; t: number; n: string; u: string }[] };
  for (const event of e) {
    await client.execute({
      sql: 'INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?)',
      args: [event.i, event.t, event.n, event.u, context.req.header('user-agent') ?? ''],
    });
  }
  return context.json({ received: e.length, refused: [] }, 202);
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  reportOnStop(port, async () => {
    const { rows } = await client.execute('SELECT count(*) AS n FROM events');
    return { stored: Number(rows[0]?.['n']) };
  }),
);
