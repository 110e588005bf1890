#!/usr/bin/env node
// cli/main.ts: the `hushtag` command. Exit codes: 0 done, 1 the work failed, 2 the call or the configuration is wrong.
import type { ArgsDef, CommandDef } from 'citty';
import { defineCommand, renderUsage, runCommand } from 'citty';
import { stripVTControlCharacters } from 'node:util';
import { KeyFolderError, StartError, storageAdvice } from '../runtime/index.ts';
import { accountCommand } from './commands/account.ts';
import { auditCommand } from './commands/audit.ts';
import { backupCommand, restoreCommand } from './commands/backup.ts';
import { botsCommand } from './commands/bots.ts';
import { clockCommand } from './commands/clock.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { destinationCommand } from './commands/destination.ts';
import { devDatabaseCommand } from './commands/dev-database.ts';
import { doctorCommand } from './commands/doctor.ts';
import { erasureCommand } from './commands/erasure.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { loginCodeCommand } from './commands/login-code.ts';
import { migrateCommand } from './commands/migrate.ts';
import { privacyCommand } from './commands/privacy.ts';
import { planCommand } from './commands/plan.ts';
import { policyCommand } from './commands/policy.ts';
import { replayCommand } from './commands/replay.ts';
import { retentionCommand } from './commands/retention.ts';
import { saltsCommand } from './commands/salts.ts';
import { segmentCommand } from './commands/segment.ts';
import { segmentsCommand } from './commands/segments.ts';
import { serveCommand } from './commands/serve.ts';
import { siteCommand } from './commands/site.ts';
import { tokenCommand } from './commands/token.ts';
import { tokensCommand } from './commands/tokens.ts';
import { CliError } from './context.ts';
import { unknownArgument } from './known-arguments.ts';
import { CollectError } from './replay/index.ts';
import { VERSION } from './version.ts';

const mainCommand = defineCommand({
  meta: { name: 'hushtag', version: VERSION, description: 'First-party, consent-aware analytics and segments' },
  subCommands: {
    serve: serveCommand,
    migrate: migrateCommand,
    backup: backupCommand,
    restore: restoreCommand,
    doctor: doctorCommand,
    site: siteCommand,
    token: tokenCommand,
    tokens: tokensCommand,
    'login-code': loginCodeCommand,
    replay: replayCommand,
    import: importCommand,
    export: exportCommand,
    segment: segmentCommand,
    segments: segmentsCommand,
    audit: auditCommand,
    retention: retentionCommand,
    erasure: erasureCommand,
    account: accountCommand,
    salts: saltsCommand,
    clock: clockCommand,
    bots: botsCommand,
    plan: planCommand,
    policy: policyCommand,
    'dead-letters': deadLettersCommand,
    privacy: privacyCommand,
    destination: destinationCommand,
    'dev-database': devDatabaseCommand,
  },
});

interface Found {
  readonly command: CommandDef;
  /** Words of the line that name it. */
  readonly depth: number;
}

/** Finds the command that a line of arguments names. */
function commandOf(rawArgs: readonly string[]): Found {
  let found: Found = { command: mainCommand, depth: 0 };
  for (const name of rawArgs) {
    const children = found.command.subCommands as Readonly<Record<string, CommandDef>> | undefined;
    const child = children !== undefined && Object.hasOwn(children, name) ? children[name] : undefined;
    if (child === undefined) break;
    found = { command: child, depth: found.depth + 1 };
  }
  return found;
}

// Commands here declare their arguments as plain objects, and those with commands below them declare none.
const argsOf = (command: CommandDef): ArgsDef => (command.args ?? {}) as ArgsDef;

/** Prints how a command is called, under its whole name; without colours where no person reads it. */
async function printUsage({ command, depth }: Found, rawArgs: readonly string[]): Promise<void> {
  const above = ['hushtag', ...rawArgs.slice(0, depth)].slice(0, -1).join(' ');
  const text = await renderUsage(command, depth === 0 ? undefined : { meta: { name: above } });
  process.stdout.write(`${process.stdout.isTTY ? text : stripVTControlCharacters(text)}\n`);
}

const isUsageError = (fault: unknown): fault is Error => fault instanceof Error && fault.name === 'CLIError';

async function main(rawArgs: string[]): Promise<number> {
  const found = commandOf(rawArgs);
  const { command, depth } = found;
  if (rawArgs.length === 0 || rawArgs.includes('--help') || rawArgs.includes('-h')) {
    await printUsage(found, rawArgs);
    return rawArgs.length === 0 ? 2 : 0;
  }
  if (rawArgs.length === 1 && rawArgs[0] === '--version') {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  // A name that is no command is citty's to refuse.
  const unknown =
    command.subCommands !== undefined ? undefined : unknownArgument(rawArgs.slice(depth), argsOf(command));
  if (unknown !== undefined) {
    process.stderr.write(`${unknown}.\nSee \`hushtag ${rawArgs.slice(0, depth).join(' ')} --help\`.\n`);
    return 2;
  }
  try {
    await runCommand(mainCommand, { rawArgs });
    return 0;
  } catch (fault) {
    if (isUsageError(fault)) {
      // Only what names a command helps: a name there is none of would lead to the same refusal.
      const help = ['hushtag', ...rawArgs.slice(0, depth), '--help'].join(' ');
      process.stderr.write(`${stripVTControlCharacters(fault.message)}\nSee \`${help}\`.\n`);
      return 2;
    }
    if (fault instanceof CliError) {
      process.stderr.write(`${fault.message}\n`);
      return fault.exitCode;
    }
    if (fault instanceof StartError || fault instanceof KeyFolderError || fault instanceof CollectError) {
      process.stderr.write(`${fault.message}\n`);
      return 1;
    }
    const advice = storageAdvice(fault);
    if (advice === undefined) throw fault;
    process.stderr.write(`${advice}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
