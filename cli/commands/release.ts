// cli/commands/release.ts: `hushtag release`: the versions of a site's segments, and going back to one.
import { defineCommand } from 'citty';
import { toHex } from '../../core/index.ts';
import type { Db, ReleaseRefusal } from '../../store/index.ts';
import { readHold, readVersions, resumeReleases, rollBack } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { segmentWithProgress } from './segment.ts';

const HOLDER_BYTES = 8;
const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const json = { type: 'boolean', description: 'Print one line of JSON' } as const;

const needsOf = (db: Db) => ({
  db,
  holder: toHex(crypto.getRandomValues(new Uint8Array(HOLDER_BYTES))),
  clock: () => Date.now(),
});

function refusalText(reason: ReleaseRefusal): string {
  switch (reason) {
    case 'busy':
      return 'A run of the segmenter goes on: wait for it to end.';
    case 'unknown_version':
      return 'That version is not kept: `hushtag release list` says which are.';
    case 'not_held':
      return 'No version is held: runs release new ones already.';
  }
}

const listCommand = defineCommand({
  meta: { name: 'list', description: 'List the versions of the segments that are kept' },
  args: { site: siteArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const releases = await readVersions(db, site.row);
      const isHeld = (await readHold(db, site.row)) !== undefined;
      const lines = releases.map(({ version, at, isReleased }) => {
        const mark = isReleased ? (isHeld ? '  released, held' : '  released') : '';
        return `${String(version).padStart(6)}  ${new Date(at).toISOString()}${mark}`;
      });
      const text = lines.length === 0 ? `${site.id} has no releases yet.` : lines.join('\n');
      print(args.json === true, { site: site.id, held: isHeld, releases }, text);
    }),
});

const rollbackCommand = defineCommand({
  meta: { name: 'rollback', description: 'Go back to a version, hold it, and put everybody where it says' },
  args: { site: siteArgument, version: { type: 'positional', required: true, description: 'The version' }, json },
  run: ({ args }) => {
    if (!/^[1-9]\d{0,8}$/.test(args.version)) throw new CliError(2, 'The version is a whole number.');
    const config = requireConfig();
    return withDb(config, async (db) => {
      const site = await requireSite(db, args.site);
      const done = await rollBack(needsOf(db), site, Number(args.version), 'command');
      if (!done.ok) throw new CliError(1, `${refusalText(done.error)} Nothing was changed.`);
      const run = await segmentWithProgress(db, config, site);
      print(
        args.json === true,
        { site: site.id, version: run.version, held: true },
        `${site.id} is back at version ${run.version} and stays there: \`hushtag release resume ${site.id}\` lets runs go on.`,
      );
    });
  },
});

const resumeCommand = defineCommand({
  meta: { name: 'resume', description: 'Let runs release new versions again' },
  args: { site: siteArgument, json },
  run: ({ args }) =>
    withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const done = await resumeReleases(needsOf(db), site, 'command');
      if (!done.ok) throw new CliError(1, refusalText(done.error));
      print(args.json === true, { site: site.id, held: false }, `The next run of ${site.id} releases a new version.`);
    }),
});

/** The command. */
export const releaseCommand = defineCommand({
  meta: { name: 'release', description: 'Versions of segments: list them, go back to one, go on' },
  subCommands: { list: listCommand, rollback: rollbackCommand, resume: resumeCommand },
});
