// bench/doc-region.ts: writes a table of figures into a page of docs/, between the marks that name it.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** Given to a benchmark, it writes its table into docs/ as well. */
export const DOCS_SWITCH = '--docs';

/** Replaces what stands between `<!-- figures: NAME -->` and `<!-- /figures -->`. @throws where the page has no such marks. */
export function writeRegion(page: string, name: string, rows: readonly (readonly string[])[]): void {
  const path = join(process.cwd(), 'docs', page);
  const text = readFileSync(path, 'utf8');
  const marks = new RegExp(`(<!-- figures: ${name} -->\n)[\\s\\S]*?(<!-- /figures -->)`);
  if (!marks.test(text)) throw new Error(`docs/${page} has no region <!-- figures: ${name} -->`);
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(head), line(head.map((_, nth) => (nth === 0 ? '---' : '---:'))), ...body.map(line)].join('\n');
  const taken = `Taken ${new Date().toISOString().slice(0, 10)} on ${cpus().length} cores of ${cpus()[0]?.model.trim() ?? 'an unknown kind'}, Node ${process.version.slice(1)}.`;
  writeFileSync(
    path,
    text.replace(marks, (_, open: string, close: string) => `${open}${taken}\n\n${table}\n${close}`),
  );
}
