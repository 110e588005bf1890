// core/report-numbers.test.ts: numbers of reports are blurred, kept, and made anew only when they may.
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../contract/index.ts';
import { discreteLaplace, roundCount } from './publishing.ts';
import {
  DAY_SEALED,
  dayStage,
  mayRefreshDay,
  publishDayCount,
  publishNested,
  publishCells,
  publishQuality,
  publishReportCount,
  publishShare,
  QUALITY_SCALE,
  REPORT_NOISE_SCALE,
  REPORT_UNITS_MAX,
  roundAmount,
} from './report-numbers.ts';

const secret = new Uint8Array(32).fill(9);
const FLOOR = 50;

describe('P3: a number of a report', () => {
  it.each([
    { why: 'one below the floor', count: 49 },
    { why: 'nobody', count: 0 },
  ])('is not shown of $why, whatever the noise', async ({ count }) => {
    for (let what = 0; what < 300; what++) {
      expect(await publishDayCount(count, FLOOR, secret, `${what}`)).toBeNull();
      expect(await publishReportCount(count, FLOOR, secret, `${what}`)).toBeNull();
    }
  });
  it('is rarely shown of a set that just reaches the floor', async () => {
    let shown = 0;
    for (let what = 0; what < 1_000; what++)
      shown += Number((await publishReportCount(FLOOR, FLOOR, secret, `${what}`)) !== null);
    expect(shown).toBeLessThan(50);
  });
  it('is the same for the same question and data, and has other noise for either', async () => {
    const of = (count: number, what: string) => publishReportCount(count, FLOOR, secret, what);
    expect(await of(5_000, 'a')).toBe(await of(5_000, 'a'));
    const questions = new Set<number | null>();
    const data = new Set<number>();
    for (let nth = 0; nth < 40; nth++) {
      questions.add(await of(5_000, `${nth}`));
      data.add(((await of(5_000 + nth, 'a')) ?? 0) - nth);
    }
    expect(questions.size).toBeGreaterThan(5);
    expect(data.size).toBeGreaterThan(5);
  });
  it('has noise of about the stated scale around the truth', async () => {
    const errors: number[] = [];
    for (let what = 0; what < 1_000; what++)
      errors.push(((await publishReportCount(9_000, FLOOR, secret, `${what}`)) ?? 0) - 9_000);
    const mean = errors.reduce((sum, one) => sum + one, 0) / errors.length;
    const spread = errors.reduce((sum, one) => sum + Math.abs(one), 0) / errors.length;
    expect(Math.abs(mean)).toBeLessThan(4);
    // The mean distance of Laplace noise is its scale.
    expect(spread).toBeGreaterThan(17);
    expect(spread).toBeLessThan(23);
  });
  it.each([
    { minor: 123_456, shown: 120_000 },
    { minor: 99, shown: 99 },
    { minor: -1_550, shown: -1_600 },
    { minor: 0, shown: 0 },
  ])('of $minor of money is $shown', ({ minor, shown }) => expect(roundAmount(minor)).toBe(shown));
});

describe('P3: a day’s numbers', () => {
  const day = 20_000;
  const start = day * DAY_MS;
  it.each([
    { why: 'a millisecond before six hours', at: start + 6 * HOUR_MS - 1, stage: 0 },
    { why: 'six hours', at: start + 6 * HOUR_MS, stage: 1 },
    { why: 'a millisecond before its end', at: start + DAY_MS - 1, stage: 3 },
    { why: 'its end', at: start + DAY_MS, stage: 4 },
    { why: 'a millisecond before no late event is taken', at: start + 2 * DAY_MS - 1, stage: 4 },
    { why: 'no late event is taken', at: start + 2 * DAY_MS, stage: DAY_SEALED },
  ])('are at stage $stage at $why', ({ at, stage }) => expect(dayStage(day, at)).toBe(stage));

  it('are made once a stage, and nine times in the month however often events come to it', () => {
    let was: { stage: number; late: readonly number[] } | undefined;
    let made = 0;
    for (let now = start; now < start + 28 * DAY_MS; now += HOUR_MS) {
      const stage = dayStage(day, now);
      if (!mayRefreshDay(was, stage, now)) continue;
      made += 1;
      was = { stage, late: was?.stage === DAY_SEALED ? [...was.late, now] : (was?.late ?? []) };
    }
    expect(made).toBeLessThanOrEqual(9);
    expect(made).toBeGreaterThanOrEqual(5);
  });
});

