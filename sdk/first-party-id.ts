// sdk/first-party-id.ts: Full's first-party id: random, made after consent alone, thirteen months old at most.
import { DAY_MS } from '../contract/index.ts';
import type { Identity } from './gate.ts';
import { isOut, readMark, writeMark } from './mark.ts';

/** Thirteen months: after them an id is replaced. */
export const ID_AGE_MS_MAX: number = 395 * DAY_MS;

/** The browser's id. It begins with its time of birth, so that no visit can extend it; 128 random bits follow. */
export const firstPartyId: Identity = {
  at: (now) => {
    const kept = readMark();
    if (Number.parseInt(kept, 10) > now - ID_AGE_MS_MAX) return kept;
    const made = [now, ...crypto.getRandomValues(new Uint32Array(4))].join('-');
    writeMark(made);
    return made;
  },
  forget: () => {
    if (!isOut()) writeMark(''); // An objection outlives every choice.
  },
};
