// edge/collector/group-commit.test.ts: a 2xx follows the commit that holds its events, and a queue has an end (D1).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WriteJob } from '../../store/index.ts';
import type { GroupCommitNeeds } from './group-commit.ts';
import { COMMIT_EVENTS_MAX, createGroupCommit, QUEUE_JOBS_MAX } from './group-commit.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const needs = (
  commit: (jobs: readonly WriteJob[]) => Promise<void>,
  onFault: (fault: unknown) => void = () => undefined,
): GroupCommitNeeds => ({ commit, nextTurn, onFault });
const job = (site: number, rows = 0): WriteJob => ({
  site,
  day: 0,
  rows: Array.from({ length: rows }, () => ({
    id: '',
    at: 0,
    name: '',
    linked: 0 as const,
    purposes: 0,
    policyVersion: 1,
  })),
  ledger: [],
});

describe('D1: group commit', () => {
  it('answers after the commit, never before', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let answered = false;
    const commits = createGroupCommit(needs(() => gate));
    const write = commits.write(job(1)).then(() => {
      answered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    release();
    await write;
    expect(answered).toBe(true);
  });

  it('commits what gathered during a commit together, and at most its maximum of events', async () => {
    const sizes: number[] = [];
    const commits = createGroupCommit(
      needs(async (jobs) => {
        sizes.push(jobs.reduce((sum, { rows }) => sum + rows.length + 1, 0));
      }),
    );
    await Promise.all(Array.from({ length: 100 }, () => commits.write(job(1, 99))));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(COMMIT_EVENTS_MAX);
    expect(sizes.length).toBe(5);
  });

  it('orders the next commit before it answers the last, so that the writer does not wait for the answers', async () => {
    const said: string[] = [];
    let release = (): void => undefined;
    const commits = createGroupCommit(
      needs((jobs) => {
        said.push(`commit ${jobs.map(({ site }) => site).join()}`);
        return new Promise((resolve) => {
          release = resolve;
        });
      }),
    );
    const write = (site: number): Promise<unknown> => commits.write(job(site)).then(() => said.push(`answer ${site}`));
    const first = write(1);
    await nextTurn();
    const second = write(2);
    const third = write(3);
    release();
    await first;
    release();
    await Promise.all([second, third]);
    expect(said).toEqual(['commit 1', 'commit 2,3', 'answer 1', 'answer 2', 'answer 3']);
  });

  it('takes a single job larger than a commit', async () => {
    const commits = createGroupCommit(needs(async () => undefined));
    expect(await commits.write(job(1, COMMIT_EVENTS_MAX * 2))).toBeUndefined();
  });

  it.each([
    { why: 'one below the end', waiting: QUEUE_JOBS_MAX - 1, refusal: undefined },
    { why: 'at the end', waiting: QUEUE_JOBS_MAX, refusal: 'queue_full' },
  ])('answers $refusal to a job that finds the queue $why', async ({ waiting, refusal }) => {
    const commits = createGroupCommit(needs(async () => undefined));
    const earlier = Array.from({ length: waiting }, () => commits.write(job(1)));
    expect(await commits.write(job(1))).toBe(refusal);
    expect(await Promise.all(earlier)).toEqual(Array.from({ length: waiting }, () => undefined));
  });

  it('refuses only the job that can not be written, whatever it shared a commit with', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 30 }), async (bad) => {
        const written: number[] = [];
        const faults: unknown[] = [];
        const commits = createGroupCommit(
          needs(
            async (jobs) => {
              if (jobs.some(({ site }) => bad[site] === true)) throw new Error('constraint');
              written.push(...jobs.map(({ site }) => site));
            },
            (fault) => faults.push(fault),
          ),
        );
        const answers = await Promise.all(bad.map((_, site) => commits.write(job(site))));
        await commits.drained();
        expect(answers).toEqual(bad.map((one) => (one ? 'storage_unavailable' : undefined)));
        expect(written).toEqual(bad.flatMap((one, site) => (one ? [] : [site])));
        expect(faults).toHaveLength(bad.filter(Boolean).length);
      }),
    );
  });
});
