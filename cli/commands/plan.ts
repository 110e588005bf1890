// cli/commands/plan.ts: `hushtag plan`: the events a site expects: set, show, check, and types for its own code.
import { readFile, writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { defineCommand } from 'citty';
import { DAY_MS } from '../../contract/index.ts';
import type { TrackingPlan } from '../../core/index.ts';
import { faultCode, parsePlan, planTypes } from '../../core/index.ts';
import type { Db, PlanFindingCount, Site, StoredPlan } from '../../store/index.ts';
import { dropTrackingPlan, readPlanFindings, readTrackingPlan, setTrackingPlan } from '../../store/index.ts';
import { CliError, print, requireConfig, requireSite, withDb } from '../context.ts';
import { NO_COLOURS } from '../tables.ts';

const FINDING_DAYS = 7;
const siteArgument = { type: 'positional', required: true, description: 'The site' } as const;
const fileArgument = { type: 'positional', required: true, description: 'The plan, a JSON file' } as const;
const json = { type: 'boolean', description: 'Print one line of JSON' } as const;

interface ReadPlan {
  readonly plan: TrackingPlan;
  readonly text: string;
}

/** Reads and checks a file, or fails with every problem of it and where. */
async function requirePlan(path: string): Promise<ReadPlan> {
  const text = await readFile(path, 'utf8').catch((fault: unknown) => {
    throw new CliError(2, `${path} can not be read (${faultCode(fault)}).`);
  });
  const plan = parsePlan(text);
  if (plan.ok) return { plan: plan.value, text: JSON.stringify(JSON.parse(text)) };
  const lines = plan.error.map(({ pointer, problem }) => `  - ${pointer || 'the file'} ${problem}`);
  throw new CliError(1, `${path} is no tracking plan:\n${lines.join('\n')}`);
}

async function requireStored(db: Db, site: Site, version?: number): Promise<StoredPlan> {
  const stored = await readTrackingPlan(db, site.row, version);
  if (stored !== undefined) return stored;
  const which = version === undefined ? 'no tracking plan' : `no version ${version} of a tracking plan`;
  throw new CliError(1, `${site.id} has ${which}: set one with \`npx hushtag plan set ${site.id} FILE\`.`);
}

function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CliError(2, '--version must be a whole number from 1.');
}

const summary = (plan: TrackingPlan): string =>
  `${Object.keys(plan.events).length} events; unknown events: ${plan.unknownEvents}, unknown properties: ${plan.unknownProperties}, mismatches: ${plan.mismatches}`;

const setCommand = defineCommand({
  meta: { name: 'set', description: 'Check a plan and put it in force as the next version' },
  args: { site: siteArgument, file: fileArgument, json },
  run: async ({ args }) => {
    const { plan, text } = await requirePlan(args.file);
    const { site, version } = await withDb(requireConfig(), async (db) => {
      const found = await requireSite(db, args.site);
      return { site: found.id, version: await setTrackingPlan(db, found, text, Date.now()) };
    });
    print(args.json === true, { site, version }, `${site} has version ${version} of its plan: ${summary(plan)}.`);
  },
});

const removeCommand = defineCommand({
  meta: { name: 'remove', description: 'Take events without a plan again; its versions stay' },
  args: { site: siteArgument, json },
  run: async ({ args }) => {
    const site = await withDb(requireConfig(), async (db) => {
      const found = await requireSite(db, args.site);
      await dropTrackingPlan(db, found, Date.now());
      return found.id;
    });
    print(args.json === true, { site, version: null }, `${site} has no plan in force.`);
  },
});

function findingsTable(findings: readonly PlanFindingCount[]): string {
  if (findings.length === 0) return `No event had anything against it in the last ${FINDING_DAYS} days.`;
  const table = new Table({
    head: ['Day', 'Became', 'Reason', 'Event', 'Property', 'Events'],
    colAligns: ['left', 'left', 'left', 'left', 'left', 'right'],
    style: NO_COLOURS,
  });
  for (const { day, mode, reason, event, property, events } of findings) {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    const became = mode === 'warn' ? 'stored' : 'refused';
    table.push([date, became, reason.replaceAll('_', ' '), event || '—', property || '—', String(events)]);
  }
  return table.toString();
}

const showCommand = defineCommand({
  meta: {
    name: 'show',
    description: `Show the plan in force, and what events of the last ${FINDING_DAYS} days had against it`,
  },
  args: { site: siteArgument, version: { type: 'string', description: 'Another version than the one in force' }, json },
  run: async ({ args }) => {
    const shown = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const { version, setAt, plan } = await requireStored(db, site, versionOf(args.version));
      const findings = await readPlanFindings(db, site.row, Math.floor(Date.now() / DAY_MS) - FINDING_DAYS);
      return { site: site.id, version, setAt, plan: JSON.parse(plan) as TrackingPlan, findings };
    });
    const { site, version, setAt, plan, findings } = shown;
    const head = `${site}, version ${version}, set ${new Date(setAt).toISOString()}`;
    print(args.json === true, shown, `${head}\n${JSON.stringify(plan, null, 2)}\n${findingsTable(findings)}`);
  },
});

const checkCommand = defineCommand({
  meta: { name: 'check', description: 'Check a plan without setting it; needs no database' },
  args: { file: fileArgument, json },
  run: async ({ args }) => {
    const { plan } = await requirePlan(args.file);
    print(args.json === true, { events: Object.keys(plan.events) }, `A tracking plan: ${summary(plan)}.`);
  },
});

const typesCommand = defineCommand({
  meta: { name: 'types', description: "Print TypeScript types for the tag's calls" },
  args: {
    site: siteArgument,
    version: { type: 'string', description: 'Another version than the one in force' },
    out: { type: 'string', description: 'Write them to this file, such as hushtag-plan.d.ts' },
  },
  run: async ({ args }) => {
    const types = await withDb(requireConfig(), async (db) => {
      const site = await requireSite(db, args.site);
      const { version, plan } = await requireStored(db, site, versionOf(args.version));
      const parsed = parsePlan(plan);
      if (!parsed.ok) throw new CliError(1, `Version ${version} can not be read by this release: set the plan again.`);
      return planTypes(parsed.value, `version ${version} of the tracking plan of ${site.id}`);
    });
    if (args.out === undefined) process.stdout.write(types);
    else {
      await writeFile(args.out, types).catch((fault: unknown) => {
        throw new CliError(1, `${args.out} can not be written (${faultCode(fault)}).`);
      });
      process.stdout.write(`Wrote ${args.out}.\n`);
    }
  },
});

/** The command. */
export const planCommand = defineCommand({
  meta: { name: 'plan', description: "A site's tracking plan: which events and properties it expects" },
  subCommands: {
    set: setCommand,
    show: showCommand,
    check: checkCommand,
    types: typesCommand,
    remove: removeCommand,
  },
});
