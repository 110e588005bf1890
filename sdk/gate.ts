// sdk/gate.ts: decides what may leave the browser (C1, C2), as contract/consent.ts would: gate.test.ts compares them.
import type { WireBatch, WireConsent } from '../contract/index.ts';
import { WIRE_VERSION } from '../contract/index.ts';
import type { TagOptions } from './api.ts';
import { explain } from './explain.ts';
import { isOut } from './mark.ts';
import { discard } from './queue.ts';
import { safely } from './safely.ts';

/** What Full adds: it hears of several sources, and may remember a visitor who agreed. */
export interface Extension {
  /** What holds of all that the sources have said, when one of them has spoken. */
  readonly combine: (said: string, source: number) => string;
  /** The id, made where there is none yet or it is too old; asked for after consent alone (C1). None where another page has wiped it. */
  readonly get: () => string | void;
  /** Forgets it, and leaves in the queue whose consent has ended: called after a refusal.
   * @param isKept whether what waited waits still. */
  readonly forget: (isKept: unknown) => void;
}

/** The site's own call in the contract's CONSENT_SOURCES, whose names the tag needn't carry. */
export const SOURCE_SITE = 1;

/** What the site said when it started the tag. */
export let options: TagOptions;
// The contract's table as questions; what is misspelt is `strict`.
/** Whether the policy takes unasked visitors on the CNIL's terms: no referrer, no campaign. */
export let isExempt: boolean;
/** Whether the policy takes everybody, who refused without a key. */
let isStandard: boolean;
let consent: WireConsent = ['u'];
/** Whether events may be linked. */
let isLinked = false;
// Core remembers nobody, and hears of one source: only Full calls what sets this.
let extension: Extension | undefined;

/** Opens the gate for a visitor nobody has asked. */
export const openGate = (said: TagOptions): void => {
  options = said;
  isExempt = said.policy === 'exempt';
  isStandard = (said.policy ?? 'standard') === 'standard';
};

/** From now on, visitors who agree are remembered, and what one source says holds only as far as the others agree. */
export const extendGate = (by: Extension): void => {
  extension = by;
};

/** Whether new events are worth keeping: they may be sent now, or once the visitor agrees. */
export const isListening = (): boolean => !consent[2] || isLinked || isStandard;
/**
 * Whether what waits may leave. Once a source has spoken (its code is no 0) it may: a refusal drops what may not, and
 * nothing is kept after it.
 */
export const isOpen = (): unknown => consent[2] || isStandard || isExempt;

/** Words of consent and nothing else, white space or commas between them: `grant` and the contract's PURPOSES, which a test compares. */
const WORDS = /^((grant|measure|profile|personalise|share|cross_border|sensitive|publication|)([\s,]|$))*$/;

/**
 * Takes the visitor's choice.
 * @param said `grant`, or names of purposes; with any other word in it, it is a refusal.
 */
export const choose = (said: string, source: number): void => {
  const known = WORDS.test(said) ? said : '';
  // What was gathered under a grant goes with it; what was gathered before anybody was asked may be counted by `standard`. What waits
  // from an earlier refusal, a withdrawal say, stays.
  const isKept = !isLinked && (consent[2] || isStandard);
  consent = [
    'g',
    (extension ? extension.combine(known, source) : known) +
      (navigator.globalPrivacyControl || isExempt ? ' limited' : ''),
    source,
  ];
  // `personalise` and `share` act on a profile: alone they are a refusal.
  isLinked = /grant|measure|profile(?![^]*limited)/.test(consent[1] as string);
  explain?.('chosen', said, source);
  if (isLinked) return;
  if (!isKept) discard();
  extension?.forget(isKept);
};

/** What the next message says besides its events, or nothing while nothing may be sent. */
export const envelope: () => Omit<WireBatch, 'e'> | void = safely(() => {
  // Storage is touched last: an objection must be heard before anything leaves, and no sooner (S1).
  if (!isOpen() || document.prerendering || isOut()) return;
  const head: { -readonly [Field in keyof WireBatch as Exclude<Field, 'e'>]: WireBatch[Field] } = {
    // A program that says it drives the browser; those that don't, the edge tells by the user agent.
    w: navigator.webdriver,
    v: WIRE_VERSION,
    c: consent,
    t: Date.now(),
    s: options.site,
  };
  // Who withdrew in another page has refused in this one, to whomever spoke last.
  if (extension && isLinked && !(head.i = extension.get() as string)) {
    explain?.('ended');
    return choose('', consent[2] as number);
  }
  return head;
});
