// sdk/delivery.test.ts
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BATCH_EVENTS_MAX, BODY_BYTES_MAX } from '../contract/index.ts';
import { FLUSH_MS, RETRY_MS_MAX } from './delivery.ts';
import type { Page } from './testing.ts';
import { closePage, openPage } from './testing.ts';

const idsOf = (messages: Page['fetched']): readonly string[] => messages.flatMap(({ e }) => e.map(({ i }) => i));
const bytesOf = (message: unknown): number => new Blob([JSON.stringify(message)]).size;
const longText = '好'.repeat(300);
// 25,000 characters, 70,000 bytes: too long for keepalive by bytes alone.
const manyItems = Array.from({ length: 75 }, (_, index) => ({ item_id: `${index}`, item_name: longText }));
afterEach(closePage);

describe('D1: events arrive once, under one id', () => {
  it('sends what happened together in one message, while the page is seen', async () => {
    const page = await openPage();
    page.tag.track('a');
    await page.pass(FLUSH_MS - 1);
    expect(page.fetched).toEqual([]);
    await page.pass(1);
    expect(page.fetched.map(({ e }) => e.length)).toEqual([2]);
    expect(page.keepalive).toEqual([true]);
    expect(page.urls).toEqual(['https://c.example/v1/collect']);
  });

  it('waits for a choice at a page’s start alone: what is later leaves at once', async () => {
    const page = await openPage();
    await page.pass(FLUSH_MS);
    page.tag.track('a');
    page.tag.track('b');
    // Before any other task of the page: a tab that is killed then has lost nothing.
    await Promise.resolve();
    expect(page.fetched.map(({ e }) => e.map(({ n }) => n))).toEqual([['page_view'], ['a', 'b']]);
  });

  it('waits for no choice that was made', async () => {
    const page = await openPage({ consent: 'grant' });
    await page.pass(0);
    expect(page.fetched.map(({ e }) => e.map(({ n }) => n))).toEqual([['page_view']]);
    page.tag.track('a');
    await page.pass(0);
    expect(page.fetched).toHaveLength(2);
  });

  it('sends what happens while an answer is awaited: it would go with a killed tab', async () => {
    let answer = (_reply: { readonly status: number }): void => undefined;
    const first = new Promise<{ readonly status: number }>((resolve) => void (answer = resolve));
    const page = await openPage(
      { consent: 'grant' },
      { reply: (attempt) => (attempt === 1 ? first : { status: 202 }) },
    );
    await page.pass(0);
    page.tag.track('a');
    await page.pass(0);
    expect(page.fetched.map(({ e }) => e.map(({ n }) => n))).toEqual([['page_view'], ['a']]);
    answer({ status: 202 });
    await page.pass(60_000);
    expect(page.fetched).toHaveLength(2);
  });

  it('sends nothing more once all is delivered', async () => {
    const page = await openPage();
    await page.pass(3_600_000);
    expect(page.fetched).toHaveLength(1);
  });

  it.each([
    { why: 'the collector is overloaded', reply: { status: 503 } },
    { why: 'the collector limits', reply: { status: 429 } },
    { why: 'a proxy fails', reply: { status: 502 } },
    { why: 'the network fails', reply: undefined },
  ])('tries again under the same ids when $why', async ({ reply }) => {
    const page = await openPage(
      {},
      {
        reply: (attempt) => {
          if (attempt > 2) return { status: 202 };
          if (reply === undefined) throw new TypeError('Failed to fetch');
          return reply;
        },
      },
    );
    await page.pass(FLUSH_MS);
    page.tag.track('later');
    await page.pass(60_000);
    expect(page.fetched).toHaveLength(3);
    expect(idsOf(page.fetched.slice(1, 2))).toEqual(expect.arrayContaining([...idsOf(page.fetched.slice(0, 1))]));
    expect(idsOf(page.fetched.slice(2))).toHaveLength(2);
  });

  it.each([{ status: 400 }, { status: 404 }, { status: 413 }])(
    'does not repeat what was answered $status',
    async (reply) => {
      const page = await openPage({}, { reply: () => reply });
      await page.pass(3_600_000);
      expect(page.fetched).toHaveLength(1);
    },
  );

  it('waits as long as Retry-After says', async () => {
    const page = await openPage(
      {},
      { reply: (attempt) => (attempt === 1 ? { status: 503, retryAfter: '20' } : { status: 202 }) },
    );
    await page.pass(FLUSH_MS + 19_999);
    expect(page.fetched).toHaveLength(1);
    await page.pass(1);
    expect(page.fetched).toHaveLength(2);
  });

  it('waits longer each time, and never longer than its limit', async () => {
    const page = await openPage({}, { reply: () => ({ status: 503 }) });
    const waits = [FLUSH_MS];
    // Doubled, and half a second; each attempt takes a millisecond.
    for (let nth = 0; nth < 3; nth += 1) waits.push(2 * ((waits[nth] ?? 0) + 1) + FLUSH_MS);
    for (const [nth, ms] of waits.entries()) {
      await page.pass(ms - 1);
      expect(page.fetched).toHaveLength(nth);
      await page.pass(1);
    }
    expect(page.fetched).toHaveLength(waits.length);
    await page.pass(3_600_000);
    const before = page.fetched.length;
    await page.pass(RETRY_MS_MAX);
    expect(page.fetched).toHaveLength(before + 1);
  });

  it('is not moved to hammer by a Retry-After longer than a timer can hold', async () => {
    const page = await openPage({}, { reply: () => ({ status: 503, retryAfter: '99999999999' }) });
    await page.pass(RETRY_MS_MAX);
    expect(page.fetched).toHaveLength(1);
  });
});

