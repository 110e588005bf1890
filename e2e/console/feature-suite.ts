// e2e/console/feature-suite.ts: what owners, marketers and officers look up and change: sites, roles, notes, consent, a segment's page.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { collect, until, wireBatch, wireEvent } from '../support/edge-under-test.ts';
import { addFirstWeeks } from './demo-site.ts';
import type { ConsoleUnderTest } from './use-console.ts';
import { goTo, openPage, settled } from './use-console.ts';

/** Sizes of five releases, as the API tells them. */
const GROWN = {
  site: 'shop',
  segments: [
    {
      id: 'cluster-1',
      sizes: [200, 210, 210, 230, 240].map((visitors, nth) => ({ version: nth + 1, at: nth * 604_800_000, visitors })),
      trend: { status: 'ready', expected: 240, low: 200, high: 280, change28: 30, alert: null },
    },
  ],
};

/** The suite. */
export function testFeatures(served: ConsoleUnderTest): void {
  describe('sites', () => {
    it('are added, refused in the words of the API, and told where their pages are', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/sites');
      await page.getByLabel('Site id').fill('tea');
      await page.getByLabel('Origins').fill('tea.example');
      await page.getByRole('button', { name: 'Add a site' }).click();
      await page.getByText('An origin is scheme and host').waitFor();
      await page.getByLabel('Origins').fill('https://tea.example');
      await page.getByRole('button', { name: 'Add a site' }).click();
      await page.getByText('tea was added').waitFor();
      const row = page.getByRole('row', { name: /^tea/ });
      await row.getByRole('button', { name: 'Settings' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Floor').fill('40');
      await dialog.getByText('A lower floor shows smaller numbers').waitFor();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText('Saved; collectors').waitFor();
      await page.keyboard.press('Escape');
      await row.getByText('40', { exact: true }).waitFor();
      await context.close();
    });
  });

  describe('people', () => {
    it('are given another role, and one at another site', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/people');
      await page.getByLabel('Name').fill('Grace');
      await page.getByLabel('Role').selectOption('analyst');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      const row = page.getByRole('row', { name: /Grace/ });
      await row.getByRole('button', { name: 'Change roles' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('All sites').selectOption('marketer');
      await dialog.getByLabel('Add a role at').selectOption('shop');
      await dialog.getByLabel('shop', { exact: true }).selectOption('developer');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await row.getByText('marketer (All sites), developer (shop)').waitFor();
      await context.close();
    });
  });

  describe('the overview', () => {
    it('has a note about a day until it is taken away, and a segment’s numbers by its address', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/overview');
      await page.getByLabel('Note', { exact: true }).fill('Newsletter sent');
      await page.getByRole('button', { name: 'Add note' }).click();
      await page.getByText('Newsletter sent').waitFor();
      await page.reload();
      await settled(page);
      await page.getByRole('button', { name: /Remove the note/ }).click();
      await page.getByText('No notes about these days.').waitFor();
      await page.getByLabel('Segment').selectOption({ index: 1 });
      await page.getByRole('heading', { name: 'This segment in these days' }).waitFor();
      expect(new URL(page.url()).searchParams.get('segment')).toMatch(/^cluster-/);
      await page.goBack();
      await page.getByRole('heading', { name: 'This segment in these days' }).waitFor({ state: 'detached' });
      const compare = page.getByLabel('Compare with the days before');
      await compare.uncheck();
      expect(new URL(page.url()).searchParams.get('compare')).toBe('none');
      await page.goBack();
      await page.waitForFunction(() => !location.search.includes('compare'));
      expect(await compare.isChecked()).toBe(true);
      await page.getByRole('button', { name: 'Copy as curl' }).first().waitFor();
      await context.close();
    });
  });

  describe('what is kept', () => {
    it('has the consent funnel by purpose, what GPC took, and what is withheld', async () => {
      const [origin = ''] = served.origins;
      const e = Array.from({ length: 40 }, () => wireEvent({ u: `${origin}/` }));
      for (let times = 0; times < 3; times++) {
        for (const c of [
          ['r', 0, 1],
          ['g', 1, 1],
          ['u', 0, 0],
        ] as const) {
          await collect(served.edge, { ...wireBatch({ e }), c }, { origin, 'sec-gpc': '1' });
        }
      }
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/privacy');
      const consent = page.getByRole('region', { name: 'Consent' });
      await consent.getByText('With Global Privacy Control').waitFor();
      await consent.getByRole('row', { name: /measuring/ }).waitFor();
      const publishing = page.getByRole('region', { name: 'Publishing' });
      await publishing.getByText('Segments withheld').waitFor();
      await publishing
        .getByText(/^[1-4] of 4$/)
        .first()
        .waitFor();
      await page.getByText('no limit set').first().waitFor();
      await context.close();
    });
  });

  describe('a segment', () => {
    it('shows sizes, chances, top pages and items, overlap, and gives its members as a file to who may have them', async () => {
      const context = await served.visit({ acceptDownloads: true });
      const page = await openPage(context, served.origin, 'shop/segments');
      await page.getByText('published once').first().waitFor();
      await page.route('**/v1/sites/shop/segment-sizes', (route) => route.fulfill({ json: GROWN }));
      await page.reload();
      const line = page.getByRole('img', { name: '200 to 240 visitors over 5 sizes' });
      await line.waitFor();
      await page.getByRole('row').filter({ has: line }).getByText('+30 in 28 days').waitFor();
      await goTo(page, 'shop/segments/cluster-1');
      await page.getByText('A trend shows once').waitFor();
      await page.getByRole('heading', { name: 'What is likely next' }).waitFor();
      await page.getByRole('button', { name: 'Show top pages and items' }).click();
      await page.getByRole('heading', { name: 'Items', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Show overlap' }).click();
      await page.getByText('There is no other segment').waitFor();
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download as CSV' }).click(),
      ]);
      expect(file.suggestedFilename()).toBe('shop-cluster-1.csv');
      await context.close();
      const analyst = await served.visit({}, await served.token(served.site, ['segments:read', 'reports:read']));
      const seen = await openPage(analyst, served.origin, 'shop/segments/cluster-1');
      expect(await seen.getByRole('button', { name: 'Download as CSV' }).count()).toBe(0);
      await analyst.close();
    });
  });

  describe('what is not as expected', () => {
    it('is said in one table: a day, a segment’s size with the way to it, and segments that drift', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/trends');
      const alerts = page.getByRole('region', { name: 'Not as expected' });
      await alerts.getByText('Nothing is out of the ordinary').waitFor();
      const range = { expected: 200, low: 180, high: 220 };
      const told = [
        { kind: 'metric', metric: 'orders', date: '2026-11-28', value: 90, ...range, direction: 'below' },
        { kind: 'segment_size', segment: 'cluster-1', at: 0, visitors: 310, ...range, direction: 'above' },
        { kind: 'drift', version: 4, at: 0 },
      ];
      await page.route('**/v1/sites/shop/alerts', (route) => route.fulfill({ json: { site: 'shop', alerts: told } }));
      await page.reload();
      await alerts.getByRole('row', { name: /Orders.*90 below.*200 \(180 to 220\)/ }).waitFor();
      await alerts.getByRole('row', { name: /310 above/ }).waitFor();
      await alerts.getByRole('link', { name: 'Version 4: segments drift' }).waitFor();
      await alerts.getByRole('link', { name: 'Size of cluster-1' }).click();
      await page.getByRole('heading', { name: 'What is likely next' }).waitFor();
      await context.close();
    });
  });

  describe('numbers', () => {
    const tableOf = (page: Page, name: string): Promise<string[][]> =>
      page
        .getByRole('table', { name })
        .locator('tbody tr')
        .evaluateAll((rows) => rows.map((row) => [...row.children].map((one) => one.textContent.trim())));

    it('of the clusters are the model’s own', async () => {
      const headers = { authorization: `Bearer ${await served.token(served.site)}` };
      const { map, kChoice, metrics } = (await (
        await fetch(`${served.origin}/v1/sites/shop/models/current`, { headers })
      ).json()) as {
        readonly map: readonly { readonly size: number }[];
        readonly kChoice: readonly { readonly stability: number; readonly silhouette: number }[];
        readonly metrics: { readonly silhouette: number };
      };
      const written = (value: number): string => value.toLocaleString('en-GB');
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/clusters');
      expect((await tableOf(page, 'Map')).map(([, size]) => size)).toEqual(map.map(({ size }) => `≈ ${written(size)}`));
      const choices = await tableOf(page, 'How many clusters');
      expect(choices.length).toBeGreaterThan(2);
      expect(choices.map(([, stability, silhouette]) => [stability, silhouette])).toEqual(
        kChoice.map(({ stability, silhouette }) => [written(stability), written(silhouette)]),
      );
      await page.getByText(written(metrics.silhouette), { exact: true }).first().waitFor();
      await context.close();
    });

    it('of the cohorts of a real shop’s customers are the report’s, to the per cent', async () => {
      const site = await addFirstWeeks(served);
      const days = 'from=2010-12-01&to=2010-12-14';
      const headers = { authorization: `Bearer ${await served.token(site)}` };
      const answered = await fetch(`${served.origin}/v1/sites/${site}/retention?${days}`, { headers });
      const { cohorts } = (await answered.json()) as {
        readonly cohorts: readonly {
          readonly visitors: number | null;
          readonly returned: readonly { readonly share: number | null }[];
        }[];
      };
      expect(cohorts).toHaveLength(2);
      // So far above floor and margin that its noise does not take it below them once in a million runs.
      expect(cohorts[0]?.visitors).toBeGreaterThan(110);
      const context = await served.visit();
      const page = await openPage(context, served.origin, `${site}/retention?${days}`);
      const rows = await tableOf(page, 'Retention');
      expect(rows.map(([, visitors]) => visitors?.replace(/^.*Withheld$/, 'Withheld'))).toEqual(
        cohorts.map(({ visitors }) => visitors?.toLocaleString('en-GB') ?? 'Withheld'),
      );
      expect(rows[0]?.slice(2)).toEqual(
        cohorts[0]?.returned.map(({ share }) => (share === null ? '—' : `${Math.round(100 * share)}%`)),
      );
      await context.close();
    });

    // A site of so many visitors that cohorts and moves pass the floor takes minutes to make: the page is given the answer of one.
    it('of cohorts and journeys are those of the answer, withheld ones said to be', async () => {
      const context = await served.visit();
      const page = await openPage(context, served.origin, 'shop/documents');
      const give = (path: string, answer: object) =>
        page.route(`**/v1/sites/shop/${path}?*`, (route) => route.fulfill({ json: answer }));
      const budget = { left: 3, of: 4, moreAt: null };
      const returned = [
        { visitors: 300, share: 0.25 },
        { visitors: null, share: null },
      ];
      await give('retention', {
        cohorts: [
          { week: '2026-11-02', visitors: 1_200, returned },
          { week: '2026-11-09', visitors: null, returned: [] },
        ],
        budget,
      });
      await give('paths', {
        moves: [
          { from: null, to: '/', moves: 1_850 },
          { from: '/', to: '/tea', moves: 640 },
        ],
      });
      await goTo(page, 'shop/retention');
      await page.getByRole('table', { name: 'Retention' }).waitFor();
      const [first, second] = await tableOf(page, 'Retention');
      expect(first).toEqual(['2 Nov 2026', '1,200', '25%', '—']);
      expect(second?.[1]).toContain('Withheld');
      await goTo(page, 'shop/journeys');
      await page.getByRole('row', { name: /640/ }).waitFor();
      expect(await tableOf(page, 'Moves')).toEqual([
        ['(arrived)', '/', '1,850'],
        ['/', '/tea', '640'],
      ]);
      await context.close();
    });
  });

  describe('the audit log', () => {
    it('begins with the newest entry', async () => {
      const context = await served.visit();
      const numbers = async (): Promise<number[]> => {
        const page = await openPage(context, served.origin, 'shop/audit');
        const cells = await page.locator('tbody tr td.number').allTextContents();
        await page.close();
        return cells.map(Number);
      };
      const listed = await until(numbers, (found) => found.length > 1);
      expect(listed).toEqual([...listed].sort((a, b) => b - a));
      await context.close();
    });
  });
}
