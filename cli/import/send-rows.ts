// cli/import/send-rows.ts: rows in pieces of numbered lines: the next piece is read when the last is kept.
import type { ImportAnswer } from './post-lines.ts';
import type { ImportProgress } from './progress-file.ts';
import type { Row } from './read-rows.ts';

/** Lines of one request: what is sent again at most where the collector goes away. */
export const PIECE_LINES = 1_000;

/** What an import came to so far. */
export type ImportTally = Pick<ImportProgress, 'nextLine' | 'lines' | 'accepted' | 'refused'>;

/**
 * Sends rows from `before.nextLine` on. A line without an event is sent empty, so that every other keeps its number.
 * @param kept told after each piece, once it is durable.
 */
export async function sendRows(
  rows: AsyncIterable<Row>,
  before: ImportTally,
  post: (first: number, lines: readonly string[]) => Promise<ImportAnswer>,
  kept: (tally: ImportTally) => Promise<void>,
): Promise<ImportTally> {
  let tally = before;
  let first = 0;
  let piece: string[] = [];
  const flush = async (): Promise<void> => {
    if (piece.length === 0) return;
    const lines = piece;
    piece = [];
    const events = lines.filter((line) => line !== '').length;
    const answer = events === 0 ? { accepted: 0, refused: {} } : await post(first, lines);
    const refused = { ...tally.refused };
    for (const [why, count] of Object.entries(answer.refused)) refused[why] = (refused[why] ?? 0) + count;
    tally = {
      nextLine: first + lines.length,
      lines: tally.lines + events,
      accepted: tally.accepted + answer.accepted,
      refused,
    };
    await kept(tally);
  };
  for await (const { line, text } of rows) {
    if (line < before.nextLine) continue;
    // Past a wide gap the next piece begins; a narrow one is filled.
    if (piece.length > 0 && line >= first + PIECE_LINES) await flush();
    if (piece.length === 0) first = line;
    while (first + piece.length < line) piece.push('');
    piece.push(text);
    if (piece.length >= PIECE_LINES) await flush();
  }
  await flush();
  return tally;
}
