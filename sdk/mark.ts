// sdk/mark.ts: what the tag keeps in the browser, under one key: the mark of an opt-out, or (Full only) the first-party id.
import { safely } from './safely.ts';

/** Key in localStorage. Written out below: the tag has no bytes for a name. */
export const MARK_KEY = 'hushtag';
/** Stands there where the visitor opted out. */
export const OPTED_OUT = 'out';

// What storage did not take: where it is blocked or full, the mark lives as long as the page.
let mark = '';

/** Reads the mark, every time anew: another page may have written or deleted it. It touches storage, so nothing asks before it may (S1). */
export const readMark = (): string => safely(() => localStorage['hushtag'] as string | undefined)() ?? mark;

/** Writes the mark; nothing forgets what was there. */
export const writeMark = (text: string): void => {
  mark = text;
  safely(() => {
    if (text) localStorage['hushtag'] = text;
    else delete localStorage['hushtag'];
    // Kept in memory as well, it would come back after another page has deleted it.
    mark = '';
  })();
};

/** Whether the visitor opted out, in this tab or another. */
export const isOut = (): boolean => readMark() === OPTED_OUT;
