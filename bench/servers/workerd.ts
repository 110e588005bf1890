// bench/servers/workerd.ts: a Worker in real workerd (miniflare). argv: folder; `empty` for one that reads, parses and answers,
// anything else for the bundle that would be deployed, with its queue, its consumer and a database over HTTP.
import { readdirSync, readFileSync } from 'node:fs';
import { Miniflare } from 'miniflare';
import { COMPATIBILITY_DATE, startWorkerEdge } from '../worker-edge.ts';
import { reportOnStop } from './report.ts';

const [folder = '.', kind = ''] = process.argv.slice(2);
const TICKS_PER_SECOND = 100;
const DRAIN_LOOKS_MAX = 240;
const DRAIN_LOOK_MS = 500;
const EMPTY = `export default { async fetch(request) {
  const { e } = JSON.parse(await request.text());
  return new Response('{"received":' + e.length + ',"refused":[]}', { status: 202, headers: { 'content-type': 'application/json' } });
} };`;

/** CPU of the processes that this one started: workerd. */
function childrenCpuMs(): number {
  const children = readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
  );
  return children.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // utime and stime are the 14th and 15th fields; the name before may hold spaces (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
  }, 0);
}

/** Waits for it and says so. miniflare would end this process at the signal that asks for its figures. */
async function reportWorker(worker: Miniflare, after: Parameters<typeof reportOnStop>[1]): Promise<void> {
  const { port } = await worker.ready;
  process.removeAllListeners('SIGTERM');
  reportOnStop(Number(port), after, childrenCpuMs);
}

async function startEmpty(): Promise<void> {
  const worker = new Miniflare({ modules: true, script: EMPTY, compatibilityDate: COMPATIBILITY_DATE });
  await reportWorker(worker, async () => undefined);
}

async function startEdge(): Promise<void> {
  const { worker, db } = await startWorkerEdge(folder);
  const count = async (): Promise<number> =>
    Number((await db.client.execute('SELECT count(*) AS n FROM events')).rows[0]?.['n']);
  /** The queue stands between answer and rows: counted once it has run dry. */
  const drained = async (): Promise<{ readonly stored: number }> => {
    let stored = -1;
    for (let look = 0; look < DRAIN_LOOKS_MAX; look += 1) {
      const now = await count();
      if (now === stored) break;
      stored = now;
      await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS * 6));
    }
    return { stored };
  };
  await reportWorker(worker, drained);
}

await (kind === 'empty' ? startEmpty() : startEdge());
