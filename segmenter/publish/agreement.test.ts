import { describe, expect, it } from 'vitest';
import { publishAgreement } from './agreement.ts';

const secret = new Uint8Array(32).fill(7);
const segments = (...of: readonly (readonly [name: string, visitors: number])[]): string[] =>
  of.flatMap(([name, visitors]) => Array.from({ length: visitors }, () => name));
const told = (now: readonly string[], before: readonly string[]) => publishAgreement({ now, before }, secret, 'a shop');

describe('P3: agreement with the last version', () => {
  it('is 1 where large clusters stay as they are, whatever the noise of their sizes', async () => {
    const same = segments(['a', 400], ['b', 300], ['c', 300]);
    const agreement = await told(same, same);
    expect(agreement).toMatchObject({ ariWithLast: 1, nmiWithLast: 1 });
    expect(agreement?.labelsChanged).toBeLessThan(0.1);
  });

  it('is low where clusters were mixed', async () => {
    const agreement = await told(
      segments(['a', 500], ['b', 500]),
      segments(['a', 250], ['b', 250], ['a', 250], ['b', 250]),
    );
    expect(agreement?.ariWithLast).toBeLessThan(0.1);
    expect(agreement?.labelsChanged).toBeGreaterThan(0.4);
  });

  it('moves by nothing that one visitor of a small cluster does alone', async () => {
    // Exactly, one of ten who leaves moves the index by a tenth of a cluster's agreement: far more than a mean over all.
    const before = segments(['a', 990], ['b', 10]);
    const after = segments(['a', 991], ['b', 9]);
    const [still, moved] = [await told(before, before), await told(after, before)];
    expect([still?.ariWithLast, moved?.ariWithLast]).toEqual([1, 1]);
  });

  it('is not told where nobody is in both, and has no index where none of the groups is large enough', async () => {
    expect(await told([], [])).toBeUndefined();
    const few = segments(['a', 2], ['b', 2]);
    expect(await told(few, few)).not.toHaveProperty('ariWithLast');
  });
});
