// sdk/withdrawal.test.ts: who withdraws is heard (C1, D1).
import { afterEach, describe, expect, it } from 'vitest';
import type { WireBatch } from '../contract/index.ts';
import { WITHDRAWALS_MAX } from '../contract/index.ts';
import { FLUSH_MS } from './delivery.ts';
import { MARK_KEY } from './mark.ts';
import type { Page } from './testing.ts';
import { closePage, consentOf, openPage, T0 } from './testing.ts';

const namesIn = (page: Page): readonly string[] => page.fetched.flatMap(({ e }) => e.map(({ n }) => n));
afterEach(closePage);

describe('C1: who refuses says whose consent has ended', () => {
  const ID = `${T0 - 1_000}-11-22-33-44`;
  const withdrawn = (messages: readonly WireBatch[]) =>
    messages.flatMap((message) =>
      message.e.filter(({ n }) => n === 'withdraw').map(({ p }) => [consentOf(message).state, p]),
    );

  it.each(['strict', 'standard', 'exempt'] as const)('under %s, and nothing else of the event', async (policy) => {
    const page = await openPage({ policy, consent: { purposes: ['measure'] } }, { stored: { [MARK_KEY]: ID } });
    await page.pass(FLUSH_MS);
    page.tag.consent('refuse');
    await page.pass(60_000);
    expect(withdrawn(page.fetched)).toEqual([['refused', [ID]]]);
    const event = page.fetched.at(-1)?.e[0];
    expect(Object.keys(event ?? {})).toEqual(['i', 'n', 't', 'p']);
    expect(page.fetched.at(-1)).not.toHaveProperty('i');
    expect(page.stored.size).toBe(0);
  });

  it.each(['strict', 'standard', 'exempt'] as const)(
    'under %s also on a later page, whose refusal is the first word',
    async (policy) => {
      const page = await openPage({ policy, consent: 'refuse' }, { stored: { [MARK_KEY]: ID } });
      await page.pass(60_000);
      expect(withdrawn(page.fetched)).toEqual([['refused', [ID]]]);
      expect(namesIn(page)).toEqual(policy === 'standard' ? ['withdraw', 'page_view'] : ['withdraw']);
    },
  );

  it('once, however often it is refused, and never where there was no id', async () => {
    const page = await openPage({ policy: 'strict', consent: 'grant' });
    await page.pass(FLUSH_MS);
    for (let click = 0; click < 3; click += 1) page.tag.consent('refuse');
    await page.pass(60_000);
    expect(withdrawn(page.fetched)).toHaveLength(1);
    const other = await openPage({ policy: 'strict', consent: 'refuse' });
    await other.pass(60_000);
    expect(other.fetched).toEqual([]);
  });

  it('D1: is tried until the collector hears it, under one event id, also after a second refusal', async () => {
    const page = await openPage(
      { policy: 'strict', consent: 'grant' },
      { stored: { [MARK_KEY]: ID }, reply: (attempt) => ({ status: attempt === 2 || attempt === 3 ? 503 : 202 }) },
    );
    await page.pass(FLUSH_MS);
    page.tag.consent('refuse');
    await page.pass(100);
    page.tag.consent('refuse');
    page.tag.track('dropped');
    await page.pass(60_000);
    expect(withdrawn(page.fetched.slice(0, 3))).toHaveLength(2);
    expect(withdrawn(page.fetched)).toHaveLength(3);
    expect(new Set(page.fetched.slice(1).flatMap(({ e }) => e.map(({ i }) => i))).size).toBe(1);
    expect(namesIn(page)).not.toContain('dropped');
  });

  it('D1: each of two, of somebody who agreed and refused twice before anybody heard of it', async () => {
    let isOffline = false;
    const page = await openPage(
      { policy: 'strict', consent: 'grant' },
      {
        reply: () => {
          if (isOffline) throw new TypeError('Failed to fetch');
          return { status: 202 };
        },
      },
    );
    await page.pass(FLUSH_MS);
    const ids = [page.stored.get(MARK_KEY)];
    isOffline = true;
    page.tag.consent('refuse');
    await page.pass(100);
    page.tag.consent('grant');
    page.tag.track('between');
    await page.pass(2_000);
    ids.push(page.stored.get(MARK_KEY));
    page.tag.consent('refuse');
    await page.pass(100);
    const before = page.fetched.length;
    isOffline = false;
    await page.pass(60_000);
    const heard = page.fetched.slice(before);
    expect(new Set(withdrawn(heard).map(([, p]) => String(p)))).toEqual(new Set(ids));
    expect(heard.flatMap(({ e }) => e.map(({ n }) => n))).not.toContain('between');
  });

  it('D1: also after a second grant and refusal that made no id', async () => {
    let isOffline = false;
    const page = await openPage(
      { policy: 'strict', consent: 'grant' },
      {
        reply: () => {
          if (isOffline) throw new TypeError('Failed to fetch');
          return { status: 202 };
        },
      },
    );
    await page.pass(FLUSH_MS);
    const id = page.stored.get(MARK_KEY);
    isOffline = true;
    for (const choice of ['refuse', 'grant', 'refuse'] as const) page.tag.consent(choice);
    await page.pass(100);
    isOffline = false;
    const before = page.fetched.length;
    await page.pass(60_000);
    expect(new Set(withdrawn(page.fetched.slice(before)).map(([, p]) => String(p)))).toEqual(new Set([id]));
  });

  it('of any number without a network as many as a message can tell of, and no more', async () => {
    let isOffline = true;
    const page = await openPage(
      { policy: 'strict' },
      {
        reply: () => {
          if (isOffline) throw new TypeError('Failed to fetch');
          return { status: 202 };
        },
      },
    );
    for (let time = 0; time < 3 * WITHDRAWALS_MAX; time += 1) {
      page.tag.consent('grant');
      page.tag.track('between');
      page.tag.consent('grant');
      page.tag.consent('refuse');
    }
    await page.pass(100);
    isOffline = false;
    const before = page.fetched.length;
    await page.pass(3_600_000);
    const heard = withdrawn(page.fetched.slice(before)).map(([, p]) => String(p));
    expect(new Set(heard).size).toBe(WITHDRAWALS_MAX);
    expect(heard.length).toBeLessThanOrEqual(2 * WITHDRAWALS_MAX);
  });

  it('goes by beacon where the page is hidden', async () => {
    const page = await openPage({ policy: 'strict', consent: 'grant' }, { stored: { [MARK_KEY]: ID } });
    await page.pass(FLUSH_MS);
    page.setHidden(true);
    page.tag.consent('refuse');
    expect(withdrawn(page.beacons)).toEqual([['refused', [ID]]]);
    expect(page.stored.size).toBe(0);
  });

  it('says nothing after an opt-out, and nothing in Core, which has no ids', async () => {
    const out = await openPage({ policy: 'strict', consent: 'refuse' }, { stored: { [MARK_KEY]: 'out' } });
    await out.pass(60_000);
    const core = await openPage({ policy: 'strict', consent: 'refuse' }, { core: true, stored: { [MARK_KEY]: ID } });
    await core.pass(60_000);
    expect([out.fetched, core.fetched]).toEqual([[], []]);
    expect([...out.stored.values()]).toEqual(['out']);
  });
});
