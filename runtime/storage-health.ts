// runtime/storage-health.ts: whether the last commit worked, and what an operator should do where it did not.
import { faultCode } from '../core/index.ts';
import type { Port } from '../edge/index.ts';

const ADVICE: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'The disk is full: free space in the data folder; collecting goes on by itself.',
  SQLITE_READONLY: 'The database can not be written: give its files and folder back to this user.',
  SQLITE_IOERR: 'The disk answers with errors: check it and the space left; collecting goes on by itself.',
  SQLITE_CORRUPT: 'ground.db is damaged: stop the server and restore it from a backup.',
  SQLITE_NOTADB: 'ground.db is no database any more: stop the server and restore it from a backup.',
  SQLITE_BUSY: 'Another program holds the database: end it, or wait for it.',
  database_damaged:
    'A check of ground.db found it damaged: stop the server, copy the data folder aside, restore ground.db from a backup. `/readyz` fails until then.',
  writer_ended: 'The writer thread ended and was started anew; if this repeats, look at memory and disk.',
};

/** Causes followed from a fault to the one that SQLite told. */
const CAUSES_MAX = 8;

/**
 * What to do about a fault of the database, or undefined where it is of something else. The fault's own message is left
 * out: the libraries put the statement and its values into it (P1).
 */
export function storageAdvice(fault: unknown): string | undefined {
  let one = fault;
  for (let depth = 0; depth < CAUSES_MAX && one !== undefined; depth += 1) {
    const code = faultCode(one);
    const known = Object.keys(ADVICE).find((name) => code === name || code.startsWith(`${name}_`));
    if (known !== undefined) return `The database failed (${code}). ${ADVICE[known] ?? ''}`;
    one = one instanceof Error ? one.cause : undefined;
  }
  return undefined;
}

/** Remembers how commits end. */
export interface StorageHealth {
  readonly worked: () => void;
  readonly failed: (code: string) => void;
  /** A check found the file damaged: no commit that works makes this good. */
  readonly damaged: () => void;
  /** Damage, or the code of the last commit's fault, or undefined where it worked. */
  readonly fault: () => string | undefined;
}

/** Says a fault once with what to do, and once when it is over: not once a request. */
export function watchStorage(log: Port['log']): StorageHealth {
  let current: string | undefined;
  let isDamaged = false;
  const say = (code: string): void =>
    log('error', 'storage_failed', {
      code,
      advice: ADVICE[code] ?? 'See the code; nothing of the refused messages was kept.',
    });
  return {
    worked: () => {
      if (current !== undefined) log('info', 'storage_recovered', { code: current });
      current = undefined;
    },
    failed: (code) => {
      if (current !== code) say(code);
      current = code;
    },
    damaged: () => {
      say('database_damaged');
      isDamaged = true;
    },
    fault: () => (isDamaged ? 'database_damaged' : current),
  };
}
