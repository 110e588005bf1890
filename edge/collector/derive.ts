// edge/collector/derive.ts: keys and scrubbing: turns an event of a client into the row that may be kept (P1, C1).
import type { ConsentDecision, ConsentPolicy, EpochMs, FirstPartyId, Item, TrackEvent } from '../../contract/index.ts';
import type { Result } from '../../contract/index.ts';
import { err, ok, PURPOSE_BIT } from '../../contract/index.ts';
import type { AccountKind, Hmac } from '../../core/index.ts';
import {
  accountIdsOf,
  accountKey,
  dayVisitorKey,
  daySaltLives,
  IDENTIFY_EVENT,
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
  withoutAccountIds,
} from '../../core/index.ts';
import type { AccountRef, EventRow, Site } from '../../store/index.ts';
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

/**
 * The accounts an `identify` says its visitor is; none where the visitor did not agree to `profile`: then the ids are not
 * even looked at. @returns the name of the id that is malformed, where one is.
 */
async function accountsOf(
  { decision, site }: DeriveContext,
  { hmac, linked }: Exclude<Keys, string>,
  event: TrackEvent,
): Promise<readonly AccountRef[] | AccountKind> {
  const mayLink = linked === 1 && (decision.purposes & PURPOSE_BIT.profile) !== 0;
  if (event.name !== IDENTIFY_EVENT || !mayLink || hmac === undefined) return [];
  const ids = accountIdsOf(event.properties ?? {});
  if (!ids.ok) return ids.error;
  return Promise.all(
    ids.value.map(async (id) => ({ kind: id.kind, key: await accountKey(hmac, { site: site.id, id }) })),
  );
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

/** Why an event has no row: its day's salt is gone (late), or it names an account by what is no id. */
export type NotDerived =
  | { readonly refused: 'day_over' }
  | { readonly refused: 'malformed_identity'; readonly pointer: string };

const propertiesOf = ({ name, properties }: TrackEvent): string | undefined => {
  if (properties === undefined) return undefined;
  const kept = name === IDENTIFY_EVENT ? withoutAccountIds(properties) : properties;
  return Object.keys(kept).length === 0 ? undefined : JSON.stringify(scrubProperties(kept));
};

/** Makes the row of an event whose consent decision is not `drop`. */
export async function deriveRow(
  context: DeriveContext,
  event: TrackEvent,
  at: EpochMs,
): Promise<Result<EventRow, NotDerived>> {
  const { decision, policy, site } = context;
  invariant(decision.action !== 'drop', 'C1: a dropped event is never derived');
  const keys = await keysOf(context, at);
  if (keys === 'day_over') return err({ refused: 'day_over' });
  invariant(decision.action === 'link' || keys.linked === 0, 'C1: no lasting key without consent');
  const accounts = await accountsOf(context, keys, event);
  if (typeof accounts === 'string') return err({ refused: 'malformed_identity', pointer: `/p/${accounts}` });
  const commerce = event.commerce ?? {};
  const order =
    keys.hmac !== undefined && commerce.transactionId !== undefined
      ? await orderKey(keys.hmac, { site: site.id, transactionId: commerce.transactionId })
      : undefined;
  return ok({
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
    properties: propertiesOf(event),
    accounts: accounts.length === 0 ? undefined : accounts,
  });
}
