// sdk/first-party-id.ts: Full's first-party id: random, made after consent alone, thirteen months old at most.
import { DAY_MS } from '../contract/index.ts';
import { send } from './delivery.ts';
import { explain } from './explain.ts';
import type { Identity } from './gate.ts';
import { queue } from './queue.ts';
import { randomId } from './random-id.ts';
import { readMark, writeMark } from './mark.ts';

/** Thirteen months: after them an id is replaced. */
export const ID_AGE_MS_MAX: number = 395 * DAY_MS;

/** The browser's id. It begins with its time of birth, so that no visit can extend it; 128 random bits follow. */
export const firstPartyId: Identity = {
  get: () => {
    const now = Date.now();
    const kept = readMark();
    const id = parseInt(kept) > now - ID_AGE_MS_MAX ? kept : `${now}-${randomId()}`;
    writeMark(id);
    return id;
  },
  forget: () => {
    const id = readMark();
    // Neither nothing nor the mark of an opt-out, which outlives every choice.
    if (parseInt(id)) {
      writeMark('');
      explain?.('withdrawn');
      // An event like any other, so that it is tried until it is heard; the edge takes the id out before it looks at anything.
      queue.push(JSON.stringify({ i: randomId(), n: 'withdraw', t: Date.now(), p: [id] }));
      void send();
    }
  },
};
