// sdk/mark.ts: what the tag keeps in the browser, under one key: the mark of an opt-out, or (Full only) the first-party id.
import { safely } from './safely.ts';

/** Key in localStorage. Written out below: the tag has no bytes for a name. */
export const MARK_KEY = 'hushtag';
/** Stands there where the visitor opted out. */
export const OPTED_OUT = 'out';

// Where storage is blocked, the mark lives as long as the page.
let mark = '';

/** Reads the mark, every time anew: another tab may have written it. It touches storage, so nothing asks before it may (S1). */
export const readMark = (): string => safely(() => localStorage['hushtag'] as string | undefined)() ?? mark;

/** Keeps a mark in memory, for where the browser has none. Storage is not touched. */
export const offerMark = (text: string): void => {
  mark = text;
};

/** Writes the mark; nothing forgets what was there. */
export const writeMark = (text: string): void => {
  mark = text;
  safely(() => (text ? (localStorage['hushtag'] = text) : delete localStorage['hushtag']))();
};

/** Whether the visitor opted out, in this tab or another. */
export const isOut = (): boolean => readMark() === OPTED_OUT;
