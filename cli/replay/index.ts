// cli/replay/index.ts: the demo's real input: a real shop's invoices, and visits to the example shop.
export { exampleFile } from './example-file.ts';
export { CollectError, retryAfterMs } from './post-message.ts';
export type { ReplayReport } from './replay.ts';
export { CONCURRENCY_DEFAULT, CONCURRENCY_MAX, replay, replayMapped } from './replay.ts';
export type { Shop } from './shop-server.ts';
export { serveShop } from './shop-server.ts';
export { findChromium, visitShop } from './visit-shop.ts';
export { readRetailRows } from './read-parquet.ts';
export type { RetailEvent } from './retail.ts';
export { mapRetail } from './retail.ts';
