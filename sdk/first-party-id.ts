// sdk/first-party-id.ts: Full's first-party id: random, made after consent alone, thirteen months old at most.
import { DAY_MS, WITHDRAWALS_MAX } from '../contract/index.ts';
import { combine } from './consent-sources.ts';
import { send } from './delivery.ts';
import { explain } from './explain.ts';
import type { Extension } from './gate.ts';
import { queue } from './queue.ts';
import { randomId } from './random-id.ts';
import { readMark, writeMark } from './mark.ts';

/** Thirteen months: after them an id is replaced. */
export const ID_AGE_MS_MAX: number = 395 * DAY_MS;

/** The events of this page that say whose consent has ended. */
let withdrawals: string[] = [];

/** What Full adds to the gate: the id, and that several sources are heard. */
export const fullExtension: Extension = {
  combine,
  // It begins with its time of birth, so that no visit can extend it; 128 random bits follow.
  get: () => {
    const now = Date.now();
    const kept = readMark();
    const bornAt = parseInt(kept);
    // None of the future either, from a clock that was wrong: it would live longer.
    const id = bornAt <= now && bornAt > now - ID_AGE_MS_MAX ? kept : `${now}-${randomId()}`;
    writeMark(id);
    return id;
  },
  forget: (isKept) => {
    const id = readMark();
    // Neither nothing nor the mark of an opt-out, which outlives every choice.
    const bornAt = parseInt(id);
    if (bornAt) {
      writeMark('');
      explain?.('withdrawn');
      // An event like any other, so that it is tried until it is heard; the edge takes the id out before it looks at anything.
      const event = JSON.stringify({ i: randomId(), n: 'withdraw', t: Date.now(), p: [id] });
      withdrawals = [...withdrawals, event].slice(-WITHDRAWALS_MAX);
    }
    // Earlier ones may have been among what was dropped. Heard twice they change nothing: they are the same events.
    if (bornAt || !isKept) queue.push(...withdrawals);
    void send();
  },
};
