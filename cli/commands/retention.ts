// cli/commands/retention.ts: `hushtag retention`: set how long a site keeps what, purge what is past it, and prove it.
import Table from 'cli-table3';
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import type { DataClass, RetentionDays, RetentionRefusal } from '../../core/index.ts';
import {
  checkRetentionDays,
  DATA_CLASSES,
  EXEMPT_RETENTION,
  RETENTION_DAYS_MAX,
  RETENTION_PRESETS,
  toHex,
} from '../../core/index.ts';
import type { ClassPreview, PurgeReport, RetentionFinding, WithdrawalPurge } from '../../store/index.ts';
import {
  checkRetention,
  previewRetention,
  purgeExpired,
  purgeWithdrawals,
  readClock,
  readRetention,
  setRetention,
} from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { NO_COLOURS } from '../tables.ts';

const HOLDER_BYTES = 8;
const jsonFlag = { type: 'boolean', description: 'Print one line of JSON' } as const;
const presets = Object.entries(RETENTION_PRESETS)
  .map(([name, days]) => `${name} (${DATA_CLASSES.map((one) => `${one} ${days[one]}`).join(', ')} days)`)
  .join(', ');

const REFUSALS: Readonly<Record<RetentionRefusal, string>> = {
  no_days: `Say how long: --preset NAME, or a number of days for ${DATA_CLASSES.map((one) => `--${one}`).join(', ')}. Presets: ${presets}`,
  days_out_of_range: `Limits are whole days from 1 to ${RETENTION_DAYS_MAX}`,
  profiles_outlive_events: 'Profiles can not be kept longer than the events they are made of: lower --profiles',
};

const day = (at: number | undefined): string => (at === undefined ? '—' : new Date(at).toISOString().slice(0, 10));
const daysText = (days: number | undefined): string => (days === undefined ? 'NO LIMIT' : `${days} days`);

function readDays(args: Readonly<Partial<Record<DataClass | 'preset', string | undefined>>>): RetentionDays {
  const preset = args.preset === undefined ? {} : RETENTION_PRESETS[args.preset];
  if (preset === undefined) throw new CliError(2, `--preset must be one of ${presets}`);
  const given = DATA_CLASSES.flatMap((name) => {
    const text = args[name];
    return text === undefined ? [] : [[name, Number(text)] as const];
  });
  const checked = checkRetentionDays({ ...preset, ...Object.fromEntries(given) });
  if (!checked.ok) throw new CliError(2, REFUSALS[checked.error]);
  return checked.value;
}

const setCommand = defineCommand({
  meta: { name: 'set', description: 'Set how long a site keeps what; the next purge removes what is older' },
  args: {
    site: { type: 'positional', required: true, description: 'The site' },
    preset: { type: 'string', description: presets },
    events: { type: 'string', description: 'Days events are kept, counted from the event' },
    profiles: { type: 'string', description: "Days profiles are kept, counted from the visitor's last event" },
    receipts: { type: 'string', description: 'Days receipts of consent are kept, counted from the choice' },
    requests: { type: 'string', description: 'Days privacy requests are kept, counted from their end' },
    audit: { type: 'string', description: 'Days the audit log keeps what an entry says; its place stays' },
    preview: { type: 'boolean', description: 'Set nothing: count what the next purge would remove under these limits' },
    json: jsonFlag,
  },
  run: async ({ args }) => {
    const given = readDays(args);
    const set = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      for (const name of ['events', 'profiles'] as const) {
        const limit = EXEMPT_RETENTION[name];
        if (site.policy.preset !== 'exempt' || (given[name] ?? 0) <= limit) continue;
        throw new CliError(
          2,
          `${site.id} measures without consent (policy exempt): --${name} is at most ${limit} days`,
        );
      }
      const held = (await readRetention(db)).find(({ row }) => row === site.row)?.days;
      // What was not given stays, so the two together are what must fit.
      const together = checkRetentionDays({ ...held, ...given });
      if (!together.ok) throw new CliError(2, REFUSALS[together.error]);
      const now = Date.now() as EpochMs;
      if (args.preview === true)
        return { site: site.id, days: together.value, preview: await previewRetention(db, site, together.value, now) };
      await setRetention(db, site, given, now);
      return { site: site.id, days: together.value };
    });
    const said = DATA_CLASSES.map((name) => `${name} ${daysText(set.days[name])}`).join(', ');
    const words = `${set.site}: ${said}.`;
    print(
      args.json === true,
      set,
      set.preview === undefined
        ? words
        : `${previewTable(set.preview)}\nNothing was set. With ${words.slice(0, -1)}, the next purge removes what the table says, and nothing brings it back but a backup.`,
    );
  },
});

function previewTable(preview: readonly ClassPreview[]): string {
  const table = new Table({ head: ['Class', 'Limit', 'Rows', 'Would go', 'Oldest'], style: NO_COLOURS });
  for (const { class: name, limitDays, rows, wouldGo, oldestAt } of preview)
    table.push([name.replaceAll('_', ' '), daysText(limitDays), String(rows), String(wouldGo), day(oldestAt)]);
  return table.toString();
}

