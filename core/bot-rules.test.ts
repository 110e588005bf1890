// core/bot-rules.test.ts: which rules a site may have.
import { describe, expect, it } from 'vitest';
import type { BotRule } from './bot-rules.ts';
import { addBotRule, BOT_RULES_MAX, compileBotRules } from './bot-rules.ts';

const many = Array.from({ length: BOT_RULES_MAX }, (_, nth): BotRule => ({ action: 'deny', agent: `agent-${nth}` }));

describe('D2: a site’s own rules about bots', () => {
  it.each([
    { why: 'two characters', rule: { action: 'deny', agent: 'ab' }, error: 'agent_length' },
    { why: 'spaces', rule: { action: 'deny', agent: '  a   ' }, error: 'agent_length' },
    { why: 'too long a part', rule: { action: 'deny', agent: 'a'.repeat(201) }, error: 'agent_length' },
    { why: 'no network', rule: { action: 'deny', network: 'example.org' }, error: 'not_a_network' },
  ] as const)('refuses $why', ({ rule, error }) => {
    expect(addBotRule([], rule)).toEqual({ ok: false, error });
  });

  it.each([
    { why: 'three characters', rule: { action: 'deny', agent: 'Abc' }, kept: { action: 'deny', agent: 'abc' } },
    { why: 'the longest part', rule: { action: 'deny', agent: 'a'.repeat(200) } },
    {
      why: 'a network',
      rule: { action: 'allow', network: '2001:DB8::/32' },
      kept: { action: 'allow', network: '2001:db8::/32' },
    },
  ] as const)('takes $why', ({ rule, ...rest }) => {
    expect(addBotRule([], rule)).toEqual({ ok: true, value: ['kept' in rest ? rest.kept : rule] });
  });

  it('takes no second rule about the same, and no more than there may be', () => {
    const rule: BotRule = { action: 'deny', agent: 'abc' };
    expect(addBotRule([rule], { action: 'allow', agent: 'ABC' })).toEqual({ ok: false, error: 'rule_exists' });
    expect(addBotRule(many.slice(1), rule).ok).toBe(true);
    expect(addBotRule(many, rule)).toEqual({ ok: false, error: 'too_many_rules' });
  });

  it('passes over a stored rule that can not be read', () => {
    expect(compileBotRules([{ action: 'deny', network: 'broken' }])('agent', '192.0.2.1')).toBeUndefined();
  });
});
