export declare const anchorOf: (heading: string) => string;
export declare const pagesOf: () => string[];
export declare const buildDocs: (folder: string) => { pages: number; folder: string };
