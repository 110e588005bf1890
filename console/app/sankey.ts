// console/app/sankey.ts: lays moves between pages out as bands between two columns.

/** Visits that went from one page to another; null is outside. */
export interface Move {
  readonly from: string | null;
  readonly to: string | null;
  readonly moves: number;
}

/** A page of one column. */
export interface SankeyNode {
  readonly page: string | null;
  readonly side: 'from' | 'to';
  readonly top: number;
  readonly height: number;
}

/** The plane that is drawn on, and the most moves on it. */
export const SANKEY = { width: 400, height: 400, gap: 8, movesMax: 30 } as const;

function columnOf(moves: readonly Move[], side: 'from' | 'to', scale: number): SankeyNode[] {
  const sums = new Map<string | null, number>();
  for (const move of moves) sums.set(move[side], (sums.get(move[side]) ?? 0) + move.moves);
  let top = 0;
  return [...sums]
    .sort(([, a], [, b]) => b - a)
    .map(([page, sum]) => {
      const node = { page, side, top, height: sum * scale };
      top += node.height + SANKEY.gap;
      return node;
    });
}

/** Places nodes and bands; every band is as high as its moves against all of them. */
export function layMoves(all: readonly Move[]): {
  readonly nodes: readonly SankeyNode[];
  readonly bands: readonly { readonly key: string; readonly path: string; readonly nth: number }[];
} {
  const moves = [...all].sort((a, b) => b.moves - a.moves).slice(0, SANKEY.movesMax);
  const total = moves.reduce((sum, move) => sum + move.moves, 0);
  const rows = Math.max(new Set(moves.map(({ from }) => from)).size, new Set(moves.map(({ to }) => to)).size, 1);
  const scale = total === 0 ? 0 : (SANKEY.height - (rows - 1) * SANKEY.gap) / total;
  const columns = { from: columnOf(moves, 'from', scale), to: columnOf(moves, 'to', scale) };
  const used = new Map<SankeyNode, number>();
  const take = (
    side: 'from' | 'to',
    page: string | null,
    height: number,
  ): { readonly at: number; readonly nth: number } => {
    const nth = columns[side].findIndex((one) => one.page === page);
    const node = columns[side][nth];
    if (node === undefined) return { at: 0, nth: 0 };
    const at = node.top + (used.get(node) ?? 0);
    used.set(node, (used.get(node) ?? 0) + height);
    return { at, nth };
  };
  const { width } = SANKEY;
  const bands = moves.map(({ from, to, moves: count }) => {
    const height = count * scale;
    const [left, right] = [take('from', from, height), take('to', to, height)];
    const middle = width / 2;
    const path = `M0 ${left.at}C${middle} ${left.at} ${middle} ${right.at} ${width} ${right.at}V${right.at + height}C${middle} ${right.at + height} ${middle} ${left.at + height} 0 ${left.at + height}Z`;
    return { key: `${from ?? ''}|${to ?? ''}`, path, nth: left.nth };
  });
  return { nodes: [...columns.from, ...columns.to], bands };
}
