// edge/collector/bots.ts: tells automated traffic from people's: the site's own rules first, then what is known of everybody.
import type { BotJudge, BotRule, NetworkList } from '../../core/index.ts';
import { compileBotRules } from '../../core/index.ts';
import { isbot } from 'isbot';

/** User agents whose verdict is remembered; most of a site's visitors share a few hundred. */
const AGENTS_MAX = 1_000;
const verdicts = new Map<string, boolean>();

function isBotAgent(userAgent: string): boolean {
  const known = verdicts.get(userAgent);
  if (known !== undefined) return known;
  const verdict = isbot(userAgent);
  if (verdicts.size >= AGENTS_MAX) verdicts.clear();
  verdicts.set(userAgent, verdict);
  return verdict;
}

/** Why a message counts as automated. */
export type BotReason = 'site_rule' | 'webdriver' | 'no_user_agent' | 'user_agent' | 'data_centre';

/** What a verdict is made of; the address is looked at and not kept. */
export interface BotSigns {
  readonly userAgent: string;
  readonly address: string | undefined;
  /** The browser says that it is driven. */
  readonly webdriver: boolean;
  readonly rules: readonly BotRule[];
  /** Networks that no visitor sits in, as the operator listed them. */
  readonly dataCentres: NetworkList | undefined;
}

// A site's rules are the same list for as long as its settings are remembered.
const judges = new WeakMap<readonly BotRule[], BotJudge>();
function judgeOf(rules: readonly BotRule[]): BotJudge {
  const known = judges.get(rules);
  if (known !== undefined) return known;
  const judge = compileBotRules(rules);
  judges.set(rules, judge);
  return judge;
}

/** Why a message counts as automated, or undefined where nothing says so. isbot answers false for an empty agent; we don't. */
export function botReason({ userAgent, address, webdriver, rules, dataCentres }: BotSigns): BotReason | undefined {
  const ruled = rules.length === 0 ? undefined : judgeOf(rules)(userAgent, address);
  if (ruled !== undefined) return ruled === 'allow' ? undefined : 'site_rule';
  if (webdriver) return 'webdriver';
  if (userAgent.trim() === '') return 'no_user_agent';
  if (isBotAgent(userAgent)) return 'user_agent';
  return address !== undefined && dataCentres?.has(address) === true ? 'data_centre' : undefined;
}
