// segmenter/profiles/order.ts: the one order of texts in profiles.

/** The order of strings everywhere here: by UTF-16 code units, as no locale changes it. */
export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
