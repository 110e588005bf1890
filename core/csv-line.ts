// core/csv-line.ts: rows of an export as CSV (RFC 4180) that no spreadsheet takes for a formula.

/** What spreadsheets take for the beginning of a formula (OWASP, CSV Injection), full-width signs as well. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;
const NEEDS_QUOTES = /[",\r\n]/;

/** One cell. A text that a spreadsheet would run begins with an apostrophe instead; numbers stay numbers. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Behind quotes and separators too: what is quoted here may be split again by who reads it.
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(harmless) || harmless.startsWith("'") ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A line with its end. */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`;
