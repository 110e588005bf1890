// runtime/geo.test.ts: a real MMDB file, read by the network alone, read again when it changes.
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGeo } from './geo.ts';
import { placeFrom } from './place.ts';
import { mmdbOf } from './testing.ts';

const BERLIN = {
  country: { iso_code: 'DE', names: { en: 'Germany' } },
  subdivisions: [{ iso_code: 'BE' }],
  location: { time_zone: 'Europe/Berlin' },
};

describe('P1: where an address lies', () => {
  let folder: string;
  let path: string;
  let said: string[];
  const log = (_level: string, event: string): void => void said.push(event);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hushtag-geo-'));
    path = join(folder, 'places.mmdb');
    said = [];
    await writeFile(
      path,
      mmdbOf([
        ['203.0.113.0/25', BERLIN],
        ['203.0.113.128/25', { country: { iso_code: 'FR' } }],
        ['198.51.0.0/16', { country_code: 'NL' }],
        ['192.0.2.0/24', { country: 'ZZ' }],
        ['2001:db8::/32', { country: 'AT' }],
      ]),
    );
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    {
      why: 'MaxMind’s shape',
      address: '203.0.113.9',
      place: { country: 'DE', region: 'BE', timeZone: 'Europe/Berlin' },
    },
    // The other half of the /24 lies elsewhere: nobody who sees the answer learns in which half an address is.
    {
      why: 'the network and not the address',
      address: '203.0.113.200',
      place: { country: 'DE', region: 'BE', timeZone: 'Europe/Berlin' },
    },
    { why: 'a flat list', address: '198.51.100.7', place: { country: 'NL' } },
    { why: 'IPv6', address: '2001:db8:1:2::3', place: { country: 'AT' } },
    { why: 'a code that stands for nowhere', address: '192.0.2.1', place: undefined },
    { why: 'an address that is not listed', address: '8.8.8.8', place: undefined },
    { why: 'no address', address: 'shop.example', place: undefined },
    { why: 'none at all', address: undefined, place: undefined },
  ])('knows $why', async ({ address, place }) => {
    const geo = await openGeo(path, log);
    expect(geo.placeOf(address)).toEqual(place);
    expect(geo.placeOf(address)).toEqual(place);
    geo.close();
  });

  it('follows its file, and keeps the old one where the new can not be read', async () => {
    const geo = await openGeo(path, log);
    await writeFile(path, 'no MMDB at all');
    await utimes(path, 1, 1);
    await geo.refresh();
    expect(geo.placeOf('198.51.100.7')).toEqual({ country: 'NL' });
    await writeFile(path, mmdbOf([['198.51.0.0/16', { country_code: 'BE' }]]));
    await utimes(path, 2, 2);
    await geo.refresh();
    await geo.refresh();
    expect(geo.placeOf('198.51.100.7')).toEqual({ country: 'BE' });
    expect(said).toEqual(['geo_file_not_read', 'geo_file_read_again']);
    geo.close();
  });

  it('does not start with a file that is none, and knows nothing without one', async () => {
    await writeFile(path, 'no MMDB at all');
    await expect(openGeo(path, log)).rejects.toMatchObject({ code: 'geo_file' });
    await expect(openGeo(join(folder, 'missing'), log)).rejects.toMatchObject({ code: 'geo_file' });
    expect((await openGeo(undefined, log)).placeOf('203.0.113.9')).toBeUndefined();
  });

  it('takes nothing of another form from what a platform says', () => {
    expect(placeFrom('DE', 'an-address@mail.example', 'x'.repeat(90))).toEqual({ country: 'DE' });
    expect(placeFrom('T1', 'BE', 'Europe/Berlin')).toBeUndefined();
    expect(placeFrom('de', undefined, undefined)).toBeUndefined();
  });
});
