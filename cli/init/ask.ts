// cli/init/ask.ts: the questions of `hushtag init`; each answer is checked by what checks the flags.
import type { Readable, Writable } from 'node:stream';
import { CANCEL_SYMBOL, confirm, intro, select, text } from '@clack/prompts';
import { CliError, requireSiteId } from '../context.ts';
import { readOrigins } from '../commands/site-settings.ts';
import type { GivenChoices } from './choices.ts';
import { DEFAULT_CHOICES, readCollector, readPolicy } from './choices.ts';

/** Where questions are asked; streams of the test's own in tests. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

const POLICY_OPTIONS = [
  { value: 'standard', label: 'standard', hint: 'counts without consent, remembers nobody before they agreed' },
  { value: 'strict', label: 'strict', hint: 'nothing at all before consent' },
  { value: 'exempt', label: 'exempt', hint: 'audience measurement only, within the French exemption' },
];
const RETENTION_OPTIONS = [
  { value: 'cnil', label: 'cnil', hint: 'events 25 months at most, as the French authority asks' },
  { value: 'half-year', label: 'half-year', hint: 'events 180 days, profiles 90' },
  { value: 'two-years', label: 'two-years', hint: 'events 730 days, profiles 365' },
  { value: 'month', label: 'month', hint: 'events and profiles 30 days' },
];

/** What a check has against an answer, for the prompt to show. */
const against =
  (check: (answer: string) => unknown) =>
  (answer: string | undefined): string | undefined => {
    try {
      check(answer ?? '');
      return undefined;
    } catch (fault) {
      if (fault instanceof CliError) return fault.message;
      throw fault;
    }
  };

/** @throws {CliError} code 1: the person went away; nothing was written. */
function answered<T>(answer: T | typeof CANCEL_SYMBOL): T {
  if (answer === CANCEL_SYMBOL) throw new CliError(1, 'Stopped; nothing was written.');
  return answer;
}

/** Asks for what no flag said. @throws {CliError} the person stopped. */
export async function askChoices(given: Partial<GivenChoices>, { input, output }: Terminal): Promise<GivenChoices> {
  const streams = { input, output };
  intro('hushtag: a site, its keys and its configuration, in this folder', streams);
  const ask = async (message: string, check: (answer: string) => unknown, initialValue = ''): Promise<string> =>
    answered(await text({ message, initialValue, validate: against(check), ...streams }));
  const site = given.site ?? (await ask('A name for the site (lower case, such as shop)', requireSiteId));
  const origin = given.origin ?? (await ask('Where are its pages? (such as https://shop.example)', readOrigins));
  const policy =
    given.policy ??
    answered(await select({ message: 'What happens before a visitor agreed?', options: POLICY_OPTIONS, ...streams }));
  // A policy by flag is checked before more is asked.
  readPolicy(policy);
  const retention =
    given.retention ??
    answered(await select({ message: 'How long is it kept?', options: RETENTION_OPTIONS, ...streams }));
  const port = given.port ?? DEFAULT_CHOICES.port;
  const collector =
    given.collector ??
    (await ask('Under which address will pages reach this server?', readCollector, `http://127.0.0.1:${port}`));
  const go = answered(await confirm({ message: 'Write the configuration and make the keys?', ...streams }));
  if (!go) throw new CliError(1, 'Stopped; nothing was written.');
  return { ...DEFAULT_CHOICES, ...given, site, origin, policy, retention, port, collector };
}
