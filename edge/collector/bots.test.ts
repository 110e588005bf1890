// edge/collector/bots.test.ts: what counts as automated, and who overrules whom.
import { describe, expect, it } from 'vitest';
import type { BotRule } from '../../core/index.ts';
import { parseNetworks } from '../../core/index.ts';
import { botReason } from './bots.ts';

const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const CRAWLER = 'Googlebot/2.1 (+http://www.google.com/bot.html)';
const cloud = parseNetworks(['198.51.100.0/24']);

const reasonOf = (over: {
  userAgent?: string;
  address?: string;
  webdriver?: boolean;
  rules?: readonly BotRule[];
}): string | undefined =>
  botReason({
    userAgent: AGENT,
    address: '203.0.113.7',
    webdriver: false,
    rules: [],
    dataCentres: cloud.ok ? cloud.value : undefined,
    ...over,
  });

const allowCrawler: BotRule = { action: 'allow', agent: 'googlebot' };
const denyFirefox: BotRule = { action: 'deny', agent: 'firefox/140' };
const allowCloud: BotRule = { action: 'allow', network: '198.51.100.7' };

describe('D2: bots are told apart and counted by reason', () => {
  it.each([
    { why: 'a person', signs: {}, reason: undefined },
    { why: 'a crawler', signs: { userAgent: CRAWLER }, reason: 'user_agent' },
    { why: 'an empty agent', signs: { userAgent: ' ' }, reason: 'no_user_agent' },
    { why: 'a driven browser', signs: { webdriver: true }, reason: 'webdriver' },
    { why: 'a data centre', signs: { address: '198.51.100.7' }, reason: 'data_centre' },
    { why: 'a rule for a crawler', signs: { userAgent: CRAWLER, rules: [allowCrawler] }, reason: undefined },
    { why: 'a rule against an agent', signs: { rules: [denyFirefox] }, reason: 'site_rule' },
    { why: 'a rule for one address', signs: { address: '198.51.100.7', rules: [allowCloud] }, reason: undefined },
    { why: 'its neighbour', signs: { address: '198.51.100.8', rules: [allowCloud] }, reason: 'data_centre' },
    {
      why: 'the site’s own monitor',
      signs: { webdriver: true, address: '198.51.100.7', rules: [allowCloud, denyFirefox] },
      reason: undefined,
    },
    {
      why: 'the first rule of two',
      signs: { address: '198.51.100.7', rules: [denyFirefox, allowCloud] },
      reason: 'site_rule',
    },
    { why: 'a part that is no pattern', signs: { rules: [{ action: 'deny', agent: '.*' }] }, reason: undefined },
  ] as const)('$why: $reason', ({ signs, reason }) => {
    expect(reasonOf(signs)).toBe(reason);
  });
});
