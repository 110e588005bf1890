// edge/collector/derive.ts: keys and scrubbing: turns an event of a client into the row that may be kept (P1, C1).
import type { ConsentDecision, ConsentPolicy, EpochMs, Item, TrackEvent } from '../../contract/index.ts';
import type { ScrubbedUrl } from '../../core/index.ts';
import {
  invariant,
  scrubEventName,
  scrubProductText,
  scrubProperties,
  scrubReferrer,
  scrubText,
  scrubUrl,
  storedEventId,
} from '../../core/index.ts';
import type { EventRow, Site } from '../../store/index.ts';
import type { EventKeys } from './sender-keys.ts';

/** Everything the rows of one message share. */
export interface DeriveContext {
  readonly site: Site;
  readonly policy: ConsentPolicy;
  readonly decision: ConsentDecision;
}

const scrubItem = (item: Item): Item =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, typeof value === 'string' ? scrubProductText(value) : value]),
  ) as unknown as Item;

const NO_URL: Partial<ScrubbedUrl> = {};

/**
 * Makes the row of an event whose consent decision is not `drop`.
 * @param keys the event's; @param order the key of its order, where it has one and a salt to make it with.
 */
export function deriveRow(
  { decision, policy, site }: DeriveContext,
  event: TrackEvent,
  at: EpochMs,
  keys: EventKeys,
  order: string | undefined,
): EventRow {
  invariant(decision.action !== 'drop', 'C1: a dropped event is never derived');
  invariant(decision.action === 'link' || keys.linked === 0, 'C1: no lasting key without consent');
  const { url, referrer, title, properties, commerce } = event;
  const { path, campaign } = (url === undefined ? undefined : scrubUrl(url)) ?? NO_URL;
  // No referrer and campaign where the policy keeps no channel data.
  const { channelData } = policy;
  return {
    id: storedEventId(event.id),
    at,
    name: scrubEventName(event.name),
    visitor: keys.visitor,
    linked: keys.linked,
    purposes: decision.purposes,
    policyVersion: site.policyVersion,
    path,
    campaign: channelData ? campaign : undefined,
    referrer: channelData && referrer !== undefined ? scrubReferrer(referrer) : undefined,
    title: title === undefined ? undefined : scrubText(title),
    orderKey: order,
    currency: commerce?.currency,
    value: commerce?.value,
    tax: commerce?.tax,
    shipping: commerce?.shipping,
    discount: commerce?.discount,
    coupon: commerce?.coupon === undefined ? undefined : scrubText(commerce.coupon),
    items: commerce?.items === undefined ? undefined : JSON.stringify(commerce.items.map(scrubItem)),
    properties: properties === undefined ? undefined : JSON.stringify(scrubProperties(properties)),
  };
}
