// edge/collector/context/channel.test.ts: one row for each rule of the channel groups, and hosts that only look like one.
import { describe, expect, it } from 'vitest';
import { channelOf } from './channel.ts';

const of = (campaign?: string, referrer?: string, clickId = false): string | undefined =>
  channelOf({ campaign, referrer, clickId });
const utm = (source: string, medium: string, name = ''): string =>
  new URLSearchParams({ utm_source: source, utm_medium: medium, utm_campaign: name }).toString();

describe('M1: channel groups', () => {
  it.each([
    ['www.google.com', 'organic_search'],
    ['www.google.co.uk', 'organic_search'],
    ['duckduckgo.com', 'organic_search'],
    ['yandex.com.tr', 'organic_search'],
    ['mail.google.com', 'email'],
    ['shopping.google.com', 'organic_shopping'],
    ['gemini.google.com', 'ai_assistant'],
    ['chatgpt.com', 'ai_assistant'],
    ['l.facebook.com', 'organic_social'],
    ['t.co', 'organic_social'],
    ['old.reddit.com', 'organic_social'],
    ['m.youtube.com', 'organic_video'],
    ['www.amazon.de', 'organic_shopping'],
    ['blog.example.org', 'referral'],
    ['google.com.evil.example', 'referral'],
    ['google.evil.example', 'referral'],
    ['notgoogle.com', 'referral'],
    ['localhost', 'referral'],
  ])('come from the referrer %s: %s', (host, channel) => {
    expect(of(undefined, host)).toBe(channel);
  });

  it.each([
    ['google', 'cpc', '', 'paid_search'],
    ['Google', 'CPC', '', 'paid_search'],
    ['www.bing.com', 'ppc', '', 'paid_search'],
    ['google', 'cpc', 'summer-shop', 'paid_shopping'],
    ['google', 'cpc', 'workshop', 'paid_search'],
    ['google', 'cpc', 'the-shop', 'paid_shopping'],
    ['facebook', 'paid-social', '', 'paid_social'],
    ['ig', 'retargeting', '', 'paid_social'],
    ['youtube', 'cpv', '', 'paid_video'],
    ['youtube', 'cpc', '', 'paid_video'],
    ['amazon', 'cpc', '', 'paid_shopping'],
    ['criteo', 'cpc', '', 'paid_other'],
    ['newspaper', 'cpm', '', 'display'],
    ['newspaper', 'banner', '', 'display'],
    ['google', 'cpc', 'a cross-network campaign', 'cross_network'],
    ['etsy', 'organic', '', 'organic_shopping'],
    ['facebook', '', '', 'organic_social'],
    ['brand', 'social-media', '', 'organic_social'],
    ['vimeo', 'embed', '', 'organic_video'],
    ['bing', 'organic', '', 'organic_search'],
    ['somewhere', 'organic', '', 'organic_search'],
    ['chatgpt.com', '', '', 'ai_assistant'],
    ['newsletter', 'email', '', 'email'],
    ['e-mail', '', '', 'email'],
    ['partner', 'affiliate', '', 'affiliates'],
    ['partner', 'referral', '', 'referral'],
    ['podcast', 'audio', '', 'audio'],
    ['sms', '', '', 'sms'],
    ['brand', 'sms', '', 'sms'],
    ['brand', 'web-push', '', 'mobile_push'],
    ['brand', 'mobile-web', '', 'unassigned'],
    ['[email]', '[number]', '', 'unassigned'],
  ])('come from the campaign %s / %s / %s: %s', (source, medium, name, channel) => {
    expect(of(utm(source, medium, name))).toBe(channel);
    // The campaign wins over where the click came from.
    expect(of(utm(source, medium, name), 'www.google.com')).toBe(channel);
  });

  it.each([
    { why: 'a click id alone', campaign: undefined, clickId: true, channel: 'paid_search' },
    {
      why: 'a click id and a campaign without medium',
      campaign: 'utm_campaign=spring',
      clickId: true,
      channel: 'paid_search',
    },
    { why: 'a click id and another medium', campaign: utm('brand', 'email'), clickId: true, channel: 'email' },
    { why: 'a campaign of terms alone', campaign: 'utm_term=shoes', clickId: false, channel: undefined },
    { why: 'nothing', campaign: undefined, clickId: false, channel: undefined },
  ])('of $why: $channel', ({ campaign, clickId, channel }) => {
    expect(of(campaign, undefined, clickId)).toBe(channel);
  });
});
