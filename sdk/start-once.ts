// sdk/start-once.ts: one tag a page however often a bundle asks for it, and none where there is no page.
import type { Hushtag, OwnCalls, TagOptions } from './api.ts';
import type { NoEvents } from './start.ts';
import { eventCalls } from './start.ts';

/** Calls that do nothing: on a server, and where no tag was started. */
export const noCalls = (): Hushtag => {
  const nothing = () => undefined;
  // oxlint-disable-next-line unicorn/no-thenable -- the contrary: without it these calls would be one.
  const none: OwnCalls & NoEvents = { id: nothing, then: 0, track: nothing, consent: nothing, optOut: nothing };
  return new Proxy(none as unknown as Hushtag, eventCalls);
};

let started: Hushtag | undefined;

/** Starts the tag, or returns the one that runs. On a server it returns calls that do nothing. */
export const startOnce = (start: (options: TagOptions) => Hushtag, options: TagOptions): Hushtag => {
  if (typeof window === 'undefined') return noCalls();
  started ??= start(options);
  return started;
};
