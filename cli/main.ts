#!/usr/bin/env node
// cli/main.ts: the `hushtag` command. Exit codes: 0 done, 1 the work failed, 2 the call or the configuration is wrong.
import { renderUsage, runCommand } from 'citty';
import { stripVTControlCharacters } from 'node:util';
import { KeyFolderError, StartError, storageAdvice } from '../runtime/index.ts';
import type { Found } from './command-line.ts';
import { argsOf, commandOf, mainCommand } from './command-line.ts';
import { CliError } from './context.ts';
import { unknownArgument } from './known-arguments.ts';
import { CollectError } from './replay/index.ts';
import { VERSION } from './version.ts';

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
