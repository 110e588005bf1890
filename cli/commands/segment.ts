// cli/commands/segment.ts: `hushtag segment`: one run of the segmenter by hand.
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import { DAY_MS } from '../../contract/index.ts';
import type { Config } from '../../runtime/index.ts';
import { configuredKeys, openHistory, segmentSite } from '../../runtime/index.ts';
import type { RunSummary } from '../../segmenter/index.ts';
import type { Db, Site } from '../../store/index.ts';
import { listSites } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import type { Progress } from '../progress.ts';
import { startProgress } from '../progress.ts';
import { clusterTable } from '../report.ts';

const STAGE_TITLES = {
  fold: 'Folding events',
  features: 'Reading profiles',
  clusters: 'Finding clusters',
  rules: 'Judging rules',
  publish: 'Publishing',
  insights: 'Finding what else there is',
} as const;

/** Runs one site with a progress bar a stage. @throws {CliError} another run of the site is going on. */
export async function segmentWithProgress(db: Db, config: Config, site: Site, asOf?: EpochMs): Promise<RunSummary> {
  let current: { readonly stage: string; readonly bar: Progress } | undefined;
  const run = await segmentSite(
    {
      db,
      keys: await configuredKeys(config),
      now: () => Date.now() as EpochMs,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      ...(config.remote === undefined ? { history: openHistory(config, db) } : {}),
      ...(asOf === undefined ? {} : { asOf }),
      onProgress: (stage, done, total) => {
        if (current?.stage !== stage) {
          current?.bar.finish(`${STAGE_TITLES[current.stage as keyof typeof STAGE_TITLES]}: done`);
          current = { stage, bar: startProgress(STAGE_TITLES[stage]) };
        }
        current.bar.update(done, total);
      },
    },
    site,
  );
  current?.bar.finish(run.ok ? `Segmented ${site.id}` : `Stopped: ${run.error}`);
  if (run.ok) return run.value;
  throw new CliError(
    1,
    `Another run of ${site.id} is going on (${run.error}); wait for it to end. The last release stays.`,
  );
}

/** Reads a UTC day; the last instant of it counts. */
function readDay(text: string): EpochMs {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(start)) throw new CliError(2, '--as-of must be a day such as 2011-06-30');
  return (start + DAY_MS - 1) as EpochMs;
}

/** The command. */
export const segmentCommand = defineCommand({
  meta: { name: 'segment', description: 'Fold new events, find clusters and publish them' },
  args: {
    site: { type: 'string', description: 'One site; every site where absent' },
    'as-of': {
      type: 'string',
      description: 'Compute traits as of this day (YYYY-MM-DD), for a history that ended before today',
    },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const asOf = args['as-of'] === undefined ? undefined : readDay(args['as-of']);
    const config = requireConfig();
    await withDb(config, async (db) => {
      const sites = args.site === undefined ? await listSites(db) : [await requireSite(db, args.site)];
      if (sites.length === 0) throw new CliError(1, 'There are no sites yet: add one with `npx hushtag site add`.');
      const runs: { readonly site: string; readonly run: RunSummary }[] = [];
      for (const site of sites) runs.push({ site: site.id, run: await segmentWithProgress(db, config, site, asOf) });
      const texts = runs.map(
        ({ site, run }) =>
          `${site}: ${run.eventsFolded} events folded, ${run.profiles} profiles (${run.outcome})\n${clusterTable(run)}`,
      );
      print(args.json === true, runs, texts.join('\n\n'));
    });
  },
});
