// core/destination.ts: what a destination may be: a name, an https address on the public internet, a purpose.
// What a name resolves to is looked at when a message is sent.
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';
import type { InnerOrigins } from './outbound.ts';
import { outboundWay } from './outbound.ts';

/** A destination as it is registered. */
export interface NewDestination {
  readonly name: string;
  readonly url: string;
  readonly purpose: string;
}

/** Why one is refused. */
export type DestinationRefusal =
  | 'name_malformed'
  | 'url_malformed'
  | 'url_not_https'
  | 'url_not_public'
  | 'purpose_length';

/** Characters of a purpose at most. */
export const PURPOSE_CHARS_MAX = 200;
const URL_CHARS_MAX = 2_000;
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** Reads a destination. @param inner what the operator lets this server call in its own network. */
export function parseDestination(
  { name, url, purpose }: NewDestination,
  inner: InnerOrigins = new Set(),
): Result<NewDestination, DestinationRefusal> {
  if (!NAME.test(name)) return err('name_malformed');
  if (!URL.canParse(url) || url.length > URL_CHARS_MAX) return err('url_malformed');
  const parsed = new URL(url);
  const way = outboundWay(parsed, inner);
  if (way !== 'inner' && parsed.protocol !== 'https:') return err('url_not_https');
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') return err('url_malformed');
  if (way === 'refused') return err('url_not_public');
  const words = purpose.trim();
  return words.length === 0 || words.length > PURPOSE_CHARS_MAX
    ? err('purpose_length')
    : ok({ name, url: parsed.href, purpose: words });
}
