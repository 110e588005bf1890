// sdk/first-party-id.ts: Full's first-party id: random, made after consent alone, thirteen months old at most.
import { DAY_MS, WITHDRAWALS_MAX } from '../contract/index.ts';
import type { AccountIds, FullCalls, NamedCalls } from './api.ts';
import { grantedByAll, told } from './consent-sources.ts';
import { explain } from './explain.ts';
import type { Extension } from './gate.ts';
import { envelope } from './gate.ts';
import { queue } from './queue.ts';
import { randomId } from './random-id.ts';
import { readMark, writeMark } from './mark.ts';
import { safely } from './safely.ts';
import { track } from './track.ts';

/** Thirteen months: after them an id is replaced. */
export const ID_AGE_MS_MAX: number = 395 * DAY_MS;

/** The events of this page that say whose consent has ended. */
let withdrawals: string[] = [];

/** The id that this page goes on under: what stood there at the last choice, or was given since. */
let current = '';
/** An id that another of the site's hosts has given the visitor. */
let offered: string | undefined;

// It begins with its time of birth, so that no visit can extend it; 128 random bits follow.
const newId = (): string => `${Date.now()}-${randomId()}`;

/** What Full adds to the gate: the id, and that several sources are heard. */
export const fullExtension: Extension = {
  combine: (said, source) => {
    // Whoever agrees after a withdrawal in another page agrees anew.
    current = readMark();
    told[source] = said;
    return grantedByAll();
  },
  get: () => {
    const stored = readMark();
    if (current && !stored) return;
    current = (stored || offered) as string;
    const ageMs = Date.now() - parseInt(current);
    // None of the future either, from a clock that was wrong: it would live longer.
    if (!(ageMs >= 0 && ageMs < ID_AGE_MS_MAX)) current = newId();
    // What stands there is not written again: another page may be deleting it.
    if (current !== stored) writeMark(current);
    return current;
  },
  forget: (isKept) => {
    // Neither nothing nor the mark of an opt-out, which outlives every choice.
    const bornAt = parseInt(current);
    if (bornAt) {
      writeMark('');
      explain?.('withdrawn');
      // An event like any other, so that it is tried until it is heard; the edge takes the id out before it looks at anything.
      withdrawals = [
        JSON.stringify({ i: randomId(), n: 'withdraw', t: Date.now(), p: [current] }),
        ...withdrawals,
      ].slice(0, WITHDRAWALS_MAX);
      offered = current = '';
    }
    // Earlier ones may have been among what was dropped. Heard twice they change nothing: they are the same events.
    if (bornAt || !isKept) queue.push(...withdrawals);
  },
};

/** The calls that are about the id. */
export const idCalls: FullCalls & Pick<NamedCalls, 'identify'> = {
  id: safely((other?: string) => {
    offered ||= other;
    return envelope()?.i;
  }) as FullCalls['id'],
  identify: safely((ids: AccountIds) => {
    track('identify', ids);
    // Logged out: whoever comes next in this browser is another visitor. Without consent there is no id, and storage is left alone (S1).
    // Replaced at once: where other pages find none, they take it for a withdrawal.
    if (!Object.values(ids ?? {}).join('') && envelope()?.i) writeMark((current = newId()));
  }),
};
