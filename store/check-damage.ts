// store/check-damage.ts: asks SQLite whether the files still are what it wrote.
import { faultCode } from '../core/index.ts';
import type { Db } from './db.ts';
import { checkEventSums } from './event-sums.ts';

/** Findings that are counted; one is enough to know. */
const FINDINGS_MAX = 100;
const DAMAGE = /^SQLITE_(?:CORRUPT|NOTADB)/;

const CHECKS = { quick: 'quick_check', whole: 'integrity_check' } as const;

async function findings(db: Db, file: 'main' | 'derived', depth: keyof typeof CHECKS): Promise<number> {
  try {
    const { rows } = await db.client.execute(`PRAGMA ${file}.${CHECKS[depth]}(${FINDINGS_MAX})`);
    return rows.filter((row) => row[0] !== 'ok').length;
  } catch (fault) {
    if (DAMAGE.test(faultCode(fault))) return 1;
    throw fault;
  }
}

/**
 * Counts what is wrong in ground.db alone.
 * @param makesSums also makes the sums of events that are missing; a copy stays as it is.
 */
export async function groundFindings(db: Db, depth: keyof typeof CHECKS, makesSums = false): Promise<number> {
  const found = await findings(db, 'main', depth);
  // Where pages are damaged, reading rows by them may fail or say anything.
  return found > 0 || depth === 'quick' ? found : checkEventSums(db, { findingsMax: FINDINGS_MAX, makesSums });
}

/**
 * Counts what is wrong in ground.db and derived.db.
 * @param depth `quick` reads every page and row; `whole` compares every index with its table as well, and every event with the sum of its block,
 * for several times the work. SQLite keeps no checksums of pages: a value that changed within its row is seen where it is indexed or an event's.
 */
export async function checkDamage(
  db: Db,
  depth: keyof typeof CHECKS,
): Promise<{ readonly ground_findings: number; readonly derived_findings: number }> {
  return {
    ground_findings: await groundFindings(db, depth, true),
    derived_findings: await findings(db, 'derived', depth),
  };
}
