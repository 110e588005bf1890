// edge/collector/write-job.ts: writes what was decided; a withdrawal is not left to a queue, and ends links and segments before the answer.
import type { Choice, WriteJob } from '../../store/index.ts';
import { choiceStatements, leaveOnWithdrawal } from '../../store/index.ts';
import type { Port, WriteRefusal } from '../port.ts';

/** Writes a job with its choices. @returns why nothing of its events was kept, where it was not. */
export async function writeJob(
  port: Pick<Port, 'db' | 'transact' | 'write'>,
  job: WriteJob,
  choices: readonly Choice[] = job.choices ?? [],
): Promise<WriteRefusal | undefined> {
  const withdrawn = choices.filter(({ kind }) => kind === 'withdrawn');
  if (withdrawn.length > 0) await port.transact(withdrawn.flatMap((choice) => choiceStatements(job.site, choice)));
  const granted = choices.filter(({ kind }) => kind === 'granted');
  const refusal = await port.write({ ...job, choices: granted.length === 0 ? undefined : granted });
  // Before the answer: who withdrew is in no segment from then on.
  if (refusal === undefined && choices.length > 0) await leaveOnWithdrawal(port.db, job.site, choices);
  return refusal;
}
