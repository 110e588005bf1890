// sdk/consent-words.test.ts: what a page says of a choice is read closely, and whoever opts out has withdrawn (C1, C2, S1).
import { afterEach, describe, expect, it } from 'vitest';
import { PURPOSES } from '../contract/index.ts';
import { FLUSH_MS } from './delivery.ts';
import { closePage, consentOf, openPage } from './testing.ts';

afterEach(closePage);

describe('C1: only words that we know grant, and only where all are', () => {
  it.each([true, false])('and the words that the gate knows are the contract’s purposes; Core: %s', async (core) => {
    for (const [place, purpose] of PURPOSES.entries()) {
      const page = await openPage({ policy: 'strict', consent: `measure ${purpose}` as 'grant' }, { core });
      await page.pass(FLUSH_MS);
      expect(page.fetched.map(consentOf)).toMatchObject([{ purposes: 1 | (1 << place) }]);
      const other = await openPage({ policy: 'strict', consent: `measure ${purpose}x` as 'grant' }, { core });
      await other.pass(60_000);
      expect(other.fetched).toEqual([]);
    }
  });

  const UNKNOWN = [
    'granted', 'not-granted', 'not granted', 'not grant', 'no measure', 'measurement', 'measure=false', 'measure:0', '!measure', 'Grant', 'GRANT',
    '["measure"]', '{"measure":false}', 'measure;profile', 'true', 'yes', 'all', 'undefined', 'null', 'limited', ' ', 'grant\0', 'profile.limited',
  ]; // biome-ignore format: a list

  it.each([true, false])('whatever is said otherwise is a refusal; Core: %s', async (core) => {
    const page = await openPage({ policy: 'strict', consent: 'not-granted' as 'grant' }, { core });
    for (const said of UNKNOWN) {
      page.tag.consent(said as 'grant');
      page.tag.track('after');
    }
    await page.pass(60_000);
    expect([page.fetched, page.stored.size]).toEqual([[], 0]);
  });

  it.each([
    { said: 'grant', purposes: 15 },
    { said: ' measure,  profile ', purposes: 3 },
    { said: 'measure\n\tprofile', purposes: 3 },
    { said: 'grant cross_border', purposes: 31 },
    { said: 'cross_border,grant', purposes: 31 },
  ])('“$said” grants, in Core as in Full', async ({ said, purposes }) => {
    for (const core of [true, false]) {
      const page = await openPage({ policy: 'strict', consent: said as 'grant' }, { core });
      await page.pass(FLUSH_MS);
      expect(page.fetched.map(consentOf)).toMatchObject([{ purposes }]);
    }
  });

  it.each([true, false])('C2: GPC holds over line ends; Core: %s', async (core) => {
    const page = await openPage({ policy: 'strict', consent: 'profile\nshare' as 'grant' }, { core, gpc: true });
    await page.pass(60_000);
    expect(page.fetched).toEqual([]);
  });

  it('S1: a choice that is none throws nothing and grants nothing', async () => {
    const page = await openPage({ policy: 'strict' });
    for (const said of [
      null,
      undefined,
      7,
      {},
      { purposes: null },
      { purposes: 'no' },
      Symbol('grant'),
      { purposes: [Symbol('measure')] },
    ]) {
      page.tag.consent(said as never);
      page.tag.track('after');
    }
    await page.pass(60_000);
    expect(page.fetched).toEqual([]);
  });
});

describe('C1: who opts out has withdrawn', () => {
  it('and the collector hears whose consent has ended, and nothing else', async () => {
    const page = await openPage({ consent: 'grant' });
    await page.pass(FLUSH_MS);
    const id = page.fetched[0]?.i;
    page.tag.track('waiting');
    page.tag.optOut();
    page.tag.track('after');
    page.tag.consent('grant');
    await page.pass(60_000);
    expect(page.fetched.slice(1).map(({ c, i, e }) => [c, i, e.map(({ n, p }) => [n, p])])).toEqual([
      [['g', '', 1], undefined, [['withdraw', [id]]]],
    ]);
    expect([...page.stored.values()]).toEqual(['out']);
  });

  it('and where there was no id, nothing is sent at all', async () => {
    const page = await openPage({ policy: 'standard' });
    page.tag.optOut();
    await page.pass(60_000);
    expect([page.fetched, [...page.stored.values()]]).toEqual([[], ['out']]);
  });
});
