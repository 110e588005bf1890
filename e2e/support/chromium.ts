// e2e/support/chromium.ts: which Chromium the tests use, and how it is started.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const WHOLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
// The same engine without windows, tabs and toolbars, which whole Chromium draws though nobody sees them: opening a page takes
// 0.3 s of CPU time in it and 1.0 s in the other (156, two cores).
const SHELL = '/usr/bin/chromium-headless-shell';
// biome-ignore format: a list
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-blink-features=AutomationControlled',
];

/** `whole` is the browser that people have, `engine` what it shows pages with. */
export type Kind = 'whole' | 'engine';

/** How it is started. */
export interface LaunchSettings {
  /** `engine` where absent. */
  readonly kind?: Kind;
  /** Of Playwright's own switches, those to leave out. */
  readonly withoutSwitches?: readonly string[];
  /** Switches beside those every test has. */
  readonly switches?: readonly string[];
}

function findChromium(kind: Kind): string {
  const places = [process.env['CHROMIUM_PATH'] ?? '', ...(kind === 'engine' ? [SHELL] : []), ...WHOLE];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error('No Chromium: install the package chromium, or set CHROMIUM_PATH.');
  return found;
}

/** Starts Chromium; to be closed by whoever asks. */
export async function launchChromium(settings: LaunchSettings = {}): Promise<Browser> {
  const { kind = 'engine', withoutSwitches = [], switches = [] } = settings;
  return chromium.launch({
    executablePath: findChromium(kind),
    args: [...ARGS, ...switches],
    ignoreDefaultArgs: [...withoutSwitches],
  });
}

/** Opens an address in a whole Chromium that nobody drives, in a profile of its own; both are gone after `end`. */
export function visitUndriven(url: string): { readonly end: () => Promise<void> } {
  const profile = mkdtempSync(join(tmpdir(), 'hushtag-chromium-'));
  const visit = spawn(findChromium('whole'), ['--headless=new', ...ARGS, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
    detached: true,
  });
  return {
    end: async () => {
      const isGone = new Promise((resolve) => void visit.once('exit', resolve));
      // Its whole group: what it has started would go on writing to the profile.
      if (visit.pid !== undefined) process.kill(-visit.pid, 'SIGKILL');
      await isGone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
