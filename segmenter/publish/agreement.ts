// segmenter/publish/agreement.ts: how far the clusters of a version are those of the last one, as far as it may be seen (P3).
//
// An adjusted Rand index has no largest share that one visitor moves it by: where clusters are of unequal size it may be many
// times that of a mean. So it is not the index that is blurred but the table it is computed from, whose cells share no visitor.
import type { PublishedMetrics } from '../../contract/index.ts';
import { publishCells, publishQuality } from '../../core/index.ts';
import type { Contingency } from '../math/agreement.ts';
import { adjustedRandIndex, normalisedMutualInformation } from '../math/agreement.ts';

/** The segments of visitors that are in both versions, in one order. */
export interface BothVersions {
  readonly now: readonly string[];
  readonly before: readonly string[];
}

/** What is told of it. */
export type Agreement = Pick<PublishedMetrics, 'ariWithLast' | 'nmiWithLast'> & {
  /** Share of them with another segment than before. */
  readonly labelsChanged: number;
};

const DECIMALS = 2;
const rounded = (value: number): number => Number(value.toFixed(DECIMALS));
const namesOf = (segments: readonly string[]): string[] => [...new Set(segments)].sort();
const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

/** Every pair of a segment now and one before, those without anybody too: that a pair exists could be one visitor's doing. */
function cellsOf({ now, before }: BothVersions): number[][] {
  const [rows, columns] = [namesOf(now), namesOf(before)];
  const counts = rows.map(() => columns.map(() => 0));
  const [rowOf, columnOf] = [rows, columns].map((names) => new Map(names.map((name, nth) => [name, nth])));
  now.forEach((segment, nth) => {
    const row = counts[rowOf?.get(segment) ?? 0] ?? [];
    const column = columnOf?.get(before[nth] ?? '') ?? 0;
    row[column] = (row[column] ?? 0) + 1;
  });
  return counts;
}

function tableOf(cells: readonly (readonly number[])[]): Contingency {
  const isSomebody = (count: number): boolean => count > 0;
  const rows = cells.map(sum);
  const columns = (cells[0] ?? []).map((_, column) => sum(cells.map((row) => row[column] ?? 0)));
  return {
    count: sum(rows),
    cells: cells.flat().filter(isSomebody),
    rows: rows.filter(isSomebody),
    columns: columns.filter(isSomebody),
  };
}

/** @param what names the question, for its noise. @returns undefined where nobody is in both versions. */
export async function publishAgreement(
  both: BothVersions,
  secret: Uint8Array<ArrayBuffer>,
  what: string,
): Promise<Agreement | undefined> {
  const people = both.now.length;
  if (people === 0) return undefined;
  const changed = both.now.filter((segment, nth) => segment !== both.before[nth]).length;
  const share = await publishQuality(changed / people, people, secret, `${what} changed`);
  const cells: (readonly number[])[] = [];
  for (const [row, counts] of cellsOf(both).entries()) {
    cells.push(await publishCells(counts, secret, `${what} row ${row}`));
  }
  const table = tableOf(cells);
  const indices = {
    ariWithLast: rounded(adjustedRandIndex(table)),
    nmiWithLast: rounded(normalisedMutualInformation(table)),
  };
  return { labelsChanged: Math.max(0, share), ...(table.count === 0 ? {} : indices) };
}
