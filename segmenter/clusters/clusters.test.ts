import { describe, expect, it } from 'vitest';
import { TRAITS } from '../profiles/traits.ts';
import { clusterIds } from './ids.ts';
import { CHINESE, ENGLISH } from './language.ts';
import type { TraitSummary } from './summary.ts';
import { describeCluster, labelClusters } from './words.ts';

const summary = (id: string, difference: number, over: Partial<TraitSummary> = {}): TraitSummary[] =>
  TRAITS.filter((trait) => trait.id === id).map((trait) => ({
    trait,
    mean: 2,
    difference,
    ...over,
  }));
const cluster = (spend: number, size = 10) => ({ size, means: { spend } });

describe('cluster ids last', () => {
  const spread = new Map([['spend', 1]]);

  it('are counted from the largest where there is no last version', () => {
    expect(clusterIds([cluster(5), cluster(1)], [], spread)).toEqual([1, 2]);
  });

  it('go to the clusters most like those of the last version', () => {
    const last = [
      { number: 1, ...cluster(1) },
      { number: 2, ...cluster(5) },
      { number: 4, ...cluster(9) },
    ];
    expect(clusterIds([cluster(8.8), cluster(5.2), cluster(0.7)], last, spread)).toEqual([4, 2, 1]);
  });

  it('take the lowest free number where a cluster is new', () => {
    const last = [{ number: 2, ...cluster(5) }];
    expect(clusterIds([cluster(1), cluster(5), cluster(9)], last, spread)).toEqual([1, 2, 3]);
  });

  it('start again where the versions share no trait', () => {
    const last = [{ number: 7, size: 3, means: { views: 1 } }];
    expect(clusterIds([cluster(1)], last, spread)).toEqual([1]);
  });
});

describe('a cluster has a name and a description in plain words', () => {
  it('from the two families that set it apart most', () => {
    const heavy = [...summary('frequency', 1.5), ...summary('sessions', 1.4), ...summary('monetary_minor', 1.2)];
    expect(labelClusters([heavy])).toEqual(['Frequent, big-spending buyers']);
  });

  it('that no other cluster has', () => {
    const same = [...summary('frequency', -1, { mean: 0 }), ...summary('recency_days', 0.9)];
    const more = [...same, ...summary('tenure_days', 0.5)];
    const labels = labelClusters([same, more, same, []]);
    expect(labels).toEqual([
      'Occasional, lapsed visitors',
      'Occasional, lapsed, long-standing visitors',
      'Occasional, lapsed visitors (2)',
      'Typical visitors',
    ]);
  });

  it('with the numbers that may be shown and no others', () => {
    const summaries = [...summary('monetary_minor', 1.2), ...summary('refund_share', -0.5)];
    const published = [
      {
        id: 'monetary_minor',
        unit: 'minor_units',
        currency: 'GBP',
        mean: 290_000,
        overall: 100_000,
        compared: 'higher',
      },
    ] as const;
    expect(describeCluster(summaries, published)).toBe(
      'Compared with all profiled visitors: more money spent (2900 against 1000 GBP), a smaller share refunded.',
    );
  });

  it.each([
    { currency: 'JPY', mean: 1_200, shown: '(1200 JPY)' },
    { currency: 'KWD', mean: 1_200, shown: '(1.2 KWD)' },
    { currency: 'EUR', mean: 1_200, shown: '(12 EUR)' },
  ])('in major units of $currency', ({ currency, mean, shown }) => {
    const published = [{ id: 'monetary_minor', unit: 'minor_units', currency, mean, compared: 'higher' }] as const;
    expect(describeCluster(summary('monetary_minor', 1), published)).toContain(shown);
  });

  it.each([
    { why: 'a tenth lower', mean: 90_000, told: true },
    { why: 'less than a tenth lower', mean: 91_000, told: false },
    { why: 'the other way round', mean: 150_000, told: false },
  ])('and no difference that its numbers would not bear out: $why', ({ mean, told }) => {
    const published = [
      { id: 'monetary_minor', unit: 'minor_units', currency: 'GBP', mean, overall: 100_000, compared: 'lower' },
    ] as const;
    expect(describeCluster(summary('monetary_minor', -0.5), published).includes('GBP')).toBe(told);
  });

  it('and says so where nothing sets it apart', () => {
    expect(describeCluster(summary('frequency', 0.29), [])).toBe('Close to all profiled visitors in every trait.');
  });
});

describe('in Chinese', () => {
  it('a cluster has a name and a description from the same traits', () => {
    const heavy = [...summary('frequency', 1.5, { mean: 7 }), ...summary('monetary_minor', 1.2)];
    expect(labelClusters([heavy, []], CHINESE)).toEqual(['高频、高消费的买家', '一般访客']);
    const published = [
      { id: 'frequency', unit: 'count', mean: 7.1, overall: 2.7, compared: 'higher' },
      { id: 'monetary_minor', unit: 'minor_units', currency: 'CNY', mean: 580_00, overall: 360_00, compared: 'higher' },
    ] as const;
    expect(describeCluster(heavy, published, CHINESE)).toBe(
      '与全部有画像的访客相比：订单更多（7.1，总体 2.7）、消费金额更高（580 CNY，总体 360）。',
    );
    expect(describeCluster([], [], CHINESE)).toBe('各项特征都接近全部有画像的访客。');
  });

  it('every trait has the words it has in English', () => {
    for (const trait of TRAITS) {
      for (const isHigh of [true, false]) {
        expect([trait.id, CHINESE.word(trait, isHigh) === '']).toEqual([trait.id, ENGLISH.word(trait, isHigh) === '']);
        expect(CHINESE.phrase(trait, isHigh)).not.toBe('');
      }
    }
  });
});
