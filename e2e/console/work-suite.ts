// e2e/console/work-suite.ts: work that is done in the console: a request answered, a dead letter mended, a document fetched, a tag set up.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { addSite } from '../../store/index.ts';
import { collect, siteId, wireBatch, wireEvent } from '../support/edge-under-test.ts';
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

  describe('imports and exports', () => {
    const line = (nth: number, over: object = {}): string =>
      JSON.stringify({ name: 'told_before', time: Date.UTC(2026, 0, 5) + nth * 60_000, ...over });

    it('D1: a file is tried, sent, its bad line shown with the reason, and its events fetched again as a file', async () => {
      // Of its own: the pages of the new shop say what there is to do where nothing came.
      const site = { id: siteId('old-shop'), origins: ['https://old-shop.example'], policy: 'standard' as const };
      await addSite(served.db, { ...site, floor: 50, at: Date.now() });
      const context = await served.visit({ acceptDownloads: true });
      const page = await openPage(context, served.origin, 'old-shop/files');
      await page.getByText('Nothing was imported here').waitFor();
      await page.getByLabel('Consent of lines').selectOption('measure');
      const buffer = Buffer.from([line(1), line(2, { name: 'No' }), line(3)].join('\n'));
      await page.getByLabel('File').setInputFiles({ name: 'history.ndjson', mimeType: '', buffer });
      await page.getByRole('button', { name: 'Start' }).click();
      const table = page.getByRole('table', { name: 'Imports' });
      await table.getByText('tried only').waitFor();
      await page.getByLabel('Try only').uncheck();
      await page.getByRole('button', { name: 'Start' }).click();
      await table.getByRole('link', { name: 'Look at dead letters' }).waitFor();
      const newest = table.locator('tbody tr').first();
      expect((await newest.locator('td').allTextContents()).slice(0, 4)).toEqual([
        'done',
        '3',
        '2',
        '1 × malformed event /nameLook at dead letters',
      ]);
      await page.getByLabel('From (UTC)').fill('2026-01-05');
      await page.getByLabel('To (UTC)').fill('2026-01-05');
      await page.getByRole('button', { name: 'Make export' }).click();
      const row = page.getByRole('row', { name: /2026-01-05/ });
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        row.getByRole('button', { name: 'Download' }).click(),
      ]);
      expect(file.suggestedFilename()).toBe('old-shop-2026-01-05-2026-01-05.csv');
      const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\n');
      expect(lines).toHaveLength(3);
      await row.getByText('Saved').waitFor();
      await row.getByRole('button', { name: 'Take away' }).click();
      await page.getByText('There is no export to fetch').waitFor();
      await context.close();
    });

    it('one that was interrupted says with which line to go on, and goes on with it; a part that breaks off is asked for again', async () => {
      const context = await served.visit({ acceptDownloads: true });
      const page = await context.newPage();
      const counts = { lines: 5_000, accepted: 5_000, nextLine: 3, refused: {}, startedAt: Date.UTC(2026, 10, 1) };
      const stopped = { ...counts, id: 'a', dryRun: false, status: 'interrupted', stopped: null };
      await page.route('**/v1/sites/old-shop/imports?limit=*', (route) =>
        route.fulfill({ json: { imports: [stopped], next: null } }),
      );
      const made = {
        id: 'b',
        format: 'ndjson',
        from: '2026-01-05',
        to: '2026-01-05',
        events: 2,
        parts: 2,
        expiresAt: 1,
      };
      await page.route('**/v1/sites/old-shop/exports', (route) =>
        route.fulfill({ json: { exports: [made], next: null } }),
      );
      const asked: string[] = [];
      await page.route('**/exports/b/content?part=*', async (route) => {
        const part = new URL(route.request().url()).searchParams.get('part') ?? '';
        asked.push(part);
        if (part === '2' && asked.length === 2) await route.abort();
        else await route.fulfill({ body: `{"part":${part}}\n`, contentType: 'application/x-ndjson' });
      });
      await page.goto(`${served.origin}/console/old-shop/files`);
      await page.getByRole('button', { name: 'Go on from line 3' }).click();
      const buffer = Buffer.from([line(11), line(12), line(13), line(14)].join('\n'));
      await page.getByLabel('File').setInputFiles({ name: 'history.ndjson', mimeType: '', buffer });
      const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().includes('/imports'));
      await page.getByLabel('Try only').uncheck();
      await page.getByRole('button', { name: 'Start' }).click();
      const request = await sent;
      expect(new URL(request.url()).searchParams.get('line')).toBe('3');
      expect(await (await request.response())?.json()).toMatchObject({ status: 'done', lines: 2, nextLine: 5 });
      await page.getByRole('button', { name: 'Download' }).click();
      await page.getByText('The server did not answer').waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Go on with part 2' }).click(),
      ]);
      expect(await readFile(await file.path(), 'utf8')).toBe('{"part":1}\n{"part":2}\n');
      expect(asked).toEqual(['1', '2', '2']);
      await context.close();
    });
  });

  describe('jobs', () => {
    it('show the log of a run, line by line, as the address names it', async () => {
      const headers = { authorization: `Bearer ${await served.token(served.site)}` };
      const { runs } = (await (await fetch(`${served.origin}/v1/sites/shop/runs`, { headers })).json()) as {
        readonly runs: readonly {
          readonly run: number;
          readonly stages: readonly { readonly rows: number | null }[];
        }[];
      };
      const [run] = runs;
      const context = await served.visit();
      const page = await openPage(context, served.origin, `shop/jobs?run=${run?.run}`);
      await page.getByRole('heading', { name: `Run ${run?.run}` }).waitFor();
      const lines = await page.getByRole('list', { name: 'Log' }).getByRole('listitem').allTextContents();
      expect(lines).toHaveLength((run?.stages.length ?? 0) + 2);
      expect(lines[0]).toMatch(/^\d{2}:\d{2}:\d{2} run began$/);
      expect(lines[1]).toMatch(/^\d{2}:\d{2}:\d{2} fold done in [\d.,]+ s, [\d,]+ rows$/);
      expect(lines.at(-1)).toMatch(/run ended: released$/);
      const rows = run?.stages[0]?.rows;
      if (typeof rows === 'number') expect(lines[1]).toContain(`${rows.toLocaleString('en-GB')} rows`);
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
