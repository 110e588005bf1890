import { describe, expect, it } from 'vitest';
import { TRAITS } from '../profiles/traits.ts';
import type { Placed } from './pictures.ts';
import { mapOf, publishCurve } from './pictures.ts';

const placed = (segment: string, differences: Readonly<Record<string, number>>): Placed => ({
  segment,
  size: 100,
  summaries: TRAITS.flatMap((trait) => {
    const difference = differences[trait.id];
    return difference === undefined ? [] : [{ trait, mean: 1, difference }];
  }),
});
const secret = new Uint8Array(32).fill(7);
const round = 0;
const rows = (count: number): number[] => Array.from({ length: count }, (_, row) => row);
const curveOf = (smallest: number, points = 3_000) => ({
  candidates: [{ k: 3, stability: 0.987_6, silhouette: 0.512_3, smallest: rows(smallest) }],
  points,
});

describe('the map of clusters', () => {
  it('puts what differs most furthest apart, along the first axis', () => {
    const map = mapOf([
      placed('a', { frequency: 2, views: 0.2 }),
      placed('b', { frequency: -2, views: -0.2 }),
      placed('c', { views: 1 }),
    ]);
    const at = new Map(map.map((point) => [point.segment, point]));
    expect(Math.abs((at.get('a')?.x ?? 0) - (at.get('b')?.x ?? 0))).toBeGreaterThan(3.9);
    expect(Math.abs(at.get('c')?.x ?? 9)).toBeLessThan(1);
    expect(Math.abs(at.get('c')?.y ?? 0)).toBeGreaterThan(0.5);
  });

  it('has every segment in one place where nothing tells them apart, and none where there is none', () => {
    expect(mapOf([placed('a', {}), placed('b', {})])).toEqual([
      { segment: 'a', x: 0, y: 0, size: 100 },
      { segment: 'b', x: 0, y: 0, size: 100 },
    ]);
    expect(mapOf([])).toEqual([]);
  });

  it('shows two decimals', () => {
    for (const { x, y } of mapOf([
      placed('a', { frequency: 1 / 3 }),
      placed('b', { frequency: -1 / 7, views: 1 / 9 }),
    ])) {
      expect([x, y]).toEqual([Number(x.toFixed(2)), Number(y.toFixed(2))]);
    }
  });
});

describe('P3: the curve of numbers', () => {
  const floor = 50;
  it('tells a smallest cluster as a noisy share, the same each time', async () => {
    const publish = () => publishCurve(curveOf(900), (of) => of, { floor, secret, round });
    const [first] = await publish();
    expect(first?.k).toBe(3);
    // Blurred by what one of the 3,000, and of the 800 that a silhouette is of, moves them by (ADR 0035): scales of 0.03 and 0.05.
    expect(Math.abs((first?.stability ?? 0) - 0.987_6)).toBeLessThan(0.2);
    expect(Math.abs((first?.silhouette ?? 0) - 0.512_3)).toBeLessThan(0.3);
    expect(first?.smallest).toBeGreaterThan(0.25);
    expect(first?.smallest).toBeLessThanOrEqual(0.33);
    expect(await publish()).toEqual([first]);
  });

  it('withholds one at the floor and one below', async () => {
    for (const smallest of [floor, floor - 1, 1]) {
      const [only] = await publishCurve(curveOf(smallest), (of) => of, { floor, secret, round });
      expect(only?.smallest).toBeNull();
    }
  });
});
