// console/app/formats.ts: numbers, instants and amounts in the reader's language. Days are UTC, as everywhere in hushtag.

/** Writes them. */
export interface Formats {
  readonly number: (value: number) => string;
  /** Short, for tiles and axes: 12.3K. */
  readonly compact: (value: number) => string;
  /** A share of 1 as per cent. */
  readonly percent: (share: number) => string;
  /** Minor units of a currency of ISO 4217. */
  readonly money: (minor: number, currency: string) => string;
  /** The same, short. */
  readonly moneyCompact: (minor: number, currency: string) => string;
  readonly day: (at: number | string) => string;
  readonly instant: (at: number | string) => string;
  /** The time of day alone, to the second. */
  readonly clock: (at: number) => string;
  /** `in 3 days`, `2 hours ago`. */
  readonly ago: (at: number, now: number) => string;
  readonly bytes: (bytes: number) => string;
  /** Seconds without their unit: 3.4, 0.58, 0.008, 127. */
  readonly seconds: (seconds: number) => string;
}

const MINUTE_MS = 60_000;
const STEPS = [
  ['day', 24 * 60 * MINUTE_MS],
  ['hour', 60 * MINUTE_MS],
  ['minute', MINUTE_MS],
  ['second', 1_000],
] as const;

/** Makes the formats of a locale. */
export function createFormats(locale: string): Formats {
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  const instant = new Intl.DateTimeFormat(locale, {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC',
  }); // biome-ignore format: an instant a row
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone: 'UTC',
  }); // biome-ignore format: a time a row
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const bytes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });
  const brief = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2 });
  const moneyStyle = (currency: string): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { style: 'currency', currency });
  const major = (minor: number, currency: string): number =>
    minor / 10 ** (moneyStyle(currency).resolvedOptions().maximumFractionDigits ?? 2);
  return {
    number: (value) => number.format(value),
    compact: (value) => compact.format(value),
    percent: (share) => percent.format(share),
    money: (minor, currency) => moneyStyle(currency).format(major(minor, currency)),
    moneyCompact: (minor, currency) =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency,
        notation: 'compact',
        minimumFractionDigits: 0,
        maximumFractionDigits: 1,
      }).format(major(minor, currency)),
    day: (at) => day.format(new Date(at)),
    instant: (at) => `${instant.format(new Date(at))} UTC`,
    clock: (at) => clock.format(at),
    ago: (at, now) => {
      const [unit, ms] = STEPS.find(([, size]) => Math.abs(at - now) >= size) ?? ['second', 1_000];
      return relative.format(Math.trunc((at - now) / ms), unit);
    },
    bytes: (count) => bytes.format(count / 1_000),
    seconds: (count) => (count < 10 ? brief.format(count) : number.format(Math.round(count))),
  };
}
