// e2e/console/screenshots.test.ts: `npm run screenshots`: the pictures of docs/console.md, anew. Not part of `npm test`.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { DAY_MS } from '../../contract/index.ts';
import { addBusySite } from './busy-site.ts';
import { settled, useConsole } from './use-console.ts';

const FOLDER = fileURLToPath(new URL('../../docs/console/', import.meta.url));
const served = useConsole();

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly scheme?: 'light' | 'dark';
  readonly isPhone?: boolean;
  /** All of the page, below the window too. */
  readonly isWhole?: boolean;
  readonly before?: (page: Page) => Promise<void>;
}

const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

const PICTURES: readonly Picture[] = [
  { name: 'overview', path: 'tea-shop/overview', isWhole: true },
  { name: 'overview-phone', path: 'tea-shop/overview', isPhone: true, scheme: 'dark' },
  { name: 'funnel', path: 'tea-shop/funnel' },
  { name: 'trends', path: `tea-shop/trends?from=${dayBefore(41)}&to=${dayBefore(1)}` },
  { name: 'retention', path: 'tea-shop/retention' },
  { name: 'journeys', path: 'tea-shop/journeys' },
  { name: 'ledger', path: 'shop/ledger' },
  { name: 'segments', path: 'shop/segments' },
  { name: 'segment-dark', path: 'shop/segments/cluster-1', scheme: 'dark', isWhole: true },
  {
    name: 'rule',
    path: 'shop/rules/new',
    before: async (page) => {
      await page.getByLabel('Name').fill('Buyers who agreed');
      await page.getByLabel('Within days').fill('');
      await page.getByRole('button', { name: 'Add condition' }).click();
      await page.getByLabel('About').nth(1).selectOption('consent');
      await page.getByRole('button', { name: 'Preview size' }).click();
      await page.getByRole('heading', { name: 'What it would find' }).waitFor();
    },
  },
  { name: 'privacy', path: 'tea-shop/privacy', isWhole: true },
  { name: 'privacy-phone', path: 'tea-shop/privacy', isPhone: true },
  { name: 'policy', path: 'shop/policy' },
  { name: 'requests', path: 'shop/requests' },
  {
    name: 'audit',
    path: 'shop/audit',
    before: async (page) => {
      await page.getByRole('button', { name: 'Verify in this browser' }).click();
      await page.getByText(/Sound:/).waitFor();
    },
  },
  {
    name: 'files',
    path: 'tea-shop/files',
    isWhole: true,
    before: async (page) => {
      await page.getByRole('button', { name: 'Make export' }).click();
      await page.getByRole('button', { name: 'Download' }).waitFor();
    },
  },
  { name: 'sites', path: 'shop/sites' },
  { name: 'setup-dark', path: 'new-shop/setup', scheme: 'dark' },
];

it('takes the pictures', { timeout: 300_000 }, async () => {
  mkdirSync(FOLDER, { recursive: true });
  await addBusySite(served);
  for (const { name, path, scheme = 'light', isPhone = false, isWhole = false, before } of PICTURES) {
    const viewport = isPhone ? { width: 390, height: 844 } : { width: 1280, height: 860 };
    const context = await served.visit({ colorScheme: scheme, viewport });
    const page = await context.newPage();
    await page.goto(`${served.origin}/console/${path}`);
    await settled(page);
    await before?.(page);
    await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', fullPage: isWhole });
    await context.close();
  }
  expect(PICTURES.length).toBeGreaterThan(0);
});
