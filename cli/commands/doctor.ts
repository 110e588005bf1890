// cli/commands/doctor.ts: `hushtag doctor`: what is wrong, and what to do.
import { defineCommand } from 'citty';
import type { EpochMs } from '../../contract/index.ts';
import type { HealthCheck } from '../../edge/index.ts';
import { checkShared, wrong } from '../../edge/index.ts';
import { configuredKeys, examine } from '../../runtime/index.ts';
import { CliError, print, readEnvironment, withDb } from '../context.ts';

async function findings(): Promise<readonly HealthCheck[]> {
  const config = readEnvironment();
  if (!config.ok)
    return config.error.map((problem) =>
      wrong('config', `${problem}.`, 'Mend the variable; see docs/configuration.md.'),
    );
  const now = Date.now() as EpochMs;
  if (config.value.remote === undefined) return examine(config.value, now);
  const keys = await configuredKeys(config.value);
  return withDb(config.value, (db) => checkShared({ db, keys, now, taskMsMax: {} }));
}

const inWords = ({ name, ok, words, todo }: HealthCheck): string =>
  `${ok ? 'ok   ' : 'WRONG'}  ${name}: ${words}${todo === null ? '' : `\n         → ${todo}`}`;

/** The command. */
export const doctorCommand = defineCommand({
  meta: { name: 'doctor', description: 'Look at configuration, data, keys, disk, schedule and clock; say what to do' },
  args: { json: { type: 'boolean', description: 'Print one line of JSON' } },
  run: async ({ args }) => {
    const checks = await findings();
    const ok = checks.every((check) => check.ok);
    print(args.json === true, { ok, checks }, checks.map(inWords).join('\n'));
    if (!ok)
      throw new CliError(
        1,
        `${checks.filter((check) => !check.ok).length} of ${checks.length} checks found something.`,
      );
  },
});