const showCommand = defineCommand({
  meta: { name: 'show', description: 'Show how long each site keeps what' },
  args: { json: jsonFlag },
  run: async ({ args }) => {
    const sites = await withDb(requireConfig(), (db) => readRetention(db));
    const shown = sites.map(({ id, days }) => ({ site: id, days }));
    const table = new Table({ head: ['Site', ...DATA_CLASSES], style: NO_COLOURS });
    table.push(...shown.map(({ site, days }) => [site, ...DATA_CLASSES.map((name) => daysText(days[name]))]));
    print(args.json === true, shown, table.toString());
  },
});

const purgeCommand = defineCommand({
  meta: {
    name: 'purge',
    description: 'Remove everything past its limit and what was withdrawn, in steps that let events in',
  },
  args: { json: jsonFlag },
  run: async ({ args }) => {
    const holder = toHex(crypto.getRandomValues(new Uint8Array(HOLDER_BYTES)));
    const report = await withDb(requireConfig(), async (db) => {
      const now = Date.now() as EpochMs;
      if ((await readClock(db, now)).state === 'ahead') {
        throw new CliError(
          1,
          'Nothing was purged: the clock is further ahead than can be believed (`npx hushtag clock show`). Set it where it is wrong; where it is right say `npx hushtag clock accept`, then purge again.',
        );
      }
      const needs = { db, holder, clock: () => Date.now() };
      // First, as in the schedule: the sweep of the purge takes what they leave without use.
      const withdrawn = await purgeWithdrawals(needs);
      return { ...(await purgeExpired(needs, now)), withdrawn };
    });
    print(args.json === true, report, `${purgeTable(report)}\n${withdrawnText(report.withdrawn)}`);
    if (!report.finished) throw new CliError(1, 'The purge lost its lease on the way; run it again to finish.');
    const busy = report.sites.filter(({ outcome }) => outcome === 'busy').map(({ site }) => site);
    if (busy.length > 0) {
      throw new CliError(1, `The segmenter is at work on ${busy.join(', ')}: nothing of it was purged; run it again.`);
    }
    if (report.withdrawn.busy > 0)
      throw new CliError(1, 'The segmenter was at work: withdrawals wait for the next purge; run it again.');
  },
});

const withdrawnText = ({ withdrawals, events, narrowed }: WithdrawalPurge): string =>
  `${withdrawals} withdrawals were carried out: ${events} events went, ${narrowed} lost a purpose and stay for another.`;

function purgeTable(report: PurgeReport): string {
  const table = new Table({
    head: ['Site', 'Outcome', 'Events', 'Visitors', 'Profiles', 'Records', 'Oldest event left'],
    style: NO_COLOURS,
  });
  for (const { site, outcome, events, visitors, profiles, refold, records, oldestEventAt } of report.sites) {
    const recorded = Object.values(records.rows).reduce((sum, count) => sum + count, 0);
    const dropped = refold ? 'all, to be folded again' : String(profiles);
    table.push([
      site,
      outcome.replaceAll('_', ' '),
      String(events),
      String(visitors),
      dropped,
      String(recorded),
      day(oldestEventAt),
    ]);
  }
  const free =
    report.freeBytes === undefined
      ? ''
      : ` ${report.freedBytes ?? 0} bytes were freed; ${report.freeBytes} of the file are free for reuse.`;
  return `${table.toString()}\n${report.strings} texts were removed that no event uses.${free}`;
}

const checkCommand = defineCommand({
  meta: {
    name: 'check',
    description: 'Prove that nothing past its limit is stored, by queries that share no code with the purge',
  },
  args: { json: jsonFlag },
  run: async ({ args }) => {
    const findings = await withDb(requireConfig(), (db) => checkRetention(db, Date.now()));
    print(args.json === true, findings, findingsTable(findings));
    const broken = findings.filter(({ holds }) => !holds).length;
    if (broken > 0)
      throw new CliError(
        1,
        `${broken} claims do not hold. Set limits with \`npx hushtag retention set\`, then \`npx hushtag retention purge\`.`,
      );
  },
});

function findingsTable(findings: readonly RetentionFinding[]): string {
  const table = new Table({
    head: ['Site', 'Claim', 'Holds', 'Rows against it', 'Limit', 'Oldest'],
    style: NO_COLOURS,
  });
  for (const { site, claim, holds, rows, limitDays, oldestAt } of findings) {
    const limit = limitDays === undefined ? '' : `${limitDays} days`;
    const oldest = oldestAt === undefined ? '' : day(oldestAt);
    table.push([site ?? 'all', claim.replaceAll('_', ' '), holds ? 'yes' : 'NO', String(rows), limit, oldest]);
  }
  return table.toString();
}

/** The command. */
export const retentionCommand = defineCommand({
  meta: { name: 'retention', description: 'How long a site keeps what: set, show, purge, and prove it' },
  subCommands: { set: setCommand, show: showCommand, purge: purgeCommand, check: checkCommand },
});
