// e2e/engines/engine.ts: what the shared suite needs of a browser engine: one tab that goes places and runs code.

/** What an engine can do; the suite checks that each is so, so that none grows or loses a feature unnoticed. */
export interface EngineFacts {
  readonly name: 'Chromium' | 'Firefox' | 'WebKit';
  readonly hasNavigationApi: boolean;
  /** Whether a page can leave a last request with the browser; else a beacon goes. */
  readonly hasFetchLater: boolean;
  readonly hasSpeculationRules: boolean;
  /** `navigator.webdriver` while it is driven as here. */
  readonly saysItIsDriven: boolean;
}

/** A running browser with one tab. */
export interface Engine {
  /** Goes to an address as typed into the bar, and waits until the page has loaded. */
  readonly goto: (url: string) => Promise<void>;
  /** Runs a function in the page, by its source: it sees its argument (JSON) and the page, nothing else. */
  readonly run: <Given, Made>(act: (given: Given) => Made | Promise<Made>, given: Given) => Promise<Made>;
  readonly close: () => Promise<void>;
}

/** Starts an engine; `gpc` sets the browser's own Global Privacy Control where it has one. */
export type StartEngine = (options?: { readonly gpc?: boolean }) => Promise<Engine>;

const UNTIL_MS_MAX = 15_000;
const LOOK_MS = 25;

/** Waits until a function returns true in the page. A page that is being replaced meanwhile is looked at again. */
export async function becomes<Given>(
  engine: Pick<Engine, 'run'>,
  holds: (given: Given) => boolean,
  given: Given,
): Promise<void> {
  const end = Date.now() + UNTIL_MS_MAX;
  let last = 'it returned false';
  for (;;) {
    try {
      if (await engine.run(holds, given)) return;
    } catch (fault) {
      last = String(fault);
    }
    if (Date.now() > end) throw new Error(`this did not come to hold in the page: ${holds.toString()} (${last})`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
