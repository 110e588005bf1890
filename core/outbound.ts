// core/outbound.ts: which addresses this server may call by itself: the public internet over https, and what an operator names.
//
// An address that leads into the operator's own network would make this server knock at doors that nobody outside reaches
// (server-side request forgery). Names are looked at here; what they resolve to is looked at by the runtime when it connects.
import type { Result } from '../contract/index.ts';
import { err, ok } from '../contract/index.ts';

/** Origins of the operator's own network that may be called, as the operator wrote them: `https://sso.corp.internal`. */
export type InnerOrigins = ReadonlySet<string>;

/** How an address may be called: by a name that must resolve to the public internet, as the operator said, or not at all. */
export type OutboundWay = 'public' | 'inner' | 'refused';

/** Origins an operator may name. */
export const INNER_ORIGINS_MAX = 20;
/** Names that lead nowhere public (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
const INNER_NAMES =
  /(?:^|\.)(?:localhost|local|internal|lan|home|intranet|corp|private|arpa|test|invalid|example|alt)\.?$/;

/** Whether a host's name may lead to the public internet. Addresses in digits never do: a name can be checked, and moved. */
export const isPublicName = (host: string): boolean =>
  host.includes('.') && !host.startsWith('[') && !/^[\d.]+$/.test(host) && !INNER_NAMES.test(host);

/** How a URL may be called. A user and password in it are refused: they would be in logs of others. */
export function outboundWay(url: URL, inner: InnerOrigins): OutboundWay {
  if (url.username !== '' || url.password !== '') return 'refused';
  if (inner.has(url.origin)) return 'inner';
  return url.protocol === 'https:' && isPublicName(url.hostname) ? 'public' : 'refused';
}

/** Reads origins with commas between them. Each is written as a browser would: scheme, host, and a port that is not the usual one. */
export function readInnerOrigins(text: string | undefined): Result<InnerOrigins, 'inner_origins'> {
  const origins = (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const isSound = (one: string): boolean =>
    /^https?:\/\//.test(one) && URL.canParse(one) && new URL(one).origin === one;
  return origins.length <= INNER_ORIGINS_MAX && origins.every(isSound) ? ok(new Set(origins)) : err('inner_origins');
}
