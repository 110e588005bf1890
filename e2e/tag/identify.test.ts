// e2e/tag/identify.test.ts: logging in and out, and what leaves as the page goes.
import { describe, expect, it } from 'vitest';
import type { Tagged } from './use-stage.ts';
import { isReady, track, useStage } from './use-stage.ts';

const stage = useStage();

describe('identify', () => {
  it('is an ordinary event for the edge to make pseudonyms of, from Core as well', async () => {
    stage.serve('/', { script: 'tag.js' });
    const page = await stage.open('/');
    await isReady(page);
    await page.evaluate(() => (window as unknown as Tagged).hushtag.identify({ user_id: 'u-1', email: 'jo@shop.example' }));
    const [event] = await stage.arrived('identify');
    expect(event?.p).toEqual({ user_id: 'u-1', email: 'jo@shop.example' });
  });

  it('makes the next event a new visitor’s once somebody has logged out', async () => {
    stage.serve('/', { attributes: 'data-consent="grant"' });
    const page = await stage.open('/');
    await stage.arrived('page_view');
    await page.evaluate(() => (window as unknown as Tagged).hushtag.identify({ user_id: 'u-1' }));
    await stage.arrived('identify');
    expect(stage.arrivals.at(-1)?.message.i).toBe(stage.arrivals[0]?.message.i);
    await page.evaluate(() => (window as unknown as Tagged).hushtag.identify({}));
    await stage.arrived('identify', 2);
    await track(page, 'afterwards');
    await stage.arrived('afterwards');
    expect(stage.arrivals.at(-1)?.message.i).toMatch(/^\d/);
    expect(stage.arrivals.at(-1)?.message.i).not.toBe(stage.arrivals[0]?.message.i);
  });
}); // biome-ignore format: a call

describe('D1: when the page is hidden', () => {
  it.each([
    { why: 'fetchLater, where the browser has it', without: false, by: 'fetchLater' },
    { why: 'a beacon, where it has not', without: true, by: 'sendBeacon' },
  ])('what is left goes once, by $why', async ({ without, by }) => {
    await stage.context.addInitScript((isWithout) => {
      const used: string[] = [];
      Object.assign(window, { used });
      const target = window as unknown as Record<string, ((...all: unknown[]) => unknown) | undefined>;
      const original = target['fetchLater'];
      target['fetchLater'] = isWithout ? undefined : (...all) => (used.push('fetchLater'), original?.call(window, ...all));
      const beacon = navigator.sendBeacon.bind(navigator);
      navigator.sendBeacon = (...all) => (used.push('sendBeacon'), beacon(...all));
    }, without);
    const page = await stage.open('/');
    await stage.arrived('page_view');
    const used = await page.evaluate(() => {
      (window as unknown as Tagged).hushtag.track('last_word');
      Object.defineProperty(document, 'hidden', { value: true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      return (window as unknown as { used: readonly string[] }).used;
    });
    await stage.arrived('last_word');
    expect(used).toEqual([by]);
    await page.goto(`${stage.site}/next`);
    await stage.arrived('page_view', 2);
    expect(stage.events().filter(({ n }) => n === 'last_word')).toHaveLength(1);
  });
}); // biome-ignore format: spies
