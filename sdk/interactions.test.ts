// sdk/interactions.test.ts: what is no link and no form; links and forms themselves need a browser: e2e/tag/interactions.test.ts.
import { afterEach, describe, expect, it } from 'vitest';
import { FLUSH_MS } from './delivery.ts';
import { closePage, openPage } from './testing.ts';

describe('S1: an event without an element is nothing', () => {
  afterEach(closePage);

  it.each(['click', 'auxclick', 'submit'])('%s', async (type) => {
    const page = await openPage();
    page.fire(type);
    await page.pass(FLUSH_MS);
    expect(page.fetched.flatMap(({ e }) => e.map(({ n }) => n))).toEqual(['page_view']);
  });
});
