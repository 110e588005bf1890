// sdk/random-id.ts: ids that nobody else makes.

/**
 * 128 random bits, as four decimals with hyphens between them. Unlike `crypto.randomUUID`, it also works in pages that
 * came over plain HTTP.
 */
export const randomId = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-');
