// cli/import/formats/formats.test.ts: exports of other tools, in the shapes they have, become events that the collector takes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverEventSchema } from '../../../edge/index.ts';
import { readRows } from '../read-rows.ts';
import { IMPORT_FORMATS } from './index.ts';

const GA4_ROW = {
  event_date: '20240102', event_timestamp: '1704164645123456', event_name: 'purchase',
  event_params: [
    { key: 'page_location', value: { string_value: 'https://shop.example/thanks?x=1' } },
    { key: 'page_title', value: { string_value: 'Thanks' } },
    { key: 'currency', value: { string_value: 'EUR' } },
    { key: 'ga_session_id', value: { int_value: '1704164000' } },
    { key: 'engagement_time_msec', value: { int_value: '1200' } },
  ],
  event_bundle_sequence_id: '7', user_pseudo_id: '1234567890.1704164000', user_id: 'person-4711',
  privacy_info: { analytics_storage: 'Yes' }, ecommerce: { transaction_id: 'T1', purchase_revenue: 25.5, tax_value: 4 },
  items: [{ item_id: 'A1', item_name: 'Teapot', price: 12.75, quantity: '2' }],
}; // biome-ignore format: a row as it is exported
const MATOMO_VISIT = {
  idVisit: '9', visitorId: 'a1b2c3d4e5f60718', visitIp: '198.51.100.7', siteCurrency: 'EUR', referrerUrl: 'https://search.example/',
  actionDetails: [
    { type: 'action', url: 'https://shop.example/', pageTitle: 'Home', timestamp: 1704164645 },
    { type: 'event', eventCategory: 'video', eventAction: 'Play it!', eventName: 'intro', timestamp: 1704164650, url: 'https://shop.example/' },
    { type: 'goal', timestamp: 1704164651 },
    { type: 'ecommerceOrder', orderId: 'M1', revenue: '20.00', revenueTax: '3', timestamp: 1704164660, itemDetails: [{ itemSKU: 'A1', itemName: 'Tea', price: '10', quantity: '2' }] },
  ],
}; // biome-ignore format: a visit as it is exported
const CASES = [
  { format: 'ga4', text: `${JSON.stringify(GA4_ROW)}\n${JSON.stringify({ ...GA4_ROW, privacy_info: { analytics_storage: 'No' } })}\n` },
  { format: 'matomo', text: JSON.stringify([MATOMO_VISIT]) },
  {
    format: 'umami',
    text: `website_id,session_id,visit_id,event_id,hostname,url_path,url_query,referrer_path,referrer_domain,page_title,event_type,event_name,created_at
w,s1,v1,e1,shop.example,/tea,utm_source=news,/,search.example,Tea,1,,2024-01-02 03:04:05
w,s1,v1,e2,shop.example,/tea,,,,Tea,2,Add To Cart,2024-01-02 03:05:05
`,
  },
  { format: 'plausible', text: 'date,hostname,page,visits,visitors,pageviews\n2024-01-02,shop.example,/tea,2,2,3\n2024-01-03,shop.example,/,1,1,0\n' },
  { format: 'plausible-events', text: 'timestamp,name,hostname,pathname,user_id,referrer\n2024-01-02 03:04:05,pageview,shop.example,/tea,123456,\n2024-01-02 03:05:00,Sign Up,shop.example,/join,123456,https://a.example/\n' },
  {
    format: 'shopify',
    text: `Name,Email,Financial Status,Paid at,Currency,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Vendor,Id
#1001,kim@mail.example,paid,2024-01-02 03:04:05 -0500,EUR,4.90,3.00,29.90,TEA10,2.00,2024-01-02 03:04:00 -0500,2,Teapot,10.00,A1,Leaf,551
#1001,kim@mail.example,,,,,,,,,,1,Cup,5.00,,Leaf,
#1002,lou@mail.example,pending,,EUR,0,0,9.00,,0,2024-01-03 03:04:00 -0500,1,Cup,9.00,B1,Leaf,552
#1003,lou@mail.example,paid,2024-01-03 03:04:00 -0500,EUR,0,0,9.00,,0,2024-01-03 03:04:00 -0500,1,Cup,9.00,B1,Leaf,553
`,
  },
  {
    format: 'woocommerce',
    text: `Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),N. Revenue,Attribution
2024-01-02 03:04:05,71,€20.00,completed,Kim Doe,new,"2× Tea, green, 1× Cup",3,,20,Direct
2024-01-02 03:05:05,72,€5.00,failed,Kim Doe,new,1× Cup,1,,5,Direct
`,
  },
] as const; // biome-ignore format: files as they are exported

