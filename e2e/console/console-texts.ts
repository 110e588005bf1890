// e2e/console/console-texts.ts: every text of the console in its two languages, read from its source.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../console', import.meta.url));
const PAIR = /\[\s*'((?:[^'\\]|\\.)*)',\s*'((?:[^'\\]|\\.)*)',?\s*\]/g;
const HAN = /\p{Script=Han}/u;

/** Source files of the console. */
export const consoleSources = (): readonly { readonly path: string; readonly text: string }[] =>
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
    .map((path) => ({ path, text: readFileSync(join(FOLDER, path), 'utf8') }));

/** English and Chinese of each text; other pairs of strings have no Chinese in them and are left out. */
export const consoleTexts = (): readonly (readonly [en: string, zh: string])[] =>
  consoleSources().flatMap(({ text }) =>
    [...text.matchAll(PAIR)].flatMap(([, en = '', zh = '']) => (HAN.test(zh) ? [[en, zh] as const] : [])),
  );
