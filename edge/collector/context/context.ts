// edge/collector/context/context.ts: what is kept of where and how an event came, by what its visitor agreed to (P1, C1).
//
// | Decision | Kept |
// | --- | --- |
// | link | everything |
// | day | no region, no time zone: with them a rare context would show one person on two days |
// | count | country, device class and channel: whoever is not to be told apart is not told apart by their browser either |
//
// Where a policy keeps no channel data there is no channel, whatever the decision.
import type { ConsentDecision, TrackEvent } from '../../../contract/index.ts';
import type { Channel, EventContext, Place } from '../../../core/index.ts';
import { contextCode } from '../../../core/index.ts';
import { agentOf } from './agent.ts';
import { channelOf } from './channel.ts';
import { languageOf } from './language.ts';

/** What a request says of itself; it never leaves the request. */
export interface ContextSigns {
  readonly userAgent: string;
  readonly acceptLanguage?: string | undefined;
  readonly place?: Place | undefined;
}

/** The part of a context that all events of a message share. */
export type SharedContext = Omit<EventContext, 'channel'>;

/** Makes the shared part; `action` is what was decided about the message. */
export function sharedContext(signs: ContextSigns, action: ConsentDecision['action']): SharedContext {
  const { country = '', region = '', timeZone = '' } = signs.place ?? {};
  const { device, browser, os } = agentOf(signs.userAgent);
  if (action === 'count') {
    return { country, region: '', device, browser: 'other', os: 'other', language: '', timeZone: '' };
  }
  const language = languageOf(signs.acceptLanguage);
  return action === 'link'
    ? { country, region, device, browser, os, language, timeZone }
    : { country, region: '', device, browser, os, language, timeZone: '' };
}

const CLICK_ID = /[?&](?:gclid|gbraid|wbraid|msclkid)=/;
const hostOf = (url: string): string => /^https?:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i.exec(url)?.[1]?.toLowerCase() ?? '';

/** How an event came. `place` is what was kept of its URL and referrer; a page of the site itself is no source. */
function channelOfEvent(
  event: TrackEvent,
  place: { readonly campaign?: string | undefined; readonly referrer?: string | undefined },
): Channel {
  const isOwn = place.referrer !== undefined && event.url !== undefined && hostOf(event.url) === place.referrer;
  const channel = channelOf({
    campaign: place.campaign,
    referrer: isOwn ? undefined : place.referrer,
    clickId: event.url !== undefined && CLICK_ID.test(event.url),
  });
  if (channel !== undefined) return channel;
  // Only a page view is sent with the referrer it had; of another event a missing one says nothing.
  return event.name === 'page_view' && place.referrer === undefined ? 'direct' : 'none';
}

/** The text a context is stored by. */
export const contextOf = (
  shared: SharedContext,
  event: TrackEvent,
  place: Parameters<typeof channelOfEvent>[1],
  channelData: boolean,
): string => contextCode({ ...shared, channel: channelData ? channelOfEvent(event, place) : 'none' });
