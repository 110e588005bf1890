// tools/ensure-engines.d.mts: the types of ensure-engines.mjs, for the tests.
export declare const ensureFirefox: () => string;
export declare const ensureWebkit: () => { readonly driver: string; readonly browser: string; readonly xvfbRun: string };
