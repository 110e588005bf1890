// edge/collector/context/channel.ts: which channel group an event came by, from its campaign and its referrer's host.
//
// The rules and their order are those GA4 documents for its default channel group (Google Analytics Help 9756891, as read on
// 2026-11-24), with four differences: what needs Google Ads' own data (network, campaign type) is not known here; a click id
// of Google or Microsoft counts as a paid search where the campaign says nothing else; answers of AI assistants are a channel
// of their own also by referrer; "mobile" anywhere in a medium is no push message.
import type { Channel } from '../../../core/index.ts';
import { kindOfHost, kindOfSource } from './source-sites.ts';

/** What is known of how one event came. Nothing here is raw: see core/scrub.ts. */
export interface Arrival {
  /** utm_* parameters as a query string. */
  readonly campaign: string | undefined;
  /** Host of the referrer; undefined where there is none or it is the site's own page. */
  readonly referrer: string | undefined;
  /** The URL had a click id of an advertiser. */
  readonly clickId: boolean;
}

const PAID = /^(?:.*cp.*|ppc|retargeting|paid.*)$/;
const SHOPPING_CAMPAIGN = /^(?:.*(?:(?:[^a-df-z]|^)shop|shopping).*)$/;
const DISPLAY: ReadonlySet<string> = new Set(['display', 'banner', 'expandable', 'interstitial', 'cpm']);
const SOCIAL: ReadonlySet<string> = new Set([
  'social',
  'social-network',
  'social-media',
  'sm',
  'social network',
  'social media',
]);
const EMAIL: ReadonlySet<string> = new Set(['email', 'e-mail', 'e_mail', 'e mail']);
const REFERRAL: ReadonlySet<string> = new Set(['referral', 'app', 'link']);

function byCampaign(source: string, medium: string, name: string): Channel {
  if (name.includes('cross-network')) return 'cross_network';
  const kind = kindOfSource(source);
  const isShopping = kind === 'shopping' || SHOPPING_CAMPAIGN.test(name);
  const isPaid = PAID.test(medium);
  if (isPaid && isShopping) return 'paid_shopping';
  if (isPaid && kind === 'search') return 'paid_search';
  if (isPaid && kind === 'social') return 'paid_social';
  if (isPaid && kind === 'video') return 'paid_video';
  if (DISPLAY.has(medium)) return 'display';
  if (isPaid) return 'paid_other';
  if (isShopping) return 'organic_shopping';
  if (kind === 'social' || SOCIAL.has(medium)) return 'organic_social';
  if (kind === 'video' || medium.includes('video')) return 'organic_video';
  if (kind === 'search' || medium === 'organic') return 'organic_search';
  if (kind === 'ai_assistant' || medium === 'ai-assistant') return 'ai_assistant';
  if (EMAIL.has(source) || EMAIL.has(medium) || kind === 'email') return 'email';
  if (medium === 'affiliate' || medium === 'affiliates') return 'affiliates';
  if (REFERRAL.has(medium)) return 'referral';
  if (medium === 'audio') return 'audio';
  if (source === 'sms' || medium === 'sms') return 'sms';
  const isPush =
    medium.endsWith('push') || medium.includes('notification') || medium === 'mobile' || source === 'firebase';
  return isPush ? 'mobile_push' : 'unassigned';
}

const BY_KIND = {
  search: 'organic_search',
  social: 'organic_social',
  video: 'organic_video',
  shopping: 'organic_shopping',
  email: 'email',
  ai_assistant: 'ai_assistant',
} as const satisfies Readonly<Record<NonNullable<ReturnType<typeof kindOfHost>>, Channel>>;

const byReferrer = (host: string): Channel => {
  const kind = kindOfHost(host);
  return kind === undefined ? 'referral' : BY_KIND[kind];
};

function classify({ campaign, referrer, clickId }: Arrival): Channel | undefined {
  if (campaign !== undefined) {
    const said = new URLSearchParams(campaign);
    const value = (name: string): string => (said.get(name) ?? '').toLowerCase();
    const [source, medium, name] = [value('utm_source'), value('utm_medium'), value('utm_campaign')];
    if (clickId && medium === '') return 'paid_search';
    if (source !== '' || medium !== '' || name !== '') return byCampaign(source, medium, name);
  }
  if (clickId) return 'paid_search';
  return referrer === undefined ? undefined : byReferrer(referrer);
}

/** Arrivals remembered: campaigns and referrers repeat. */
const ARRIVALS_MAX = 2_000;
const known = new Map<string, Channel | undefined>();

/** The channel of an arrival; undefined where it says nothing. */
export function channelOf(arrival: Arrival): Channel | undefined {
  const { campaign, referrer, clickId } = arrival;
  if (campaign === undefined && referrer === undefined && !clickId) return undefined;
  const key = `${clickId ? 1 : 0}|${referrer ?? ''}|${campaign ?? ''}`;
  if (known.has(key)) return known.get(key);
  const channel = classify(arrival);
  if (known.size >= ARRIVALS_MAX) known.clear();
  known.set(key, channel);
  return channel;
}
