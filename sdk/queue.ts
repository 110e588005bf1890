// sdk/queue.ts: the events that are not delivered yet.
import type { WireEvent } from '../contract/index.ts';
import { explain } from './explain.ts';

/** A wire shape before JSON: what is undefined is not said. */
export type Sparse<Wire> = { readonly [Field in keyof Wire]: Wire[Field] | undefined };

/** Characters of all events together that are kept while they can't be sent, some 500 events. Later ones are lost, so that the page with the campaign is not. */
export const QUEUE_CHARS_MAX = 200_000;

/** What may be said of an event. */
export type EventFields = Partial<Sparse<WireEvent>>;

/** Events as JSON, oldest first; those that were tried together are one entry, with commas between them. Who takes events out and has to put them back, puts them into the list they came from. */
export let queue: string[] = [];

/** Drops every event, also those that are on their way and would have to be sent again: their list is gone. */
export const discard = (): void => {
  explain?.('discarded', queue);
  queue = [];
};
