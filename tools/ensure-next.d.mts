// tools/ensure-next.d.mts: the types of ensure-next.mjs, for the tests.
export declare const ensureNext: () => string;
