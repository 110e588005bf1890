// edge/collector/sender-keys.ts: the keys of a message's sender: made once for each salt period its events lie in (C1).
import type { ConsentDecision, EpochMs, FirstPartyId } from '../../contract/index.ts';
import type { Hmac, Place } from '../../core/index.ts';
import { daySaltLives, dayVisitorKey, linkedVisitorKey, saltPeriodAt } from '../../core/index.ts';
import type { Site } from '../../store/index.ts';
import type { Keyring } from './keyring.ts';

/** What is known of who sent a message; it never leaves the request. */
export interface Sender {
  readonly firstPartyId?: FirstPartyId;
  /** The truncated address, absent where the platform could not tell or the sender is an importer. */
  readonly network?: string;
  readonly userAgent: string;
  /** `Accept-Language`, and where the network lies; absent of an importer. */
  readonly acceptLanguage?: string | undefined;
  readonly place?: Place | undefined;
}

/** The keys of one event: its visitor's, and what its order's is made with. */
export interface EventKeys {
  readonly hmac?: Hmac;
  readonly visitor?: string;
  /** 1 where the visitor key outlives the day. */
  readonly linked: 0 | 1;
  /** The same under the long salt before this one, while that lives: by these they are known from earlier visits. */
  readonly former?: { readonly hmac: Hmac; readonly visitor: string };
}

/** Whose keys, and with what. */
export interface SenderKeysContext {
  readonly site: Site;
  readonly decision: ConsentDecision;
  readonly sender: Sender;
  readonly saltHmac: Keyring;
  readonly now: EpochMs;
}

/** Gives the keys of an event that happened at `at`, or `day_over` where it should have those of a day whose salt is gone. */
export type SenderKeys = (at: EpochMs) => EventKeys | 'day_over' | Promise<EventKeys>;

const NO_KEYS: EventKeys = { linked: 0 };

async function linkedKeys({ site, saltHmac, now }: SenderKeysContext, firstPartyId: FirstPartyId): Promise<EventKeys> {
  const { hmac, former } = await saltHmac.long(site.row, now);
  const from = { site: site.id, firstPartyId };
  const keys: EventKeys = { hmac, linked: 1, visitor: await linkedVisitorKey(hmac, from) };
  if (former === undefined) return keys;
  return { ...keys, former: { hmac: former.hmac, visitor: await linkedVisitorKey(former.hmac, from) } };
}

async function dayKeys(context: SenderKeysContext, network: string, at: EpochMs): Promise<EventKeys> {
  const { site, sender, saltHmac } = context;
  const hmac = await saltHmac(site.row, 'day', at);
  const visitor = await dayVisitorKey(hmac, { site: site.id, network, userAgent: sender.userAgent });
  return { hmac, linked: 0, visitor };
}

/** Remembers what was made for a period, so that the events of a message share it. */
function once(
  make: (at: EpochMs) => Promise<EventKeys>,
): (period: number, at: EpochMs) => EventKeys | Promise<EventKeys> {
  // A message's events lie in two days at most: those of older ones are late.
  const made = new Map<number, EventKeys>();
  return (period, at) => {
    const held = made.get(period);
    if (held !== undefined) return held;
    return make(at).then((keys) => {
      made.set(period, keys);
      return keys;
    });
  };
}

/** Makes it for a message. */
export function senderKeys(context: SenderKeysContext): SenderKeys {
  const { decision, sender, now } = context;
  const { firstPartyId, network } = sender;
  if (decision.action === 'link' && firstPartyId !== undefined) {
    const linked = once(() => linkedKeys(context, firstPartyId));
    return (at) => linked(0, at);
  }
  if ((decision.action === 'day' || decision.action === 'link') && network !== undefined) {
    const day = once((at) => dayKeys(context, network, at));
    return (at) => (daySaltLives(at, now) ? day(saltPeriodAt('day', at).opensAt, at) : 'day_over');
  }
  return () => NO_KEYS;
}
