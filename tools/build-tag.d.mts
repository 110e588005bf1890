// tools/build-tag.d.mts: the types of build-tag.mjs, for the tests.
export declare const SCRIPTS: readonly { readonly entry: string; readonly file: string; readonly bytesMax: number }[];
/** The documents that state sizes, as they are and as they should be. */
export declare const withSizes: () => { readonly page: string; readonly text: string; readonly right: string }[];
