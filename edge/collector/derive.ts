// edge/collector/derive.ts: keys and scrubbing: turns an event of a client into the row that may be kept (P1, C1).
import type { ConsentDecision, EpochMs, Item, TrackEvent } from '../../contract/index.ts';
import { PURPOSE_BIT } from '../../contract/index.ts';
import type { AccountKind, ScrubbedUrl, SitePolicy } from '../../core/index.ts';
import {
  accountIdsOf,
  accountKey,
  allowedProperties,
  IDENTIFY_EVENT,
  invariant,
  scrubEventName,
  scrubProductText,
  scrubProperties,
  scrubReferrer,
  scrubText,
  scrubUrl,
  sourceCode,
  storedEventId,
  withoutAccountIds,
} from '../../core/index.ts';
import type { AccountRef, EventRow, Site } from '../../store/index.ts';
import type { SharedContext } from './context/context.ts';
import { contextOf } from './context/context.ts';
import type { EventKeys } from './sender-keys.ts';

/** Everything the rows of one message share. */
export interface DeriveContext {
  readonly site: Site;
  readonly decision: ConsentDecision;
  /** What all events of the message share of their context; absent of an importer. */
  readonly shared?: SharedContext | undefined;
  /** Where the events come from, where it is not the tag (core/context.ts). */
  readonly source?: string | undefined;
}

const NO_ACCOUNTS: readonly AccountRef[] = [];

/**
 * The accounts an `identify` says its visitor is; none where the visitor did not agree to `profile`: then the ids are not
 * even looked at. At once but for an `identify`. @returns the name of the id that is malformed, where one is.
 */
export function accountsOf(
  { decision, site }: DeriveContext,
  { hmac, linked, former }: EventKeys,
  event: TrackEvent,
): readonly AccountRef[] | AccountKind | Promise<readonly AccountRef[]> {
  const mayLink = linked === 1 && (decision.purposes & PURPOSE_BIT.profile) !== 0;
  if (event.name !== IDENTIFY_EVENT || !mayLink || hmac === undefined) return NO_ACCOUNTS;
  const ids = accountIdsOf(event.properties ?? {}, site.policy.callingCode || undefined);
  if (!ids.ok) return ids.error;
  return Promise.all(
    ids.value.map(async (id) => {
      const from = { site: site.id, id };
      const account = { kind: id.kind, key: await accountKey(hmac, from) };
      return former === undefined ? account : { ...account, former: await accountKey(former.hmac, from) };
    }),
  );
}

/** Keys of an event's order: under the salt in force and, while that lives, under the one before. */
export interface OrderKeys {
  readonly key: string;
  readonly former?: string;
}

const scrubItem = (item: Item): Item =>
  Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, typeof value === 'string' ? scrubProductText(value) : value]),
  ) as unknown as Item;

function propertiesOf({ name, properties }: TrackEvent, policy: SitePolicy): string | undefined {
  if (properties === undefined) return undefined;
  const kept = allowedProperties(policy, name === IDENTIFY_EVENT ? withoutAccountIds(properties) : properties);
  return Object.keys(kept).length === 0 ? undefined : JSON.stringify(scrubProperties(kept));
}

const titleOf = (title: string, { titles, allowedTitles }: SitePolicy): string | undefined =>
  titles === 'allow-list' && !allowedTitles.includes(title) ? undefined : scrubText(title);

const NO_URL: Partial<ScrubbedUrl> = {};

/**
 * Makes the row of an event whose consent decision is not `drop`.
 * @param keys the event's; @param order the keys of its order, where it has one and a salt to make it with.
 * @param accounts those it names, see {@link accountsOf}.
 */
export function deriveRow(
  { decision, site, shared, source }: DeriveContext,
  event: TrackEvent,
  at: EpochMs,
  keys: EventKeys,
  order: OrderKeys | undefined,
  accounts: readonly AccountRef[],
): EventRow {
  invariant(decision.action !== 'drop', 'C1: a dropped event is never derived');
  invariant(decision.action === 'link' || keys.linked === 0, 'C1: no lasting key without consent');
  const { policy } = site;
  const { url, title, commerce } = event;
  const scrubbed = (url === undefined ? undefined : scrubUrl(url, policy.query)) ?? NO_URL;
  // No referrer and campaign where the policy keeps no channel data.
  const { channelData } = policy;
  const campaign = channelData ? scrubbed.campaign : undefined;
  const referrer = channelData && event.referrer !== undefined ? scrubReferrer(event.referrer) : undefined;
  return {
    id: storedEventId(event.id),
    at,
    name: scrubEventName(event.name),
    visitor: keys.visitor,
    formerVisitor: keys.former?.visitor,
    linked: keys.linked,
    purposes: decision.purposes,
    policyVersion: site.policyVersion,
    path: scrubbed.path,
    campaign,
    referrer,
    title: title === undefined ? undefined : titleOf(title, policy),
    orderKey: order?.key,
    formerOrder: order?.former,
    currency: commerce?.currency,
    value: commerce?.value,
    tax: commerce?.tax,
    shipping: commerce?.shipping,
    discount: commerce?.discount,
    coupon: commerce?.coupon === undefined ? undefined : scrubText(commerce.coupon),
    items: commerce?.items === undefined ? undefined : JSON.stringify(commerce.items.map(scrubItem)),
    properties: propertiesOf(event, policy),
    accounts: accounts.length === 0 ? undefined : accounts,
    context: shared ? contextOf(shared, event, { campaign, referrer }, channelData) : sourceCode(source),
  };
}
