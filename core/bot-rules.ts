// core/bot-rules.ts: a site's own rules about bots: literal parts of a user agent, or networks; the first that fits decides.
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { NetworkList } from './networks.ts';
import { parseNetworks } from './networks.ts';

/** Rules of one site at most. */
export const BOT_RULES_MAX = 100;
/** Characters of a rule's part of a user agent; fewer than three would fit nearly everybody. */
export const AGENT_CHARS = { min: 3, max: 200 } as const;

/** `allow` takes the sender for a person whatever else says it is a bot, `deny` for a bot. */
export type BotRule = {
  readonly action: 'allow' | 'deny';
} & (
  | {
      /** Part of the user agent, compared without case. Literal: no pattern can be made slow. */
      readonly agent: string;
    }
  | {
      /** A network such as 192.0.2.0/24 or 2001:db8::/32, or one address. */
      readonly network: string;
    }
);

/** Why a rule was refused. */
export type BotRuleRefusal = 'agent_length' | 'not_a_network' | 'rule_exists' | 'too_many_rules';

/** Checks one rule and brings it into its one spelling. */
export function checkBotRule(rule: BotRule): Result<BotRule, BotRuleRefusal> {
  if ('agent' in rule) {
    const agent = rule.agent.trim().toLowerCase();
    const fits = agent.length >= AGENT_CHARS.min && agent.length <= AGENT_CHARS.max;
    return fits ? ok({ action: rule.action, agent }) : err('agent_length');
  }
  const network = rule.network.trim().toLowerCase();
  return parseNetworks([network]).ok ? ok({ action: rule.action, network }) : err('not_a_network');
}

const sameSubject = (a: BotRule, b: BotRule): boolean =>
  'agent' in a ? 'agent' in b && a.agent === b.agent : 'network' in b && a.network === b.network;

/** Appends a rule. @returns the new list; a second rule about the same is refused. */
export function addBotRule(rules: readonly BotRule[], rule: BotRule): Result<readonly BotRule[], BotRuleRefusal> {
  const checked = checkBotRule(rule);
  if (!checked.ok) return checked;
  if (rules.some((held) => sameSubject(held, checked.value))) return err('rule_exists');
  return rules.length >= BOT_RULES_MAX ? err('too_many_rules') : ok([...rules, checked.value]);
}

/** Decides by rules alone; undefined where none fits. */
export type BotJudge = (userAgent: string, address: string | undefined) => BotRule['action'] | undefined;

type Compiled = { readonly action: BotRule['action'] } & ({ readonly agent: string } | { readonly list: NetworkList });

/** Prepares rules for use; a rule that does not parse fits nobody. */
export function compileBotRules(rules: readonly BotRule[]): BotJudge {
  const compiled = rules.flatMap((rule): Compiled[] => {
    if ('agent' in rule) return [rule];
    const list = parseNetworks([rule.network]);
    return list.ok ? [{ action: rule.action, list: list.value }] : [];
  });
  if (compiled.length === 0) return () => undefined;
  return (userAgent, address) => {
    const lower = userAgent.toLowerCase();
    const fitting = compiled.find((rule) =>
      'agent' in rule ? lower.includes(rule.agent) : address !== undefined && rule.list.has(address),
    );
    return fitting?.action;
  };
}
