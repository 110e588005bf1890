// sdk/explain.ts: the seam at which the tag tells why it does what it does, where anybody listens.
import type { WireBatch } from '../contract/index.ts';
import type { EventFields, Sparse } from './queue.ts';

/** What became of one attempt to send. */
export interface Attempt {
  /** Events as JSON, with commas between them. */
  readonly events: string;
  readonly head: Sparse<Omit<WireBatch, 'e'>>;
  /** By a way that outlives the page. */
  readonly isLast: boolean;
  readonly isDelivered: unknown;
  /** Until the next attempt, ms; 0 for none. */
  readonly retryMs: number;
}

/** The steps that are told, and what is told of each. */
export interface Steps {
  /** A consent platform is in the page: its code among the contract's CONSENT_SOURCES. */
  readonly found: readonly [source: number];
  /** A source has spoken: its words, its code. */
  readonly chosen: readonly [said: string, source: number];
  /** Another page of the site has ended what this one went on under. */
  readonly ended: readonly [];
  /** A call, before it is an event, and whether the gate listens. */
  readonly called: readonly [event: EventFields, isListening: boolean];
  /** An event (as JSON) is not kept: the gate does not listen, or there is no room for it beside those that wait already. */
  readonly refused: readonly [event: string, waiting: number];
  /** An event waits: as JSON. */
  readonly queued: readonly [event: string];
  /** What waits may not leave now. */
  readonly held: readonly [waiting: number];
  /** Everything that waited is dropped. */
  readonly discarded: readonly [events: readonly string[]];
  /** The collector has answered; the body is unread. */
  readonly answered: readonly [answer: Response, events: string];
  readonly tried: readonly [attempt: Attempt];
  /** The id is wiped, and the collector will be told whose consent has ended. */
  readonly withdrawn: readonly [];
  /** The visitor opted out. */
  readonly out: readonly [];
}

/** Takes a step. It must not throw. */
export type Explain = <Step extends keyof Steps>(step: Step, ...facts: Steps[Step]) => void;

/**
 * Whoever listens. Only the debugging tag's entry calls what sets this, so that every other build knows it to be
 * undefined, and a call of it is no code there.
 */
export let explain: Explain | undefined;

/** The script tag that is explained, likewise. */
export let explained: HTMLScriptElement | undefined;

/** From now on, each step of a script tag is told. */
export const explainBy = (by: Explain, script: HTMLScriptElement): void => {
  explain = by;
  explained = script;
};
