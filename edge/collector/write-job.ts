// edge/collector/write-job.ts: writes what was decided; a withdrawal is not left to a queue, and ends links and segments before the answer.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import type { Choice, SiteRow, WriteJob } from '../../store/index.ts';
import { choiceStatements, keptChoicesOf, leaveOnWithdrawal, NOBODY_KEPT } from '../../store/index.ts';
import type { Port, WriteRefusal } from '../port.ts';

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Writes a job with its choices.
 * @returns the keys of the visitors among those choices who have withdrawn; or why nothing of the events was kept.
 */
export async function writeJob(
  port: Pick<Port, 'db' | 'keepApart' | 'transact' | 'write'>,
  job: WriteJob,
  choices: readonly Choice[] = job.choices ?? [],
): Promise<Result<ReadonlySet<string>, WriteRefusal>> {
  const withdrawn = choices.filter(({ kind }) => kind === 'withdrawn');
  if (withdrawn.length > 0) await port.transact(withdrawn.flatMap((choice) => choiceStatements(job.site, choice)));
  const granted = choices.filter(({ kind }) => kind === 'granted');
  const refusal = await port.write({ ...job, choices: granted.length === 0 ? undefined : granted });
  // Before the answer: who withdrew is in no segment from then on.
  const hasChoices = refusal === undefined && choices.length > 0;
  const ended = hasChoices ? await leaveOnWithdrawal(port.db, job.site, choices) : NOBODY;
  // Also where the events were refused: a withdrawal that is written is in force.
  await keepChoicesApart(port, job.site, refusal === undefined ? choices : withdrawn);
  return refusal === undefined ? ok(ended) : err(refusal);
}

/**
 * Tells the second place who took consent back, by choices that are written. Where it can't be written the choice stands all the
 * same, and the schedule tells it: what a visitor withdrew must not wait for another disk.
 */
export async function keepChoicesApart(
  { db, keepApart }: Pick<Port, 'db' | 'keepApart'>,
  site: SiteRow,
  choices: readonly Choice[],
): Promise<void> {
  if (keepApart === undefined) return;
  const kept = await keptChoicesOf(db, site, choices);
  const [first] = kept;
  // Named by what it says: told again it is written over.
  if (first !== undefined)
    await keepApart({ name: `${first.digest}-${first.chosenAt}`, kept: { ...NOBODY_KEPT, choices: kept } });
}
