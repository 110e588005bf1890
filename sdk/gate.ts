// sdk/gate.ts: decides what may leave the browser (C1, C2). The table is the contract's; this holds the choice.
import type { ConsentDecision, ConsentPolicy, WireBatch, WireConsent } from '../contract/index.ts';
import { decideConsent, POLICIES, PURPOSE_BITS_ALL, PURPOSES, WIRE_VERSION } from '../contract/index.ts';
import type { ConsentChoice, TagOptions } from './api.ts';
import { firstPartyId, forget, isOut } from './mark.ts';
import type { Sparse } from './queue.ts';
import { discard } from './queue.ts';

/** The site's own call in the contract's CONSENT_SOURCES, whose names the tag needn't carry. */
const SOURCE_SITE = 1;

/** What the site said when it started the tag. */
export let options: TagOptions;
/** What the site does without consent. */
export let policy: ConsentPolicy;
let consent: WireConsent = ['u', 0, 0];
let action: ConsentDecision['action'];

/** Opens the gate for a visitor nobody has asked. A policy that is misspelt is the strictest. */
export const openGate = (said: TagOptions): void => {
  options = said;
  policy = POLICIES[options.policy ?? 'standard'] ?? POLICIES.strict;
  action = policy.unknown;
};

// A string and a list both have `includes`, so `data-consent="measure profile"` needs no parser of its own.
const bitsOfChoice = (choice: ConsentChoice): number => {
  if (choice === 'grant') return PURPOSE_BITS_ALL;
  const named = typeof choice === 'string' ? choice : choice.purposes;
  return PURPOSES.reduce((bits, purpose, index) => (named.includes(purpose) ? bits | (1 << index) : bits), 0);
};

/** Takes the visitor's choice. Whoever opted out stays out, whatever a consent platform says later. */
export const choose = (choice: ConsentChoice): void => {
  if (isOut()) return;
  const [, purposesBefore] = consent;
  consent = ['r', 0, SOURCE_SITE]; // What holds if a patched page makes the next lines throw.
  action = 'drop';
  // The table treats a grant of nothing as a refusal.
  const told = { state: 'granted', source: 'site', purposes: bitsOfChoice(choice) } as const;
  const decision = decideConsent(policy, told, navigator.globalPrivacyControl === true);
  const { purposes } = decision;
  action = decision.action;
  // The purposes that hold are told, not those that were clicked: no Sec-GPC header comes with a signal set by an extension.
  if (purposes) consent = ['g', purposes, SOURCE_SITE];
  if (action === 'link') return;
  forget();
  // What was gathered under a grant goes with it; what was gathered before anybody was asked may still be counted.
  if (purposesBefore || action === 'drop') discard();
};

/** Whether new events are worth keeping: they may be sent now, or once the visitor agrees. */
export const isListening = (): boolean => action !== 'drop' || consent[0] === 'u';

/** What the next message says besides its events, or nothing while nothing may be sent. */
export const envelope = (): Sparse<Omit<WireBatch, 'e'>> | undefined => {
  // Storage is touched last: an objection must be heard before anything leaves, and no sooner (S1).
  if (action === 'drop' || document.prerendering || isOut()) return undefined;
  const now = Date.now();
  return {
    v: WIRE_VERSION,
    s: options.site,
    t: now,
    c: consent,
    i: action === 'link' ? firstPartyId(now) : undefined,
    w: navigator.webdriver ? 1 : undefined,
  };
};
