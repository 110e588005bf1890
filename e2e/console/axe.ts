// e2e/console/axe.ts: what axe finds serious on a page.
import { readFileSync } from 'node:fs';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const COLOURS = 'color-contrast';
/** All that axe knows, what depends on the theme, or what does not. */
const LOOKS: Readonly<Record<'all' | 'colours' | 'words', RunOptions>> = {
  all: {},
  colours: { runOnly: { type: 'rule', values: [COLOURS] } },
  words: { rules: { [COLOURS]: { enabled: false } } },
};

/** Serious and critical findings, each with the first place it was found at. */
export async function findingsOf(page: Page, look: keyof typeof LOOKS): Promise<string[]> {
  // The page's own policy lets no script in; axe comes through the debugger, as an extension would.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const results = await page.evaluate(
    (options) =>
      (globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run(options),
    { ...LOOKS[look], resultTypes: ['violations' as const] },
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary ?? ''}`);
}
