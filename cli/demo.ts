// cli/demo.ts: `npm run demo`: the whole path on this machine, from a real shop's history and a live page to segments.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochMs } from '../contract/index.ts';
import type { Scope } from '../core/index.ts';
import { DAY_MS } from '../contract/index.ts';
import { addSite, findSite, readLedger } from '../store/index.ts';
import type { Config, RunningNode } from '../runtime/index.ts';
import { KeyFolderError, StartError, startNode } from '../runtime/index.ts';
import { replayWithProgress } from './commands/replay.ts';
import { segmentWithProgress } from './commands/segment.ts';
import { stopAsked, stopServer } from './commands/serve.ts';
import { signToken } from './commands/token.ts';
import { CliError, requireConfig, requireSiteId } from './context.ts';
import { startProgress } from './progress.ts';
import type { Shop } from './replay/index.ts';
import { CollectError, exampleFile, findChromium, serveShop, visitShop } from './replay/index.ts';
import { clusterTable, ledgerTable } from './report.ts';

const SITE = 'shop';
const SHOP_PORT = 8_788;
const VISITORS = 10;
const FLOOR = 50;
const TOKEN_SECONDS = 86_400;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Starts on the wanted port, or on a free one where that is taken. */
async function startAnywhere(config: Config): Promise<RunningNode> {
  try {
    return await startNode(config);
  } catch (fault) {
    if (!(fault instanceof StartError && fault.code === 'port_taken')) throw fault;
    say(`Port ${config.port} is taken; the demo takes a free one.`);
    return startNode({ ...config, port: 0 });
  }
}

const openShop = (collector: URL): Promise<Shop> =>
  serveShop({ port: SHOP_PORT, collector }).catch(() => serveShop({ port: 0, collector }));

/** Visits the shop in a browser of this machine. @returns the address to open by hand where there is none. */
async function visit(shop: Shop, config: Config): Promise<string> {
  const chromiumPath = findChromium();
  if (chromiumPath === undefined)
    return [
      `No Chromium here: open ${shop.origin} in a browser, accept and buy something, then run`,
      `  HUSHTAG_DATA_DIR=${config.dataDir} HUSHTAG_KEY_DIR=${config.keyDir} npx hushtag segment`,
    ].join('\n');
  const bar = startProgress('Scripted visits of the shop in Chromium');
  const report = await visitShop({
    shopOrigin: shop.origin,
    chromiumPath,
    visitors: VISITORS,
    onProgress: (done, total) => bar.update(done, total),
  });
  bar.finish(`${report.visits} visits, ${report.purchases} purchases, ${report.beacons} messages taken`);
  return `${report.visits} scripted visits in a real browser, with ${report.purchases} purchases; ${report.unanswered} visits ended without an answer to their last event.`;
}

const token = (scopes: readonly Scope[]) => ({ scopes, lifeSeconds: TOKEN_SECONDS, label: 'demo' });

async function runDemo(server: RunningNode, shop: Shop, config: Config, once: boolean): Promise<void> {
  const id = requireSiteId(SITE);
  await addSite(server.db, { id, origins: [shop.origin], policy: 'standard', floor: FLOOR, at: Date.now() });
  const site = await findSite(server.db, id);
  if (site === undefined) throw new CliError(1, 'The demo site could not be added.');
  const importToken = await signToken({ config, db: server.db }, site, token(['import']));
  const report = await replayWithProgress({
    collector: new URL(server.origin),
    site: id,
    token: importToken,
    file: exampleFile('data/online_retail.parquet'),
  });
  const skipped = Object.entries(report.lines.skipped)
    .filter(([, lines]) => lines > 0)
    .map(([reason, lines]) => `${lines} ${reason.replaceAll('_', ' ')}`);
  say(
    `\nReplayed ${report.lines.read} invoice lines as ${report.events} events (lines that are no sale: ${skipped.join(', ') || 'none'}).`,
  );
  say(await visit(shop, config));
  // Recency counts from the end of the history, as if it had been read on that day.
  const run = await segmentWithProgress(server.db, config, site, report.lastAt as EpochMs);
  say(
    `\nThe loss ledger of ${id}\n${ledgerTable(await readLedger(server.db, site.row, Math.floor(Date.now() / DAY_MS) - 1))}`,
  );
  say(
    `\n${run.profiles} profiles from ${run.eventsFolded} events of visitors who agreed to profiling.\n\n${clusterTable(run)}`,
  );
  if (once) {
    say('\nRun it without --once and it goes on serving, with the commands that fetch these numbers.');
    return;
  }
  const readToken = await signToken({ config, db: server.db }, site, token(['segments:read', 'ledger:read']));
  say(`\nFetch them (the token is good for a day, on this server only):
  curl -s -H "Authorization: Bearer ${readToken}" ${server.origin}/v1/sites/${id}/segments
  curl -s -H "Authorization: Bearer ${readToken}" ${server.origin}/v1/sites/${id}/ledger
  ${server.origin}/openapi.json   the API's description
  ${shop.origin}   the shop, with the tag`);
}

async function main(once: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hushtag-demo-'));
  const config = { ...requireConfig(), dataDir: join(folder, 'data'), keyDir: join(folder, 'keys'), segmentMinutes: 0 };
  try {
    const server = await startAnywhere(config);
    const shop = await openShop(new URL(server.origin));
    try {
      const stopped = stopAsked().then(() => true);
      const wasStopped = await Promise.race([stopped, runDemo(server, shop, config, once).then(() => false)]);
      if (wasStopped) say('\nStopped before its end; nothing of it is kept.');
      else if (!once) {
        say('\nServing until Ctrl-C.');
        await stopped;
      }
    } finally {
      await shop.close();
      await stopServer(server);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await main(process.argv.includes('--once'));
} catch (fault) {
  const known =
    fault instanceof CliError ||
    fault instanceof StartError ||
    fault instanceof KeyFolderError ||
    fault instanceof CollectError;
  process.stderr.write(`${known ? fault.message : fault instanceof Error ? fault.stack : String(fault)}\n`);
  process.exitCode = 1;
}
