// contract/purposes.ts: what consent is given for, and its compact form.

/** What consent is given for. The order is the bit order on the wire and at rest; it never changes. */
export const PURPOSES = [
  'measure',
  'profile',
  'personalise',
  'share',
  'cross_border',
  'sensitive',
  'publication',
] as const;
/** How many of {@link PURPOSES}, from the first on, consent platforms know of. The others are separate consents, which a site asks for by itself. */
export const COMMON_PURPOSES = 4;
/** One thing a visitor can agree to. */
export type Purpose = (typeof PURPOSES)[number];
/** A set of purposes as bits: bit 0 is `measure`, bit 6 is `publication`. */
export type PurposeBits = number;

/** The bits of each purpose. */
export const PURPOSE_BIT: { readonly [P in Purpose]: PurposeBits } = {
  measure: 1,
  profile: 2,
  personalise: 4,
  share: 8,
  cross_border: 16,
  sensitive: 32,
  publication: 64,
};
/** What a grant of all means. Separate consents are no part of it: a law that asks for them asks for each by itself. */
export const PURPOSE_BITS_ALL: PurposeBits = 15;
/** Consents that a site has to ask for separately (PIPL Art. 25, 29, 39; the fourth, of Art. 23, is `share`). */
export const PURPOSE_BITS_SEPARATE: PurposeBits = 112;
/** Every bit that means something. */
export const PURPOSE_BITS_KNOWN: PurposeBits = 127;

/** The bits of some purposes. */
export const bitsOf = (purposes: Iterable<Purpose>): PurposeBits => {
  let bits = 0;
  for (const purpose of purposes) bits |= PURPOSE_BIT[purpose];
  return bits;
};

/** The purposes of some bits, in the order of {@link PURPOSES}. */
export const purposesOf = (bits: PurposeBits): Purpose[] =>
  PURPOSES.filter((purpose) => (bits & PURPOSE_BIT[purpose]) !== 0);

/**
 * The bits of purposes said in words, with spaces or commas between them; `grant` is all that is no separate consent. One word that
 * is none of these makes the whole mean nothing: "not grant" is no grant.
 */
export const bitsOfWords = (said: string): PurposeBits => {
  let bits = 0;
  for (const word of said.split(/[\s,]+/)) {
    if (word === 'grant') bits |= PURPOSE_BITS_ALL;
    else if (PURPOSES.includes(word as Purpose)) bits |= PURPOSE_BIT[word as Purpose];
    else if (word) return 0;
  }
  return bits;
};