describe('P3: somebody who knows everybody else and spends the whole budget on one visitor', () => {
  it('guesses whether they are there little better than a coin', async () => {
    // xorshift32: the noise of a thousand trials by HMAC would take minutes.
    let state = 20_261_124;
    const words = (): Promise<number> => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return Promise.resolve(state >>> 0);
    };
    const others = 5_000;
    const trials = 1_000;
    let right = 0;
    for (let trial = 0; trial < trials; trial++) {
      const isThere = ((await words()) & 1) === 1;
      let odds = 0;
      for (let unit = 0; unit < REPORT_UNITS_MAX; unit++) {
        const shown = roundCount(others + Number(isThere) + (await discreteLaplace(words, REPORT_NOISE_SCALE)));
        // Laplace noise: the likelihoods differ by the distances to the two counts.
        odds += Math.abs(shown - others) - Math.abs(shown - (others + 1));
      }
      right += Number(odds > 0 === isThere);
    }
    expect(right / trials).toBeLessThanOrEqual(0.62);
    expect(right / trials).toBeGreaterThan(0.5);
  }, 120_000);
});

describe('P3: nested numbers', () => {
  it('never grow from step to step, and show none that is below the floor', async () => {
    for (let what = 0; what < 50; what++) {
      const reached = [4_000, 900, 899, 300, 40];
      const shown = await publishNested(reached, FLOOR, secret, `${what}`);
      expect(shown.at(-1)).toBeNull();
      const counts = shown.map((count) => count ?? 0);
      counts.forEach((count, nth) => expect(count).toBeLessThanOrEqual(counts[nth - 1] ?? Number.POSITIVE_INFINITY));
    }
  });
});

describe('P3: what a model says of itself', () => {
  it('is the same for the same question and figure, and has other noise for either', async () => {
    const of = (figure: number, what: string) => publishQuality(figure, 100, secret, what);
    expect(await of(0.5, 'a')).toBe(await of(0.5, 'a'));
    const seen = new Set<number>();
    for (let nth = 0; nth < 20; nth++) seen.add(await of(0.5, `${nth}`));
    for (let nth = 0; nth < 20; nth++) seen.add((await of(0.5 + nth / 1_000_000, 'a')) + 2);
    expect(seen.size).toBeGreaterThan(20);
  });
  it.each([1, 2])(
    'is off by about so many times as is said what one person moves, who reaches over %i',
    async (reach) => {
      for (const people of [400, 40_000]) {
        let sum = 0;
        for (let nth = 0; nth < 400; nth++)
          sum += Math.abs((await publishQuality(0.2, people, secret, `${nth}`, reach)) - 0.2);
        const scale = (QUALITY_SCALE * reach) / people;
        // Rounded to a hundredth, which is more than the noise where people are many.
        expect(sum / 400).toBeLessThan(1.3 * scale + 0.005);
        if (people === 400) expect(sum / 400).toBeGreaterThan(0.7 * scale);
      }
      for (let nth = 0; nth < 200; nth++)
        expect(Math.abs(await publishQuality(0.99, 20, secret, `${nth}`))).toBeLessThanOrEqual(1);
    },
  );
  it('knows nothing of groups that noise alone may have made', async () => {
    const cells = await publishCells([500, 0, 3, 300, 0], secret, 'a');
    expect(cells.map((count) => count > 0)).toEqual([true, false, false, true, false]);
    expect(await publishCells([500, 0, 3, 300, 0], secret, 'a')).toEqual(cells);
    let kept = 0;
    for (let nth = 0; nth < 400; nth++) kept += (await publishCells([0], secret, `${nth}`))[0] === 0 ? 0 : 1;
    // Half of exp(-5).
    expect(kept).toBeLessThan(10);
  });
  it.each([
    { why: 'where it is more than noise', sum: 400, isShown: true },
    { why: 'not where few are in it', sum: 20, isShown: false },
    { why: 'not of nobody', sum: 0, isShown: false },
  ])('a mean chance is shown $why', async ({ sum, isShown }) => {
    for (let nth = 0; nth < 100; nth++) {
      const chance = await publishShare(sum, sum * 4, secret, `${nth}`, 10);
      expect(chance !== null).toBe(isShown);
      if (chance !== null) expect(Math.abs(chance - 0.25)).toBeLessThan(0.1);
    }
  });
});
