// cli/commands/serve.ts: `hushtag serve`: the edge with its schedule, until SIGTERM or Ctrl-C.
import { defineCommand } from 'citty';
import { firstOwnerCode, LOGIN_CODE_MINUTES } from '../../edge/index.ts';
import type { RunningNode } from '../../runtime/index.ts';
import { markServing, startNode } from '../../runtime/index.ts';
import { CliError, requireConfig } from '../context.ts';
import { codeNeeds } from './login-code.ts';

/** Resolves when the process is asked to stop. */
export const stopAsked = (): Promise<void> =>
  new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });

/** How long a stop may take before the process ends anyway, ms. */
const STOP_MS_MAX = 10_000;

/** Closes a server, or ends the process where a stuck connection would hold it. */
export async function stopServer(server: RunningNode): Promise<void> {
  const timer = setTimeout(() => process.exit(1), STOP_MS_MAX);
  await server.close();
  clearTimeout(timer);
}

/** Until somebody has logged in, every start prints a code of the owner's; never into the log, which is kept. */
async function printFirstCode({ db, origin }: RunningNode): Promise<void> {
  const code = await firstOwnerCode(codeNeeds(db));
  if (code === undefined) return;
  process.stderr.write(
    `Nobody has logged in yet. Log in at ${origin}/console/ with this code, once, within ${LOGIN_CODE_MINUTES} minutes:\n  ${code}\n`,
  );
}

/** The command. */
export const serveCommand = defineCommand({
  meta: {
    name: 'serve',
    description: 'Run the edge: collector, API and schedule (PORT, HUSHTAG_DATA_DIR; see docs/configuration.md)',
  },
  args: {
    'accept-damage': {
      type: 'boolean',
      description: 'Start although acknowledged events are lost by damage; noted in the audit log',
    },
  },
  run: async ({ args }) => {
    const config = requireConfig();
    if (config.remote !== undefined) {
      throw new CliError(
        2,
        'HUSHTAG_DATABASE_URL is set, and `serve` keeps its events in files: unset it, or deploy the Worker (docs/workers.md).',
      );
    }
    const server = await startNode(config, { acceptDamage: args['accept-damage'] === true });
    const mark = await markServing(config.dataDir);
    if (mark.other !== undefined) {
      process.stderr.write(
        `Process ${mark.other} serves ${config.dataDir} too. Nothing is lost by it, but what one counts in memory (rate limits) the other does not see: stop one unless both are meant.\n`,
      );
    }
    process.stderr.write(`hushtag listens on ${server.origin}\n`);
    await printFirstCode(server);
    await stopAsked();
    await stopServer(server);
    await mark.clear();
  },
});
