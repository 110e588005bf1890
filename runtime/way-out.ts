// runtime/way-out.ts: how a Node process calls out, by the configuration.
import type { Deliver, FetchOut } from '../edge/index.ts';
import type { Config } from './config.ts';
import { createDeliver } from './deliver.ts';
import { createFetchOut } from './outbound.node.ts';

/** Makes the guarded way out, and what tells destinations by it. */
export function wayOut({ innerOrigins }: Pick<Config, 'innerOrigins'>): {
  readonly fetchOut: FetchOut;
  readonly deliver: Deliver;
} {
  const fetchOut = createFetchOut({ innerOrigins });
  return { fetchOut, deliver: createDeliver(fetchOut) };
}
