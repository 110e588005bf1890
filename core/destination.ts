// core/destination.ts: what a destination may be: a name, an https address on the public internet, a purpose.
//
// An address that leads into the operator's own network would make this server knock at doors that nobody outside reaches
// (server-side request forgery). Names are looked at here; what they resolve to is looked at when a message is sent.
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';

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
/** Names that lead nowhere public (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
const INNER_NAMES =
  /(?:^|\.)(?:localhost|local|internal|lan|home|intranet|corp|private|arpa|test|invalid|example|alt)\.?$/;

/** Whether a host's name may lead to the public internet. Addresses in digits never do: a name can be checked, and moved. */
export const isPublicName = (host: string): boolean =>
  host.includes('.') && !host.startsWith('[') && !/^[\d.]+$/.test(host) && !INNER_NAMES.test(host);

/** Reads a destination. */
export function parseDestination({ name, url, purpose }: NewDestination): Result<NewDestination, DestinationRefusal> {
  if (!NAME.test(name)) return err('name_malformed');
  if (!URL.canParse(url) || url.length > URL_CHARS_MAX) return err('url_malformed');
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:') return err('url_not_https');
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') return err('url_malformed');
  if (!isPublicName(parsed.hostname)) return err('url_not_public');
  const words = purpose.trim();
  return words.length === 0 || words.length > PURPOSE_CHARS_MAX
    ? err('purpose_length')
    : ok({ name, url: parsed.href, purpose: words });
}
