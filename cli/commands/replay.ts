// cli/commands/replay.ts: `hushtag replay`: posts the example shop's history to a collector.
import { defineCommand } from 'citty';
import { CliError, print, requireConfig } from '../context.ts';
import { startProgress } from '../progress.ts';
import type { ReplayReport } from '../replay/index.ts';
import { CONCURRENCY_DEFAULT, CONCURRENCY_MAX, exampleFile, replay } from '../replay/index.ts';

/** Replays with a progress bar and says what it came to. */
export async function replayWithProgress(options: Parameters<typeof replay>[0]): Promise<ReplayReport> {
  const bar = startProgress('Replaying invoices');
  try {
    const report = await replay({ ...options, onProgress: (done, total) => bar.update(done, total) });
    bar.finish(
      `Replayed ${report.events} events in ${report.seconds.toFixed(1)} s (${Math.round(report.eventsPerSecond)} events/s)`,
    );
    return report;
  } catch (fault) {
    bar.fail('The replay stopped; replaying again stores nothing twice');
    throw fault;
  }
}

/** The command. */
export const replayCommand = defineCommand({
  meta: { name: 'replay', description: 'Replay the UCI Online Retail invoices through POST /v1/collect' },
  args: {
    site: { type: 'string', required: true, description: 'The site the events are for' },
    token: { type: 'string', required: true, description: 'A token with the scope import' },
    collector: { type: 'string', description: 'Where the edge listens; http://127.0.0.1 and PORT unless given' },
    file: { type: 'string', description: 'Another Parquet file of the same columns' },
    concurrency: { type: 'string', default: String(CONCURRENCY_DEFAULT), description: 'Requests under way at once' },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const collector = args.collector ?? `http://127.0.0.1:${requireConfig().port}`;
    if (!URL.canParse(collector)) throw new CliError(2, '--collector must be a URL');
    const concurrency = Number(args.concurrency);
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > CONCURRENCY_MAX) {
      throw new CliError(2, `--concurrency must be a whole number from 1 to ${CONCURRENCY_MAX}`);
    }
    const file = args.file ?? exampleFile('data/online_retail.parquet');
    const report = await replayWithProgress({
      collector: new URL(collector),
      site: args.site,
      token: args.token,
      file,
      concurrency,
    });
    const refused = Object.entries(report.refused).map(([reason, events]) => `${events} ${reason}`);
    print(
      args.json === true,
      report,
      `${report.accepted} of ${report.events} events accepted${refused.length > 0 ? `; refused: ${refused.join(', ')}` : ''}.`,
    );
  },
});
