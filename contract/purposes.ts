// contract/purposes.ts: what consent is given for, and its compact form.

/** What consent is given for. The order is the bit order on the wire and at rest; it never changes. */
export const PURPOSES = ['measure', 'profile', 'personalise', 'share'] as const;
/** One thing a visitor can agree to. */
export type Purpose = (typeof PURPOSES)[number];
/** A set of purposes as bits: bit 0 is `measure`, bit 3 is `share`. */
export type PurposeBits = number;

/** The bits of each purpose. */
export const PURPOSE_BIT: { readonly [P in Purpose]: PurposeBits } = {
  measure: 1,
  profile: 2,
  personalise: 4,
  share: 8,
};
/** Every purpose at once. */
export const PURPOSE_BITS_ALL: PurposeBits = 15;

/** The bits of some purposes. */
export const bitsOf = (purposes: Iterable<Purpose>): PurposeBits => {
  let bits = 0;
  for (const purpose of purposes) bits |= PURPOSE_BIT[purpose];
  return bits;
};

/** The purposes of some bits, in the order of {@link PURPOSES}. */
export const purposesOf = (bits: PurposeBits): Purpose[] =>
  PURPOSES.filter((purpose) => (bits & PURPOSE_BIT[purpose]) !== 0);
