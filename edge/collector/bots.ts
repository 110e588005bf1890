// edge/collector/bots.ts: tells automated traffic from people's.
import { isbot } from 'isbot';

/** Why a message counts as automated, or undefined where nothing says so. isbot answers false for an empty agent; we don't. */
export function isAutomated(
  userAgent: string,
  webdriver: boolean,
): 'webdriver' | 'no_user_agent' | 'user_agent' | undefined {
  if (webdriver) return 'webdriver';
  if (userAgent.trim() === '') return 'no_user_agent';
  return isbot(userAgent) ? 'user_agent' : undefined;
}
