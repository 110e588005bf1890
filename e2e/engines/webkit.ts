// e2e/engines/webkit.ts: WebKit (WebKitGTK's MiniBrowser on a virtual screen), driven over plain W3C WebDriver.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { ensureWebkit } from '../../tools/ensure-engines.mjs';
import { listen, shut } from '../support/servers.ts';
import type { EngineFacts, StartEngine } from './engine.ts';
import { startSession } from './webdriver.ts';

export const WEBKIT: EngineFacts = {
  name: 'WebKit',
  hasNavigationApi: false,
  hasFetchLater: false,
  hasSpeculationRules: false,
  saysItIsDriven: true,
};

const freePort = async (): Promise<string> => {
  const server = createServer();
  const { port } = new URL(await listen(server));
  await shut(server);
  return port;
};

/** Starts the driver on a screen of its own. It says its process id first: once it ends, xvfb-run clears the screen away. */
async function startDriver(port: string) {
  const { xvfbRun, driver } = ensureWebkit();
  const command = 'echo $$; exec "$0" --host=127.0.0.1 --port="$1"';
  const screen = spawn(xvfbRun, ['-a', 'sh', '-c', command, driver, port], { stdio: ['ignore', 'pipe', 'ignore'] });
  const isGone = new Promise<never>((_resolve, reject) => {
    screen.once('exit', (code) => reject(new Error(`xvfb-run ended with ${code}: is another X server in the way?`)));
    screen.once('error', reject);
  });
  const pid = await Promise.race([
    isGone,
    new Promise<number>(
      (resolve) => void screen.stdout.once('data', (said: Buffer) => resolve(Number(said.toString()))),
    ),
  ]);
  return {
    end: async () => {
      process.kill(pid);
      await isGone.catch(() => undefined);
    },
  };
}

/** Starts WebKit, which has no preference for GPC. */
export const startWebkit: StartEngine = async () => {
  const port = await freePort();
  const driver = await startDriver(port);
  const args = ['--automation'];
  const session = await startSession(`http://127.0.0.1:${port}`, {
    'webkitgtk:browserOptions': { binary: ensureWebkit().browser, args },
  });
  return {
    goto: session.goto,
    run: session.run,
    close: async () => {
      await session.end();
      await driver.end();
    },
  };
};
