// edge/collector/context/context.test.ts: what is kept of a context by what was decided, and that nothing of a client's own is in it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrackEvent } from '../../../contract/index.ts';
import { BROWSERS, CHANNELS, DEVICES, storedContext, SYSTEMS } from '../../../core/index.ts';
import { contextOf, sharedContext } from './context.ts';
import { languageOf } from './language.ts';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const signs = {
  userAgent: AGENT,
  acceptLanguage: 'de-AT,de;q=0.9,en;q=0.8',
  place: { country: 'AT', region: '9', timeZone: 'Europe/Vienna' },
};
const event = (over: Partial<TrackEvent> = {}): TrackEvent =>
  ({ id: 'e', name: 'page_view', at: 0, url: 'https://shop.example/', ...over }) as TrackEvent;
const inWords = (code: string) => {
  const [country, region, device, browser, os, language, timeZone, channel] = storedContext(code);
  const words = [DEVICES[device], BROWSERS[browser], SYSTEMS[os]];
  return [country, region, ...words, language, timeZone, CHANNELS[channel]];
};
const search = { referrer: 'www.google.com' };

describe('C1: a context says less the less its visitor agreed to', () => {
  it.each([
    { action: 'link', kept: ['AT', '9', 'desktop', 'firefox', 'linux', 'de', 'Europe/Vienna', 'organic_search'] },
    { action: 'day', kept: ['AT', '', 'desktop', 'firefox', 'linux', 'de', '', 'organic_search'] },
    { action: 'count', kept: ['AT', '', 'desktop', 'other', 'other', '', '', 'organic_search'] },
  ] as const)('with $action', ({ action, kept }) => {
    expect(inWords(contextOf(sharedContext(signs, action), event(), search, true))).toEqual(kept);
    const withoutChannel = [...kept.slice(0, -1), 'none'];
    expect(inWords(contextOf(sharedContext(signs, action), event(), search, false))).toEqual(withoutChannel);
  });

  it.each([
    { why: 'a page view without a referrer', over: {}, place: {}, channel: 'direct' },
    { why: 'another event without one', over: { name: 'add_to_cart' }, place: {}, channel: 'none' },
    { why: 'a page of the site itself', over: {}, place: { referrer: 'shop.example' }, channel: 'none' },
    {
      why: 'a page of the site itself with a campaign',
      over: {},
      place: { referrer: 'shop.example', campaign: 'utm_medium=email' },
      channel: 'email',
    },
    { why: 'another host of the same name', over: {}, place: { referrer: 'blog.shop.example' }, channel: 'referral' },
    { why: 'a click id', over: { url: 'https://shop.example/?a=1&gclid=x' }, place: {}, channel: 'paid_search' },
    { why: 'a path that ends like one', over: { url: 'https://shop.example/gclid=x' }, place: {}, channel: 'direct' },
  ])('$why: $channel', ({ over, place, channel }) => {
    const code = contextOf(sharedContext(signs, 'day'), event(over), place, true);
    expect(inWords(code).at(-1)).toBe(channel);
  });

  it.each([
    ['en-GB,en;q=0.9', 'en'],
    ['de', 'de'],
    [' FR ;q=0.5', 'fr'],
    ['*', ''],
    ['xx', ''],
    ['deutsch', ''],
    ['a-mark@mail.example', ''],
    [undefined, ''],
  ])('reads the language of %s as "%s"', (header, language) => {
    expect(languageOf(header)).toBe(language);
  });

  it('P1: holds words of closed lists alone, whatever a client sends', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (userAgent, acceptLanguage, referrer) => {
        const shared = sharedContext({ userAgent, acceptLanguage, place: undefined }, 'link');
        const code = contextOf(shared, event({ url: referrer }), { referrer, campaign: acceptLanguage }, true);
        expect(code).toMatch(/^\|\|\d\|\d{1,2}\|\d\|(?:[a-z]{2})?\|\|\d{1,2}$/);
      }),
    );
  });
});
