// bench/proof/seeded.ts: random numbers that a printed seed gives again.

/** Draws numbers; the same seed gives the same ones. */
export interface Seeded {
  /** A whole number from 0 to `bound` - 1. */
  readonly below: (bound: number) => number;
  readonly pick: <T>(values: readonly T[]) => T;
}

/** splitmix32 (Steele, Lea and Flood 2014, as a 32-bit mixer): for choosing cases, not for secrets. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (bound: number): number => Math.floor((word() / 2 ** 32) * bound);
  return {
    below,
    pick: (values) => {
      const picked = values[below(values.length)];
      if (picked === undefined) throw new RangeError('there is nothing to pick from');
      return picked;
    },
  };
}
