// cli/replay/shop-products.test.ts
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Item } from '../../contract/index.ts';
import { exampleFile } from './example-file.ts';
import { readRetailRows } from './read-parquet.ts';
import { mapRetail } from './retail.ts';

interface Product {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly pence: number;
  readonly invoices: number;
  readonly pieces: number;
  readonly boughtWith: readonly string[];
}

/** The value that occurs most, the smaller one of two that occur as often. */
function mostCommon<T extends string | number>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1))[0]?.[0];
}

describe('the shop invents nothing: its products are those of the real file', () => {
  let products: readonly Product[];
  let baskets: readonly (readonly Item[])[];
  beforeAll(async () => {
    const file = await readFile(exampleFile('shop/products.json'), 'utf8');
    ({ products } = JSON.parse(file) as { readonly products: readonly Product[] });
    const { events } = mapRetail(await readRetailRows(exampleFile()));
    baskets = events.flatMap(({ event }) => (event.name === 'purchase' ? [event.commerce?.items ?? []] : []));
  });

  it('states each product’s own name, most common price, invoices and pieces', () => {
    const figures = products.map(({ id }) => {
      const lines = baskets.flatMap((items) => items.filter((item) => item.id === id));
      return {
        id,
        name: mostCommon(lines.map((item) => item.name ?? '')),
        pence: mostCommon(lines.map((item) => item.price ?? 0)),
        invoices: baskets.filter((items) => items.some((item) => item.id === id)).length,
        pieces: lines.reduce((sum, item) => sum + (item.quantity ?? 0), 0),
      };
    });
    expect(products.map(({ id, name, pence, invoices, pieces }) => ({ id, name, pence, invoices, pieces }))).toEqual(
      figures,
    );
  });

  it('names the three others that share the most invoices with each', () => {
    const ids = new Set(products.map(({ id }) => id));
    for (const { id, boughtWith } of products) {
      const shared = baskets
        .map((items) => new Set(items.map((item) => item.id)))
        .filter((basket) => basket.has(id))
        .flatMap((basket) => [...basket].filter((other) => other !== id && ids.has(other)));
      const counts = (other: string) => shared.filter((one) => one === other).length;
      const best = [...new Set(shared)].sort((a, b) => counts(b) - counts(a) || (a < b ? -1 : 1)).slice(0, 3);
      expect([id, boughtWith]).toEqual([id, best]);
    }
  });

  it('has a title and a drawing for each', async () => {
    for (const { id, title } of products) {
      expect(title).not.toBe('');
      expect(await readFile(exampleFile(`shop/art/${id}.svg`), 'utf8')).toMatch(/^<svg /);
    }
    expect(products.length).toBe(12);
  });
});