describe('S1: what the collector and the page do costs the page little', () => {
  it.each(['-1', '-99999999999', 'soon', 'NaN', 'Infinity', '1e400', '0', '', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
    'waits after a Retry-After of “%s” as after none, or for its limit',
    async (retryAfter) => {
      const page = await openPage({}, { reply: () => ({ status: 503, retryAfter }) });
      await page.pass(3_600_000);
      // Doubled from half a second on until five minutes: ten, then one each five minutes.
      expect(page.fetched.length).toBeGreaterThanOrEqual(12);
      expect(page.fetched.length).toBeLessThanOrEqual(22);
    },
  );

  it('makes one message of many calls while the page is hidden', async () => {
    const page = await openPage();
    page.setHidden(true);
    for (let made = 0; made < 50; made += 1) page.tag.track('hidden');
    expect(page.beacons).toHaveLength(1);
    await page.pass(0);
    expect(page.beacons.map(({ e }) => e.length)).toEqual([1, 50]);
  });

  it('sends at once also where the page has broken its microtasks', async () => {
    const page = await openPage();
    await page.pass(FLUSH_MS);
    vi.stubGlobal('queueMicrotask', () => {
      throw new Error('patched');
    });
    page.tag.track('still_here');
    await page.pass(0);
    expect(page.fetched.flatMap(({ e }) => e.map(({ n }) => n))).toContain('still_here');
  });

  it('leaves the page alive that tells of every request after it has waited for something', async () => {
    const page = await openPage();
    const { fetch } = globalThis;
    let told = 0;
    vi.stubGlobal('fetch', async (...given: Parameters<typeof fetch>) => {
      await Promise.resolve();
      // In microtasks alone this would never come to an end; here an end is put to it, for the test to see.
      if ((told += 1) < 100) page.tag.track('asked');
      return fetch(...given);
    });
    vi.advanceTimersByTime(FLUSH_MS);
    for (let turn = 0; turn < 1_000; turn += 1) await Promise.resolve();
    expect(told).toBeLessThan(20);
    await page.pass(60_000);
    expect(told).toBe(100);
    expect(page.fetched.flatMap(({ e }) => e)).toHaveLength(100);
  });

  it('puts nothing into the queue that is no event, where the page’s own shift has thrown', async () => {
    const page = await openPage();
    vi.spyOn(Array.prototype, 'shift').mockImplementation(() => {
      throw new Error('patched');
    });
    await page.pass(FLUSH_MS);
    vi.restoreAllMocks();
    page.tag.track('after');
    await page.pass(60_000);
    expect(page.fetched.flatMap(({ e }) => e.map(({ n }) => n))).toEqual(['page_view', 'after']);
  });

  it('has one timer at most, however often it is told to send', async () => {
    const page = await openPage({ policy: 'strict' }, { reply: () => ({ status: 503 }), sendBeacon: () => false });
    for (let time = 0; time < 50; time += 1) {
      page.tag.consent('grant');
      page.setHidden(true);
      page.tag.track('hidden');
      page.setHidden(false);
      await page.pass(0);
    }
    await page.pass(3_600_000);
    const before = page.fetched.length;
    await page.pass(RETRY_MS_MAX);
    expect(page.fetched.length).toBeLessThanOrEqual(before + 1);
  });
});

describe('messages stay under the wire’s limits', () => {
  it('splits by number of events', async () => {
    const page = await openPage({}, { url: 'http://a.b/' });
    // Real ids are longer than those of a fake that counts: of the shortest events there are, as many as fit.
    vi.stubGlobal('crypto', { getRandomValues: (into: Uint32Array) => into.fill(1_000_000_000) });
    for (let made = 0; made < 2 * BATCH_EVENTS_MAX; made += 1) page.tag.track('a');
    await page.pass(60_000);
    expect(Math.max(...page.fetched.map(({ e }) => e.length))).toBeLessThanOrEqual(BATCH_EVENTS_MAX);
    expect(idsOf(page.fetched)).toHaveLength(2 * BATCH_EVENTS_MAX + 1);
  });

  it('splits by bytes, in any script', async () => {
    const page = await openPage();
    for (let made = 0; made < BATCH_EVENTS_MAX; made += 1) page.tag.track('a', { x: longText, y: longText });
    await page.pass(60_000);
    expect(Math.max(...page.fetched.map(bytesOf))).toBeLessThan(BODY_BYTES_MAX - 5_000);
    expect(idsOf(page.fetched)).toHaveLength(BATCH_EVENTS_MAX + 1);
  });

  it('sends an event too long for keepalive by itself and without it, so that it holds up no other', async () => {
    const page = await openPage();
    page.tag.purchase({ items: manyItems });
    page.tag.track('after');
    await page.pass(60_000);
    expect(page.fetched.map(({ e }) => e.map(({ n }) => n))).toEqual([['page_view'], ['purchase'], ['after']]);
    expect(page.keepalive).toEqual([true, false, true]);
  });
});

describe('at the page’s end, what is left goes by beacon', () => {
  it('once it is hidden, as every page is before it goes', async () => {
    const page = await openPage();
    page.tag.track('a');
    page.setHidden(true);
    expect(page.beacons.map(({ e }) => e.map(({ n }) => n))).toEqual([['page_view', 'a']]);
    await page.pass(60_000);
    expect(page.fetched).toEqual([]);
  });

  it('all of it, in messages short enough', async () => {
    const page = await openPage();
    for (let made = 0; made < BATCH_EVENTS_MAX; made += 1) page.tag.track('a', { x: longText, y: longText });
    page.setHidden(true);
    await page.pass(0);
    expect(idsOf(page.beacons)).toHaveLength(BATCH_EVENTS_MAX + 1);
    expect(Math.max(...page.beacons.map(bytesOf))).toBeLessThan(BODY_BYTES_MAX - 5_000);
  });

  it('sends nothing when the page is shown again', async () => {
    const page = await openPage();
    page.setHidden(false);
    expect(page.beacons).toEqual([]);
  });

  it.each([
    { why: 'refused', sendBeacon: () => false },
    { why: 'broken', sendBeacon: (): boolean => { throw new Error('patched'); } },
  ])('sends by fetch what a beacon that is $why did not take', async ({ sendBeacon }) => {
    const page = await openPage({}, { sendBeacon });
    page.setHidden(true);
    await page.pass(FLUSH_MS);
    expect(page.fetched.map(({ e }) => e.length)).toEqual([1]);
  });
}); // biome-ignore format: a list
