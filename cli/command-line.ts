// cli/command-line.ts: every command by its name, and which of them a line of arguments calls.
import type { ArgsDef, CommandDef } from 'citty';
import { defineCommand } from 'citty';
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
import { exportsCommand } from './commands/exports.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { loginCodeCommand } from './commands/login-code.ts';
import { mcpCommand } from './commands/mcp.ts';
import { migrateCommand } from './commands/migrate.ts';
import { privacyCommand } from './commands/privacy.ts';
import { planCommand } from './commands/plan.ts';
import { policyCommand } from './commands/policy.ts';
import { releaseCommand } from './commands/release.ts';
import { replayCommand } from './commands/replay.ts';
import { retentionCommand } from './commands/retention.ts';
import { saltsCommand } from './commands/salts.ts';
import { segmentCommand } from './commands/segment.ts';
import { segmentsCommand } from './commands/segments.ts';
import { traitsCommand } from './commands/traits.ts';
import { serveCommand } from './commands/serve.ts';
import { receiptCommand } from './commands/receipt.ts';
import { siteCommand } from './commands/site.ts';
import { tokenCommand } from './commands/token.ts';
import { tokensCommand } from './commands/tokens.ts';
import { VERSION } from './version.ts';

/** The command `hushtag`. */
export const mainCommand: CommandDef = defineCommand({
  meta: { name: 'hushtag', version: VERSION, description: 'First-party, consent-aware analytics and segments' },
  subCommands: {
    init: initCommand,
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
    exports: exportsCommand,
    segment: segmentCommand,
    segments: segmentsCommand,
    traits: traitsCommand,
    release: releaseCommand,
    audit: auditCommand,
    retention: retentionCommand,
    erasure: erasureCommand,
    receipt: receiptCommand,
    account: accountCommand,
    salts: saltsCommand,
    clock: clockCommand,
    bots: botsCommand,
    plan: planCommand,
    policy: policyCommand,
    'dead-letters': deadLettersCommand,
    privacy: privacyCommand,
    destination: destinationCommand,
    mcp: mcpCommand,
    'dev-database': devDatabaseCommand,
  },
});

/** A command as a line names it. */
export interface Found {
  readonly command: CommandDef;
  /** Words of the line that name it. */
  readonly depth: number;
}

/** Finds the command that a line of arguments names. */
export function commandOf(rawArgs: readonly string[]): Found {
  let found: Found = { command: mainCommand, depth: 0 };
  for (const name of rawArgs) {
    const children = found.command.subCommands as Readonly<Record<string, CommandDef>> | undefined;
    const child = children !== undefined && Object.hasOwn(children, name) ? children[name] : undefined;
    if (child === undefined) break;
    found = { command: child, depth: found.depth + 1 };
  }
  return found;
}

/** What a command takes. Ours declare it as plain objects, and those with commands below them declare nothing. */
export const argsOf = (command: CommandDef): ArgsDef => (command.args ?? {}) as ArgsDef;
