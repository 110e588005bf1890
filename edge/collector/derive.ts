// edge/collector/derive.ts: keys and scrubbing: turns an event of a client into the row that may be kept (P1, C1).
import type { ConsentDecision, ConsentPolicy, EpochMs, FirstPartyId, Item, TrackEvent } from '../../contract/index.ts';
import type { Hmac } from '../../core/index.ts';
import {
  dayVisitorKey,
  daySaltLives,
  invariant,
  linkedVisitorKey,
  orderKey,
  scrubEventName,
  scrubProductText,
  scrubProperties,
  scrubReferrer,
  scrubText,
  scrubUrl,
  storedEventId,
} from '../../core/index.ts';
import type { EventRow, Site } from '../../store/index.ts';
import type { SaltHmac } from './keyring.ts';

/** What is known of who sent a message; it never leaves the request. */
export interface Sender {
  readonly firstPartyId?: FirstPartyId;
  /** The truncated address, absent where the platform could not tell or the sender is an importer. */
  readonly network?: string;
  readonly userAgent: string;
}

/** Everything the rows of one message share. */
export interface DeriveContext {
  readonly site: Site;
  readonly policy: ConsentPolicy;
  readonly decision: ConsentDecision;
  readonly sender: Sender;
  readonly saltHmac: SaltHmac;
  readonly now: EpochMs;
}

/** The keys of one event, or the reason it can't have those it should. */
type Keys = { readonly hmac?: Hmac; readonly visitor?: string; readonly linked: 0 | 1 };

async function keysOf(context: DeriveContext, at: EpochMs): Promise<Keys | 'day_over'> {
  const { decision, sender, site, saltHmac, now } = context;
  if (decision.action === 'link' && sender.firstPartyId !== undefined) {
    const hmac = await saltHmac(site.row, 'long', now);
    return {
      hmac,
      linked: 1,
      visitor: await linkedVisitorKey(hmac, { site: site.id, firstPartyId: sender.firstPartyId }),
    };
  }
  if ((decision.action === 'day' || decision.action === 'link') && sender.network !== undefined) {
    if (!daySaltLives(at, now)) return 'day_over';
    const hmac = await saltHmac(site.row, 'day', at);
    const visitor = await dayVisitorKey(hmac, { site: site.id, network: sender.network, userAgent: sender.userAgent });
    return { hmac, linked: 0, visitor };
  }
  return { linked: 0 };
}

const scrubItem = (item: Item): Item =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, typeof value === 'string' ? scrubProductText(value) : value]),
  ) as unknown as Item;

/** What of an event's place may be kept: no referrer and campaign where the policy keeps no channel data. */
function placeOf(event: TrackEvent, channelData: boolean): Pick<EventRow, 'path' | 'campaign' | 'referrer' | 'title'> {
  const url = event.url === undefined ? undefined : scrubUrl(event.url);
  return {
    path: url?.path,
    campaign: channelData ? url?.campaign : undefined,
    referrer: channelData && event.referrer !== undefined ? scrubReferrer(event.referrer) : undefined,
    title: event.title === undefined ? undefined : scrubText(event.title),
  };
}

/** Makes the row of an event whose consent decision is not `drop`; `day_over` where its day's salt is gone (late). */
export async function deriveRow(
  context: DeriveContext,
  event: TrackEvent,
  at: EpochMs,
): Promise<EventRow | 'day_over'> {
  const { decision, policy, site } = context;
  invariant(decision.action !== 'drop', 'C1: a dropped event is never derived');
  const keys = await keysOf(context, at);
  if (keys === 'day_over') return 'day_over';
  invariant(decision.action === 'link' || keys.linked === 0, 'C1: no lasting key without consent');
  const commerce = event.commerce ?? {};
  const order =
    keys.hmac !== undefined && commerce.transactionId !== undefined
      ? await orderKey(keys.hmac, { site: site.id, transactionId: commerce.transactionId })
      : undefined;
  return {
    id: storedEventId(event.id),
    at,
    name: scrubEventName(event.name),
    visitor: keys.visitor,
    linked: keys.linked,
    purposes: decision.purposes,
    policyVersion: site.policyVersion,
    ...placeOf(event, policy.channelData),
    orderKey: order,
    currency: commerce.currency,
    value: commerce.value,
    tax: commerce.tax,
    shipping: commerce.shipping,
    discount: commerce.discount,
    coupon: commerce.coupon === undefined ? undefined : scrubText(commerce.coupon),
    items: commerce.items === undefined ? undefined : JSON.stringify(commerce.items.map(scrubItem)),
    properties: event.properties === undefined ? undefined : JSON.stringify(scrubProperties(event.properties)),
  };
}
