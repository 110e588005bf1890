// client/index.ts: what `hushtag/client` is made of; tools/build-client.mjs adds the types of the routes.
export type { Answer, Client, ClientOptions, Operation, Operations, PageItem } from './client.ts';
export { createClient } from './client.ts';
export type { LiveEvent } from './live.ts';
export { HushtagProblem, HushtagUnreachable } from './problem.ts';
export type { RetryOptions } from './send.ts';
