// bench/quality.bench.ts: `npm run quality`: the segmenter's maths on real data, a JSON line a figure.
// Needs HUSHTAG_DATA; docs/quality.md says what is in it. A set that is missing fails the command, after the others ran.
import { printMachine } from './figures.ts';
import { measureCdnow } from './quality/cdnow.ts';
import { MissingDataError } from './quality/data.ts';
import { measureGroceries } from './quality/groceries.ts';
import { measureHillstrom } from './quality/hillstrom.ts';
import { measureKmeans } from './quality/kmeans.ts';
import type { Measured } from './quality/measured.ts';
import { printMeasured } from './quality/measured.ts';
import { measureRecommendations } from './quality/recommendations.ts';
import { measureReplay } from './quality/replayed.ts';
import { measureShoppers } from './quality/shoppers.ts';
import { measureTrends } from './quality/trends.ts';
import { measureTuning } from './quality/tuning.ts';

const BENCH = 'quality';

const parts: readonly (readonly [name: string, measure: () => Measured[] | Promise<Measured[]>])[] = [
  ['cdnow', measureCdnow],
  ['shoppers', measureShoppers],
  ['groceries', measureGroceries],
  ['hillstrom', measureHillstrom],
  ['kmeans', measureKmeans],
  ['replay', measureReplay],
  ['recommendations', measureRecommendations],
  ['trends', measureTrends],
  ['tuning', measureTuning],
];

printMachine(BENCH);
const wanted = process.argv.slice(2);
for (const [name, measure] of parts) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  try {
    for (const measured of await measure()) printMeasured(BENCH, measured);
  } catch (fault) {
    if (!(fault instanceof MissingDataError)) throw fault;
    process.stderr.write(`${name}: ${fault.message}\n`);
    process.exitCode = 1;
  }
}
