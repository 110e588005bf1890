// runtime/place.ts: a place from what a list or a platform says, each part checked for its form.
import type { Place } from '../core/index.ts';

const text = (value: unknown, form: RegExp): string | undefined =>
  typeof value === 'string' && form.test(value) ? value : undefined;

const COUNTRY = /^[A-Z]{2}$/;
const REGION = /^[A-Z0-9]{1,3}$/;
const TIME_ZONE = /^[A-Za-z_]{2,20}(?:\/[A-Za-z0-9_+-]{1,20}){0,2}$/;

/** A place, its texts checked for their form: `ZZ` and the like are nowhere. */
export function placeFrom(country: unknown, region: unknown, timeZone: unknown): Place | undefined {
  const code = text(country, COUNTRY);
  if (code === undefined || code === 'ZZ' || code === 'XX') return undefined;
  const [part, zone] = [text(region, REGION), text(timeZone, TIME_ZONE)];
  return {
    country: code,
    ...(part === undefined ? {} : { region: part }),
    ...(zone === undefined ? {} : { timeZone: zone }),
  };
}
