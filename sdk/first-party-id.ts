// sdk/first-party-id.ts: Full's first-party id: random, made after consent alone, thirteen months old at most.
import { DAY_MS } from '../contract/index.ts';
import type { Identity } from './gate.ts';
import { randomId } from './random-id.ts';
import { isOut, readMark, writeMark } from './mark.ts';

/** Thirteen months: after them an id is replaced. */
export const ID_AGE_MS_MAX: number = 395 * DAY_MS;

/** The browser's id. It begins with its time of birth, so that no visit can extend it; 128 random bits follow. */
export const firstPartyId: Identity = {
  get: () => {
    const now = Date.now();
    const kept = readMark();
    const id = parseInt(kept, 10) > now - ID_AGE_MS_MAX ? kept : `${now}-${randomId()}`;
    writeMark(id);
    return id;
  },
  forget: () => {
    if (!isOut()) writeMark(''); // An objection outlives every choice.
  },
};
