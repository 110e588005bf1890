// sdk/mark.ts: the only thing the tag ever stores: the first-party id, or the mark that the visitor opted out.
import { DAY_MS } from '../contract/index.ts';
import { safely } from './safely.ts';

/** Key in localStorage. It holds {@link OPTED_OUT} or the first-party id. */
export const MARK_KEY = 'hushtag';
/** Stands there instead of an id where the visitor opted out. */
export const OPTED_OUT = 'out';
/** Thirteen months: after them an id is replaced. */
export const ID_AGE_MS_MAX: number = 395 * DAY_MS;

// Where storage is blocked, the mark lives as long as the page.
let mark = '';
const inStorage = safely((act: (storage: Storage) => string | null | void) => act(localStorage));
const keep = (text: string): void => {
  mark = text;
  inStorage((storage) => storage.setItem(MARK_KEY, text));
};

/** Whether the visitor opted out. The first call touches storage, so it is made when something is to leave (S1). */
export const isOut = (): boolean => {
  // Read every time: another tab may have opted out.
  mark = inStorage((storage) => storage.getItem(MARK_KEY)) || mark;
  return mark === OPTED_OUT;
};

/**
 * The first-party id, made where there is none or it is too old. To be asked for only after {@link isOut}, and after
 * consent (C1). It begins with its time of birth, so that no visit can extend it; 128 random bits follow.
 */
export const firstPartyId = (now: number): string => {
  if (!(Number.parseInt(mark, 10) > now - ID_AGE_MS_MAX)) {
    keep([now, ...crypto.getRandomValues(new Uint32Array(4))].join('-'));
  }
  return mark;
};

/** Forgets the id, here and in storage. */
export const forget = (): void => {
  mark = '';
  inStorage((storage) => storage.removeItem(MARK_KEY));
};

/** Marks the browser as opted out, in place of any id. */
export const optOut = (): void => keep(OPTED_OUT);
