// e2e/console/work-suite.ts: work that is done in the console: a request answered, a dead letter mended, a document fetched, a tag set up.
import { describe, expect, it } from 'vitest';
import { collect, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import type { ConsoleUnderTest } from './use-console.ts';
import { openPage, settled } from './use-console.ts';

const FIRST_PARTY_ID = 'Zm9vYmFyYmF6cXV4MTIzNDU2';

/** The suite. */
export function testWork(served: ConsoleUnderTest): void {
  /** What a page of a site sends. */
  const send = (message: Parameters<typeof wireBatch>[0], origin: string) =>
    collect(served.edge, wireBatch(message), { origin });

  describe('requests of people', () => {
    it('are answered in the page, with their steps, their file and the signed receipt', async () => {
      const context = await served.visit({ acceptDownloads: true });
      const page = await openPage(context, served.origin, 'shop/requests');
      await page.getByText('Nobody has asked yet').waitFor();
      await page.getByLabel('Known by').selectOption('first_party_id');
      await page.getByLabel('Value').fill(FIRST_PARTY_ID);
      await page.getByRole('button', { name: 'Answer now' }).click();
      await page.getByText('identified').first().waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download file' }).click(),
      ]);
      expect(file.suggestedFilename()).toMatch(/^access-[0-9a-f]{32}\.json$/);
      await page.getByRole('link', { name: 'All requests' }).click();
      await page.getByLabel('What is asked').selectOption('erasure');
      await page.getByText('This can not be undone').waitFor();
      await page.getByLabel('Known by').selectOption('first_party_id');
      await page.getByLabel('Value').fill(FIRST_PARTY_ID);
      await page.getByRole('button', { name: 'Erase now' }).click();
      await page.getByRole('heading', { name: 'Signed receipt' }).waitFor();
      await context.close();
    });

    it('are refused where the id is none, in the words of the API', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/requests');
      await page.getByLabel('Value').fill('nobody');
      await page.getByRole('button', { name: 'Answer now' }).click();
      await page.getByRole('alert').waitFor();
      await context.close();
    });
  });

  describe('dead letters', () => {
    it('are looked at, moved into place, tried out and replayed', async () => {
      const [origin = ''] = served.origins;
      const event = {
        ...wireEvent({ n: 'purchase', u: `${origin}/` }),
        m: { c: 'GBP', v: 12.5 },
        p: { total_minor: 1_250 },
      };
      await send({ e: [event] }, origin);
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/letters');
      await page.getByRole('button', { name: 'Fix and replay' }).first().click();
      await page.getByText('"total_minor": 1250').waitFor();
      await page.getByLabel('Move fields').fill('{"/p/total_minor": ');
      await page.getByText('This is not a JSON object.').waitFor();
      await page.getByLabel('Move fields').fill('{"/p/total_minor": "/m/v"}');
      await page.getByRole('button', { name: 'Try without changing' }).click();
      await page.getByText('1 would become events, 0 would not.').waitFor();
      await page.getByRole('button', { name: 'Replay', exact: true }).click();
      await page.getByText('1 became events, 0 did not.').waitFor();
      await page.keyboard.press('Escape');
      await page.getByText('Nothing was refused').waitFor();
      await context.close();
    });
  });

  describe('documents', () => {
    it('are shown, chosen by the address, and fetched as files', async () => {
      const context = await served.visit({ acceptDownloads: true });
      const page = await openPage(context, served.origin, 'shop/documents?document=dpia');
      await page.getByRole('heading', { name: 'Risks, as configured' }).waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download Markdown' }).click(),
      ]);
      expect(file.suggestedFilename()).toBe('dpia-shop.md');
      await context.close();
    });
  });

  describe('setup', () => {
    it('shows the snippet of a stack for this server and site, and notices the first event', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'new-shop/setup');
      await page.getByText('Waiting for the first event').waitFor();
      await page.getByLabel('Your stack').selectOption('npm');
      await page.getByText(`createTag({ site: 'new-shop', collector: '${served.origin}' })`).waitFor();
      await send({ s: 'new-shop', e: [wireEvent({ u: 'https://new-shop.example/' })] }, 'https://new-shop.example');
      await page.getByText('Events arrive').waitFor();
      await settled(page);
      await context.close();
    });
  });
}
