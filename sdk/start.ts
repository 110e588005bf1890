// sdk/start.ts: puts the tag together. Nothing is stored, and nothing sent, before policy and choice allow it.
import type { Purpose } from '../contract/index.ts';
import type { ConsentChoice, EventParams, Hushtag, OwnCalls, TagOptions } from './api.ts';
import { send } from './delivery.ts';
import { explain } from './explain.ts';
import { choose, openGate, SOURCE_SITE } from './gate.ts';
import { OPTED_OUT, writeMark } from './mark.ts';
import { watchPageViews } from './page-views.ts';
import { discard } from './queue.ts';
import { safely } from './safely.ts';
import { track } from './track.ts';

/** Adds the e-commerce calls to a tag's own: each name that is none of those is `track` with that name. */
export const eventCalls: ProxyHandler<Hushtag> = {
  get: (calls: Hushtag, name: string): unknown =>
    calls[name as keyof Hushtag] ?? ((params?: EventParams) => calls.track(name, params)),
};

/** Names that are no events, though they are none of Core's calls: who awaits a tag calls its `then`, and chunks ask for the id that Full has. */
export interface NoEvents {
  readonly id: () => undefined;
  readonly then: 0;
}

/** Starts the tag and returns its API. There is one tag a page: its state is its modules'. */
export const startTag = (options: TagOptions): Hushtag => {
  openGate(options);
  const consent = safely((choice: ConsentChoice) => {
    // A list becomes its words, as `data-consent="measure profile"` is already.
    const said = (choice as { readonly purposes?: readonly Purpose[] } | null)?.purposes ?? (choice as string);
    choose(String(said), SOURCE_SITE);
    void send();
  });
  if (options.consent) consent(options.consent);
  safely(watchPageViews)();
  const own: OwnCalls & NoEvents = {
    id: () => undefined,
    // oxlint-disable-next-line unicorn/no-thenable -- the contrary: without it the tag would be one.
    then: 0,
    track,
    consent,
    optOut: () => {
      explain?.('out');
      discard();
      consent('refuse');
      writeMark(OPTED_OUT);
    },
  };
  return new Proxy(own as unknown as Hushtag, eventCalls);
};
