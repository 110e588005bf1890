// sdk/gate.ts: decides what may leave the browser (C1, C2), as contract/consent.ts would: gate.test.ts compares them.
import type { WireBatch, WireConsent } from '../contract/index.ts';
import { WIRE_VERSION } from '../contract/index.ts';
import type { TagOptions } from './api.ts';
import { explain } from './explain.ts';
import { isOut } from './mark.ts';
import type { Sparse } from './queue.ts';
import { discard } from './queue.ts';
import { safely } from './safely.ts';

/** What may be remembered of a visitor who agreed. */
export interface Identity {
  /** The id, made where there is none or it is too old; asked for after consent alone (C1). */
  readonly get: () => string;
  /** Forgets it, and leaves in the queue whose consent has ended: called after a refusal. */
  readonly forget: () => void;
}

/** The site's own call in the contract's CONSENT_SOURCES, whose names the tag needn't carry. */
export const SOURCE_SITE = 1;

/** What the site said when it started the tag. */
export let options: TagOptions;
let consent: WireConsent = ['u', '', 0];
// Core remembers nobody: only Full calls what sets this.
let identity: Identity | undefined;

/** Opens the gate for a visitor nobody has asked. */
export const openGate = (said: TagOptions): void => {
  options = said;
};

// Core hears of one source alone.
let combine: ((said: string, source: number) => string) | undefined;

/** From now on, visitors who agree are remembered, and what one source says holds only as far as the others agree. */
export const extendGate = (by: Identity, combineBy: typeof combine): void => {
  identity = by;
  combine = combineBy;
};

// The contract's table as questions; what is misspelt is `strict`.
/** Whether the policy takes unasked visitors on the CNIL's terms: no referrer, no campaign. */
export const isExempt = (): boolean => options.policy === 'exempt';
/** Whether the policy takes everybody, who refused without a key. */
const isStandard = (): boolean => (options.policy ?? 'standard') === 'standard';
/** Whether events may be linked. `personalise` and `share` act on a profile: alone they are a refusal. */
const isLinked = (): boolean => /(^|[\s,])(grant|measure|profile(?![^]*limited))([\s,]|$)/.test(consent[1] as string);
/** Whether new events are worth keeping: they may be sent now, or once the visitor agrees. */
export const isListening = (): boolean => !consent[2] || isLinked() || isStandard();
/**
 * Whether what waits may leave. Once a source has spoken (its code is no 0) it may: a refusal drops what may not, and
 * nothing is kept after it.
 */
export const isOpen = (): unknown => consent[2] || isStandard() || isExempt();

/**
 * Takes the visitor's choice.
 * @param clicked `grant`, or names of purposes; anything else is a refusal.
 */
export const choose = (clicked: string, source: number): void => {
  // What was gathered under a grant goes with it; what was gathered before anybody was asked may be counted by `standard`. What waits
  // from an earlier refusal, a withdrawal say, stays.
  const isKept = !isLinked() && (consent[2] || isStandard());
  consent = [
    'g',
    (combine ? combine(clicked, source) : clicked) + (navigator.globalPrivacyControl || isExempt() ? ' limited' : ''),
    source,
  ];
  explain?.('chosen', clicked, source, consent);
  if (isLinked()) return;
  if (!isKept) discard();
  identity?.forget();
};

/** What the next message says besides its events, or nothing while nothing may be sent. */
export const envelope: () => Sparse<Omit<WireBatch, 'e'>> | void = safely(() => {
  // Storage is touched last: an objection must be heard before anything leaves, and no sooner (S1).
  if (!isOpen() || document.prerendering || isOut()) return;
  return {
    v: WIRE_VERSION,
    s: options.site,
    t: Date.now(),
    c: consent,
    i: identity && isLinked() ? identity.get() : undefined,
    // A program that says it drives the browser; those that don't, the edge tells by the user agent.
    w: navigator.webdriver ? 1 : undefined,
  };
});
