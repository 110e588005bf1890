// console/app/words.ts: texts in English and Chinese side by side, so that neither can be forgotten.

/** The languages. */
export const LANGUAGES = ['en', 'zh'] as const;
/** One of them. */
export type Language = (typeof LANGUAGES)[number];
/** A text in each language; `{name}` stands for a parameter. */
export type Text = readonly [en: string, zh: string];
/** Texts by name. */
export type Words = Readonly<Record<string, Text>>;
/** What stands in for the names in braces. */
export type Parameters = Readonly<Record<string, string | number>>;
/** Says one of some texts in the language in force. */
export type Say<W extends Words> = (name: keyof W, parameters?: Parameters) => string;

/** Where the choice of a language and of a theme is kept: nothing else of this page is. */
const STORED = 'hushtag-console-language';

/** Fills a text. A name without a parameter stays, so that it is seen in a test. */
export const textIn = (language: Language, text: Text, parameters: Parameters = {}): string =>
  text[language === 'zh' ? 1 : 0].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));

/** The BCP 47 tag for numbers, dates and `lang`. */
export const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');

/** The language chosen before, else the first the browser asks for that there is. */
export function firstLanguage(stored: Storage, asked: readonly string[]): Language {
  const kept = LANGUAGES.find((one) => one === stored.getItem(STORED));
  return kept ?? (asked[0]?.toLowerCase().startsWith('zh') === true ? 'zh' : 'en');
}

/** Keeps the choice for the next visit. */
export const keepLanguage = (stored: Storage, language: Language): void => stored.setItem(STORED, language);
