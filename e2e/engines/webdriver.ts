// e2e/engines/webdriver.ts: as much of a W3C WebDriver client as the suite needs: a session, an address, a script.
import type { Engine } from './engine.ts';

const READY_MS_MAX = 20_000;
const LOOK_MS = 50;

/** A browser under a driver's control. */
export type Session = Pick<Engine, 'goto' | 'run'> & { readonly end: () => Promise<void> };

/** What a script came to: a driver's own errors don't tell those of the page apart. */
interface Outcome {
  readonly made?: unknown;
  readonly fault?: string;
}

async function command(url: string, method: 'GET' | 'POST' | 'DELETE', body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { readonly value: unknown };
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${JSON.stringify(value)}`);
  return value;
}

async function untilReady(driver: string): Promise<void> {
  const end = Date.now() + READY_MS_MAX;
  for (;;) {
    try {
      const { ready } = (await command(`${driver}/status`, 'GET')) as { readonly ready: boolean };
      if (ready) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > end) throw new Error(`the driver at ${driver} did not get ready`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Starts a browser by a driver that is starting. @param driver its address @param wanted capabilities that must be met. */
export async function startSession(driver: string, wanted: object): Promise<Session> {
  await untilReady(driver);
  const capabilities = { alwaysMatch: wanted };
  const { sessionId } = (await command(`${driver}/session`, 'POST', { capabilities })) as {
    readonly sessionId: string;
  };
  const session = `${driver}/session/${sessionId}`;
  return {
    goto: async (url) => void (await command(`${session}/url`, 'POST', { url })),
    run: async <Given, Made>(act: (given: Given) => Made | Promise<Made>, given: Given) => {
      const script = `const [given, done] = arguments;
        Promise.resolve().then(() => (${act.toString()})(given))
          .then((made) => done({ made }), (fault) => done({ fault: String(fault) }))`;
      const { made, fault } = (await command(`${session}/execute/async`, 'POST', {
        script,
        args: [given ?? null],
      })) as Outcome;
      if (fault !== undefined && fault !== null) throw new Error(fault);
      return made as Made;
    },
    end: async () => void (await command(session, 'DELETE')),
  };
}
