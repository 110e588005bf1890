// bench/tag.bench.ts: `npm run bench -- tag`: what each script costs on the wire, against its budget.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { printFigure, printMachine } from './figures.ts';

const BENCH = 'tag';
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
// The budgets of issue 5; the build fails over them.
const SCRIPTS = [
  { figure: 'core_bytes_br', file: 'tag.js', bytesMax: 1_400 },
  { figure: 'full_bytes_br', file: 'tag.full.js', bytesMax: 2_400 },
] as const;

printMachine(BENCH);
for (const { figure, file, bytesMax } of SCRIPTS) {
  const code = readFileSync(join(process.cwd(), 'dist', file));
  printFigure({
    bench: BENCH,
    figure,
    value: brotliCompressSync(code, QUALITY).length,
    unit: 'bytes',
    against: `<= ${bytesMax}`,
    rawBytes: code.length,
  });
}
