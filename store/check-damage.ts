// store/check-damage.ts: asks SQLite whether the files still are what it wrote.
import { faultCode } from '../core/index.ts';
import type { Db } from './db.ts';

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

/** Counts what is wrong in ground.db alone. */
export const groundFindings = (db: Db, depth: keyof typeof CHECKS): Promise<number> => findings(db, 'main', depth);

/**
 * Counts what is wrong in ground.db and derived.db.
 * @param depth `quick` reads every page and row; `whole` compares every index with its table as well, for several times the work.
 * A value that changed within its row is seen by neither, but where it is indexed: SQLite keeps no checksums of pages.
 */
export async function checkDamage(
  db: Db,
  depth: keyof typeof CHECKS,
): Promise<{ readonly ground_findings: number; readonly derived_findings: number }> {
  return {
    ground_findings: await findings(db, 'main', depth),
    derived_findings: await findings(db, 'derived', depth),
  };
}
