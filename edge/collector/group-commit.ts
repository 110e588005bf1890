// edge/collector/group-commit.ts: many requests, one transaction: each waits for the commit that holds its events (D1).
import type { WriteJob } from '../../store/index.ts';
import type { WriteRefusal } from '../port.ts';

/** Jobs waiting for the next commit; past it requests are refused rather than held. */
export const QUEUE_JOBS_MAX = 5_000;
/** Events in one transaction. */
export const COMMIT_EVENTS_MAX = 2_000;

interface Waiting {
  readonly job: WriteJob;
  readonly settle: (refusal: WriteRefusal | undefined) => void;
}

/** A writer and the way to let it finish. */
export interface GroupCommit {
  readonly write: (job: WriteJob) => Promise<WriteRefusal | undefined>;
  /** Jobs that wait for a commit now. */
  readonly waiting: () => number;
  /** Resolves once nothing waits any more. */
  readonly drained: () => Promise<void>;
}

const weight = (job: WriteJob): number => job.rows.length + 1;

/** What a group commit needs of its platform. */
export interface GroupCommitNeeds {
  /** Writes jobs in one transaction: all or none. */
  readonly commit: (jobs: readonly WriteJob[]) => Promise<void>;
  /** Resolves once requests that are ready have been heard; else each would commit alone, behind the one before it. */
  readonly nextTurn: () => Promise<void>;
  readonly onFault: (fault: unknown) => void;
}

/**
 * Commits jobs in order of arrival, as many at once as have gathered while the last commit ran.
 * A failed commit is tried once more job by job, so that one job's fault can't refuse its neighbours'.
 */
export function createGroupCommit({ commit, nextTurn, onFault }: GroupCommitNeeds): GroupCommit {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  const takeGroup = (): Waiting[] => {
    let events = 0;
    const end = waiting.findIndex(({ job }) => (events += weight(job)) > COMMIT_EVENTS_MAX);
    const count = end === -1 ? waiting.length : Math.max(1, end);
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return group;
  };

  const commitOne = async ({ job, settle }: Waiting): Promise<void> => {
    try {
      await commit([job]);
      settle(undefined);
    } catch (fault) {
      onFault(fault);
      settle('storage_unavailable');
    }
  };

  /** @returns those who are to be answered that they are committed. */
  const commitGroup = async (group: readonly Waiting[]): Promise<readonly Waiting[]> => {
    try {
      await commit(group.map(({ job }) => job));
      return group;
    } catch {
      for (const one of group) await commitOne(one);
      return [];
    }
  };

  const run = async (): Promise<void> => {
    let committed: readonly Waiting[] = [];
    const answer = (): void => {
      for (const { settle } of committed) settle(undefined);
      committed = [];
    };
    for (;;) {
      if (waiting.length === 0 || committed.length === 0) {
        answer();
        await nextTurn();
        if (waiting.length === 0) break;
      }
      const next = commitGroup(takeGroup());
      // Behind the order for the next commit: the writer would stand still for as long as the answers take.
      answer();
      committed = await next;
    }
    running = undefined;
  };

  return {
    write: (job) => {
      if (waiting.length >= QUEUE_JOBS_MAX) return Promise.resolve('queue_full');
      return new Promise((settle) => {
        waiting.push({ job, settle });
        running ??= run();
      });
    },
    waiting: () => waiting.length,
    drained: () => running ?? Promise.resolve(),
  };
}