describe('exports of other tools', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-formats-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  interface Read {
    readonly line: number;
    readonly event: Record<string, unknown> | undefined;
  }
  const read = async (name: string, path: string): Promise<Read[]> => {
    const format = IMPORT_FORMATS[name];
    if (format === undefined) throw new Error(name);
    const found: Read[] = [];
    for await (const { line, text } of readRows(path, { kind: 'export', format, options: { currency: 'EUR' } }).rows)
      found.push({ line, event: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) });
    return found;
  };
  const readText = async (format: string, text: string): Promise<Read[]> => {
    const path = join(folder, format);
    await writeFile(path, text);
    return read(format, path);
  };
  const eventsOf = async (format: (typeof CASES)[number]['format']): Promise<Record<string, unknown>[]> => {
    const text = CASES.find((one) => one.format === format)?.text ?? '';
    return (await readText(format, text)).flatMap(({ event }) => (event === undefined ? [] : [event]));
  };

  it.each(CASES)(
    'P1: $format gives events that the collector takes, with nobody’s name, address or id',
    async ({ format, text }) => {
      const found = await readText(format, text);
      const events = found.flatMap(({ event }) => (event === undefined ? [] : [event]));
      expect(events.length).toBeGreaterThan(0);
      expect(events.map((event) => v.safeParse(serverEventSchema, event).issues?.[0].message)).toEqual(
        events.map(() => undefined),
      );
      expect(JSON.stringify(events)).not.toMatch(/mail\.example|Kim|198\.51|person-4711|1234567890\.1704|a1b2c3d4/);
      // The same file again has the same ids, or where it has none the same text: the collector takes each once.
      expect(await readText(format, text)).toEqual(found);
      const ids = events.flatMap(({ id }) => (id === undefined ? [] : [id]));
      expect(new Set(ids).size).toBe(format === 'ga4' ? ids.length - 1 : ids.length);
    },
  );

  it('ga4: parameters, money and items; a "No" of Consent Mode links nobody', async () => {
    const [bought, refused] = await eventsOf('ga4');
    expect(bought).toMatchObject({
      name: 'purchase',
      time: 1_704_164_645_123,
      url: 'https://shop.example/thanks?x=1',
      title: 'Thanks',
      params: {
        currency: 'EUR',
        transaction_id: 'T1',
        value: 25.5,
        tax: 4,
        engagement_time_msec: 1_200,
        items: [{ item_id: 'A1', quantity: 2, price: 12.75 }],
      },
    });
    expect(bought?.['params']).not.toHaveProperty('ga_session_id');
    expect(refused).toMatchObject({ consent: { state: 'refused' } });
    expect(refused).not.toHaveProperty('first_party_id');
  });

  it('ga4-parquet: the same rows from a Parquet file give the same events', async () => {
    const [lines, parquet] = [join(folder, 'ga4-lines'), join(folder, 'ga4.parquet')];
    await writeFile(lines, `${JSON.stringify(GA4_ROW)}\n`);
    const instance = await DuckDBInstance.create(':memory:');
    const duck = await instance.connect();
    await duck.run(
      `COPY (SELECT * REPLACE (event_timestamp::BIGINT AS event_timestamp) FROM read_json('${lines}')) TO '${parquet}' (FORMAT parquet)`,
    );
    duck.closeSync();
    instance.closeSync();
    expect(await read('ga4-parquet', parquet)).toEqual(await read('ga4', lines));
  });

  it('matomo: actions in their order, each with its visit’s visitor; kinds without an event are left out', async () => {
    const events = await eventsOf('matomo');
    expect(events.map(({ name }) => name)).toEqual(['page_view', 'play_it', 'purchase']);
    expect(events[0]).toMatchObject({ time: 1_704_164_645_000, referrer: 'https://search.example/', title: 'Home' });
    expect(events[2]).toMatchObject({
      params: { transaction_id: 'M1', value: 20, tax: 3, currency: 'EUR', items: [{ item_id: 'A1', quantity: 2 }] },
    });
    expect(new Set(events.map((event) => event['first_party_id'])).size).toBe(1);
  });

  it('umami: views and own events, with query and referrer', async () => {
    expect(await eventsOf('umami')).toMatchObject([
      {
        id: 'umami e1',
        name: 'page_view',
        url: 'https://shop.example/tea?utm_source=news',
        referrer: 'https://search.example/',
        time: '2024-01-02T03:04:05Z',
      },
      { id: 'umami e2', name: 'add_to_cart', url: 'https://shop.example/tea' },
    ]);
  });

  it('plausible: as many views as a page had on a day, of nobody', async () => {
    const events = await eventsOf('plausible');
    expect(events).toHaveLength(3);
    expect(events[0]).toEqual({
      id: 'plausible 2024-01-02 0 https://shop.example/tea',
      name: 'page_view',
      time: '2024-01-02T12:00:00Z',
      url: 'https://shop.example/tea',
    });
  });

  it('shopify: the rows of an order are one purchase at the line of the first; unpaid ones are none', async () => {
    const found = await readText('shopify', CASES.find(({ format }) => format === 'shopify')?.text ?? '');
    expect(found.map(({ line, event }) => [line, event === undefined])).toEqual([
      [2, false],
      [4, true],
      [5, false],
    ]);
    expect(found[0]?.event).toMatchObject({
      id: 'shopify 551',
      time: '2024-01-02T03:04:05-0500',
      params: {
        transaction_id: '#1001',
        value: 29.9,
        tax: 3,
        shipping: 4.9,
        discount: 2,
        coupon: 'TEA10',
        items: [
          { item_id: 'A1', quantity: 2, price: 10 },
          { item_id: 'Cup', quantity: 1 },
        ],
      },
    });
  });

  it('woocommerce: products with commas in their names', async () => {
    expect(await eventsOf('woocommerce')).toMatchObject([
      {
        id: 'woocommerce 71',
        name: 'purchase',
        params: {
          value: 20,
          currency: 'EUR',
          items: [
            { item_name: 'Tea, green', quantity: 2 },
            { item_name: 'Cup', quantity: 1 },
          ],
        },
      },
    ]);
  });
});
