// tools/build-tag.d.mts: the types of build-tag.mjs, for the tests.
export declare const SCRIPTS: readonly { readonly entry: string; readonly file: string; readonly bytesMax: number }[];
