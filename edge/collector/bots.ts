// edge/collector/bots.ts: tells automated traffic from people's.
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

/** Why a message counts as automated, or undefined where nothing says so. isbot answers false for an empty agent; we don't. */
export function isAutomated(
  userAgent: string,
  webdriver: boolean,
): 'webdriver' | 'no_user_agent' | 'user_agent' | undefined {
  if (webdriver) return 'webdriver';
  if (userAgent.trim() === '') return 'no_user_agent';
  return isBotAgent(userAgent) ? 'user_agent' : undefined;
}
