// e2e/engines/firefox-gpc.test.ts: Global Privacy Control as a browser's own preference: property and header.
import { describe, expect, it } from 'vitest';
import { bitsOf } from '../../contract/index.ts';
import { startFirefox } from './firefox.ts';
import { useVisit } from './use-shop.ts';

const visit = useVisit(() => startFirefox({ gpc: true }));
const MEASURE = bitsOf(['measure']);

describe('C2: a browser that sends Sec-GPC by itself', () => {
  it('is heard by the tag and by the edge: a grant of everything leaves `measure`', async () => {
    visit.shop.serve('/', { attributes: 'data-consent="grant"' });
    await visit.open('/');
    await visit.shop.arrived('page_view');
    expect(await visit.engine.run(() => navigator.globalPrivacyControl, undefined)).toBe(true);
    expect(visit.shop.all[0]?.headers['sec-gpc']).toBe('1');
    expect(visit.shop.all[0]?.message.c).toEqual(['g', 'measure,profile,personalise,share limited', 1]);
    expect(await visit.shop.stored()).toEqual([['page_view', MEASURE, true]]);
  });

  it('gets no id for profiling alone, and is counted as one who refused', async () => {
    visit.shop.serve('/', { attributes: 'data-consent="profile"' });
    await visit.open('/');
    await visit.shop.arrived('page_view');
    expect(visit.shop.all[0]?.message).not.toHaveProperty('i');
    expect(await visit.stored()).toEqual([]);
    expect(await visit.shop.stored()).toEqual([['page_view', 0, false]]);
  });

  it('sends the header with beacons too', async () => {
    await visit.passThrough('/');
    const { all } = visit.shop;
    expect(all.some(({ headers }) => headers['sec-fetch-mode'] === 'no-cors')).toBe(true);
    expect(all.filter(({ headers }) => headers['sec-gpc'] !== '1')).toEqual([]);
  });

  it('is told by the edge what its signal did', async () => {
    await visit.open('/');
    const status = await visit.engine.run(
      async (collector) => (await (await fetch(`${collector}/v1/consent/status`)).json()) as unknown,
      visit.shop.collector,
    );
    expect(status).toEqual({
      gpc: { received: true, honoured: true, removes: ['profile', 'personalise', 'share', 'publication'] },
    });
  });
});
