// core/site-settings.ts: what may be set of a site beside its policy: where its pages are, and from which size on numbers are shown.
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';

/** Origins of one site at most. */
export const ORIGINS_MAX = 50;
/** The smallest floor: below it a number speaks of single people (P3). */
export const FLOOR_MIN = 10;
/** The largest floor: above it nothing of any site would be shown. */
export const FLOOR_MAX = 1_000_000;

/** Why settings can't be set. */
export type SettingsRefusal = 'no_origins' | 'too_many_origins' | 'malformed_origin' | 'floor_out_of_range';

/** Whether a text is exactly what a browser sends as `Origin`. */
const isOrigin = (text: string): boolean =>
  URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);

/** Checks origins as typed; each must be exactly what a browser sends. */
export function checkOrigins(origins: readonly string[]): Result<readonly string[], SettingsRefusal> {
  if (origins.length === 0) return err('no_origins');
  if (origins.length > ORIGINS_MAX) return err('too_many_origins');
  return origins.every(isOrigin) ? ok([...new Set(origins)]) : err('malformed_origin');
}

/** Checks a floor. */
export const checkSiteFloor = (floor: number): Result<number, SettingsRefusal> =>
  Number.isInteger(floor) && floor >= FLOOR_MIN && floor <= FLOOR_MAX ? ok(floor) : err('floor_out_of_range');
