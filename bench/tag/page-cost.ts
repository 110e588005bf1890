// bench/tag/page-cost.ts: what a page costs the browser's main thread and memory, by Chromium's own count.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import type { Contestant } from './contestants.ts';

/** How long a page is left alone before it is measured, ms: first events have gone by then. */
const SETTLE_MS = 2_000;

/** What a page came to. */
export interface PageCost {
  /** JavaScript on the main thread, ms of its CPU time (ScriptDuration of the DevTools protocol). */
  readonly scriptMs: number;
  /** All tasks of the main thread, ms of its CPU time (TaskDuration). */
  readonly taskMs: number;
  /** JavaScript heap in use after a garbage collection, kB. */
  readonly heapKb: number;
}

/** A shop's page with one script, or with none, on a server of its own. */
export async function servePage(
  contestant: Contestant | undefined,
): Promise<{ readonly url: string; readonly close: () => void }> {
  const items = Array.from({ length: 200 }, (_, nth) => `<li><a href="/tea/${nth}">Tea ${nth}</a></li>`).join('');
  const script = contestant === undefined ? '' : `<script src="/script.js" ${contestant.attributes}></script>`;
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">${script}</head><body><h1>Shop</h1><ul>${items}</ul></body></html>`;
  const server = createServer((request, response) => {
    request.resume();
    if (request.method !== 'GET') response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    else if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(html);
    else if (request.url === '/script.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(contestant?.script);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

/** Opens a page in a fresh profile and counts. */
export async function measurePage(browser: Browser, url: string): Promise<PageCost> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    // The thread's own time: what other programs take from it is not counted.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(url);
    await new Promise((resolve) => void setTimeout(resolve, SETTLE_MS));
    const read = async (): Promise<(name: string) => number> => {
      const { metrics } = await session.send('Performance.getMetrics');
      return (name) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    };
    const spent = await read();
    await session.send('HeapProfiler.collectGarbage');
    const kept = await read();
    return {
      scriptMs: spent('ScriptDuration') * 1_000,
      taskMs: spent('TaskDuration') * 1_000,
      heapKb: kept('JSHeapUsedSize') / 1_024,
    };
  } finally {
    await context.close();
  }
}
