// e2e/console/texts.test.ts: the console's texts are whole in both languages, and none stands outside of its list.
import { describe, expect, it } from 'vitest';
import { consoleSources, consoleTexts } from './console-texts.ts';

const namesIn = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('the console in English and Chinese', () => {
  it('has every text in both, with the same parameters', () => {
    const texts = consoleTexts();
    expect(texts.length).toBeGreaterThan(400);
    const unlike = texts.filter(([en, zh]) => en.trim() === '' || namesIn(en).join() !== namesIn(zh).join());
    expect(unlike).toEqual([]);
  });

  it('has no text in its markup: all come from a list of both languages', () => {
    const found = consoleSources()
      .filter(({ path }) => path.endsWith('.tsx'))
      .flatMap(({ path, text }) =>
        // What stands between two tags and is neither code nor the name of the product.
        [...text.matchAll(/>\s*([A-Za-z][^<>{}()=;]*?)\s*<\//g)].map(([, words = '']) => `${path}: ${words}`),
      )
      .filter((one) => !/: (?:hushtag|npx hushtag login-code)$/.test(one));
    expect(found).toEqual([]);
  });
});
