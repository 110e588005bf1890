// cli/commands/receipt.ts: `hushtag receipt`: check what somebody was given after an erasure, with the public key alone.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { defineCommand } from 'citty';
import { noteVerifierFrom } from '../../core/index.ts';
import type { ErasureReceipt } from '../../store/index.ts';
import { readErasureReceipt } from '../../store/index.ts';
import { CliError, print } from '../context.ts';

/** A receipt is some hundred characters; a file that is longer holds something else. */
const RECEIPT_CHARS_MAX = 65_536;

async function readReceipt(file: string): Promise<string> {
  const held = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8').catch(() => undefined);
  if (held === undefined) throw new CliError(1, `${file} can not be read.`);
  return held.slice(0, RECEIPT_CHARS_MAX).trim();
}

function sentences({ receipt, site, erasedAt, rows, destinations }: ErasureReceipt): string {
  const told = destinations.map(({ name, told: isTold }) => `${name} ${isTold ? 'was told' : 'was NOT told'}`);
  const { events, visitors, strings } = rows;
  return `Sound: receipt ${receipt} of ${site}, ${new Date(erasedAt).toISOString()}: ${events} events, ${visitors} visitors and ${strings} texts were erased. ${told.length === 0 ? 'No destination was registered. Files exported before are not reached, nor backups until they expire.' : `${told.join(', ')}.`}`;
}

const verifyCommand = defineCommand({
  meta: {
    name: 'verify',
    description: 'Check a receipt of an erasure offline: nothing is needed but it and the public key',
  },
  args: {
    file: { type: 'positional', required: true, description: 'The file with the receipt; - for standard input' },
    key: { type: 'string', required: true, description: 'The public key, as `hushtag audit key` prints it' },
    json: { type: 'boolean', description: 'Print one line of JSON' },
  },
  run: async ({ args }) => {
    const verifier = await noteVerifierFrom(args.key);
    if (verifier === undefined)
      throw new CliError(2, '--key is no public key: copy all of what `hushtag audit key` prints');
    const receipt = await readErasureReceipt(await readReceipt(args.file), verifier.key);
    if (receipt === undefined) {
      if (args.json === true) print(true, { sound: false }, '');
      throw new CliError(1, `NOT SOUND: ${args.file}. This key did not sign it, or it was altered.`);
    }
    print(args.json === true, { sound: true, ...receipt }, sentences(receipt));
  },
});

/** The command. */
export const receiptCommand = defineCommand({
  meta: { name: 'receipt', description: 'Check the receipt of an erasure' },
  subCommands: { verify: verifyCommand },
});
