// sdk/golden.test.ts: the golden messages of wire v1, made by the tag and read by the edge's tests.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { WireBatch } from '../contract/index.ts';
import { decodeBatch } from '../contract/wire-decode.ts';
import type { Hushtag, TagOptions } from './api.ts';
import { FLUSH_MS } from './delivery.ts';
import type { PageSetup } from './testing.ts';
import { closePage, openPage } from './testing.ts';

const FOLDER = new URL('../contract/fixtures/v1/', import.meta.url);

interface Golden {
  readonly file: string;
  readonly about: string;
  readonly options?: Partial<TagOptions>;
  readonly setup?: PageSetup;
  readonly act?: (tag: Hushtag) => void;
}

const TEAPOT = {
  item_id: '22697', item_name: 'Green regency teacup and saucer', item_category: 'Kitchen', item_brand: 'Regency',
  item_variant: 'green', price: 2.95, quantity: 2, discount: 0.25,
}; // biome-ignore format: fields read better in rows
const CANDLE = { item_id: 84997, item_name: 'Candle', price: '1.10', quantity: 0.5 };

const GOLDEN: readonly Golden[] = [
  {
    file: 'page-view-unasked',
    about: 'A first page view before anybody was asked: campaign kept, other queries, fragments and the referrer’s query not.',
    setup: {
      url: 'https://shop.example/tea?session=abc&utm_source=news&utm_medium=mail&q=x#top',
      referrer: 'https://search.example/find?q=tea',
      title: 'Tea',
    },
  },
  { file: 'page-view-consented', about: 'A page view under full consent, with the first-party id made for it.', act: (tag) => tag.consent('grant') },
  {
    file: 'page-view-measured',
    about: 'A page view under consent to measure alone, with an id from an earlier visit.',
    options: { consent: { purposes: ['measure'] } },
    setup: { stored: { hushtag: '1795000000000-1-2-3-4444444444' } },
  },
  { file: 'page-view-refused', about: 'A page view after a refusal: no id.', act: (tag) => tag.consent('refuse') },
  { file: 'page-view-automated', about: 'A page view in a browser that says it is automated.', setup: { automated: true } },
  {
    file: 'page-view-exempt',
    about: 'A page view under the exempt policy: no campaign and no referrer.',
    options: { policy: 'exempt' },
    setup: { url: 'https://shop.example/tea?utm_source=news', referrer: 'https://search.example/' },
  },
  {
    file: 'purchase',
    about: 'A purchase with items under consent, in GA4’s parameters as the page gave them.',
    act: (tag) => {
      tag.purchase({
        transaction_id: 'T-1001', currency: 'GBP', value: 5.95, tax: 1.19, shipping: 3.5, discount: 0.5, coupon: 'AUTUMN',
        payment_type: 'card', items: [TEAPOT, CANDLE],
      });
      tag.consent('grant');
    },
  },
  {
    file: 'purchase-yen',
    about: 'A purchase in a currency without a minor unit, in small letters, with a numeric order id.',
    act: (tag) => tag.purchase({ transaction_id: 1002, currency: 'jpy', value: 1980, items: [{ item_id: 'a', price: 990, quantity: 2 }] }),
  },
  { file: 'refund', about: 'A refund of a whole order by its id.', act: (tag) => { tag.refund({ transaction_id: 'T-1001', currency: 'GBP', value: 5.95 }); tag.consent('grant'); } },
  {
    file: 'custom-event',
    about: 'An event of the site’s own with text, number and boolean properties; an amount without a currency is a property.',
    act: (tag) => tag.track('brew_rated', { tea: 'Assam', stars: 5, milk: false, value: 3 }),
  },
  {
    file: 'batch',
    about: 'Several events in one message, in the order they happened.',
    act: (tag) => {
      tag.view_item({ currency: 'GBP', value: 2.95, items: [TEAPOT] });
      tag.add_to_cart({ currency: 'GBP', value: 2.95, items: [TEAPOT] });
      tag.search({ search_term: 'earl grey' });
      tag.consent({ purposes: ['measure', 'profile'] });
    },
  },
]; // biome-ignore format: a table

async function messageOf({ options, setup, act }: Golden): Promise<WireBatch> {
  const page = await openPage(options, setup);
  act?.(page.tag);
  await page.pass(FLUSH_MS);
  expect(page.fetched).toHaveLength(1);
  const [message] = page.fetched;
  if (message === undefined) throw new Error('The page sent nothing.');
  return message;
}

describe('E-wire: the tag speaks wire v1 as the golden messages have it', () => {
  afterEach(closePage);

  it.each(GOLDEN)('$file', async (golden) => {
    const message = await messageOf(golden);
    const file = new URL(`${golden.file}.json`, FOLDER);
    const fixture = { about: golden.about, message };
    if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(file, `${JSON.stringify(fixture, null, 2)}\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(fixture);
  });

  it.each(GOLDEN)('$file is taken whole by the decoder', async (golden) => {
    const decoded = decodeBatch(JSON.stringify(await messageOf(golden)));
    expect(decoded.ok && decoded.value.events.every((event) => event.ok)).toBe(true);
  });

  it('has no fixture that nothing makes', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
    expect(files.toSorted()).toEqual(GOLDEN.map(({ file }) => `${file}.json`).toSorted());
  });
});
