// runtime/outbound.node.ts: calls the public internet, what an operator names besides, and nothing else, by Node's own client.
//
// The address that a name resolves to is looked at in the look-up whose result is connected to: between a look before and
// the connection the name could be given another one (DNS rebinding).
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { InnerOrigins } from '../core/index.ts';
import { outboundWay } from '../core/index.ts';
import type { FetchOut } from '../edge/index.ts';
import { OUTBOUND_ANSWER_BYTES_MAX, OUTBOUND_MS_MAX, OutboundError } from '../edge/index.ts';

/** Networks that are not the public internet (IANA special-purpose registries, RFC 6890). */
const INNER: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'], ['10.0.0.0', 8, 'ipv4'], ['100.64.0.0', 10, 'ipv4'], ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'], ['172.16.0.0', 12, 'ipv4'], ['192.0.0.0', 24, 'ipv4'], ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'], ['192.168.0.0', 16, 'ipv4'], ['198.18.0.0', 15, 'ipv4'], ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'], ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'], ['::ffff:0:0', 96, 'ipv6'], ['64:ff9b::', 96, 'ipv6'], ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'], ['2001::', 23, 'ipv6'], ['2001:db8::', 32, 'ipv6'], ['2002::', 16, 'ipv6'],
  ['5f00::', 16, 'ipv6'], ['fc00::', 7, 'ipv6'], ['fe80::', 10, 'ipv6'], ['ff00::', 8, 'ipv6'],
]; // biome-ignore format: a table reads better in rows

// A list for each: in one, the network of mapped addresses would take every IPv4 address for its own.
const inner = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, prefix, family] of INNER) inner[family].addSubnet(network, prefix, family);

/** Whether an address is one of the public internet. */
export const isPublicAddress = (address: string): boolean => {
  const version = isIP(address);
  const family = version === 4 ? 'ipv4' : 'ipv6';
  return version !== 0 && !inner[family].check(address, family);
};

type Answered = (fault: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** A look-up that knows public addresses alone. */
export function publicLookup(host: string, options: LookupOptions, answer: Answered): void {
  lookup(host, { ...options, all: true }, (fault, addresses) => {
    const found = fault === null ? addresses.filter(({ address }) => isPublicAddress(address)) : [];
    const [first] = found;
    if (first === undefined) {
      answer(fault ?? Object.assign(new Error('not a public address'), { code: 'EACCES' }), '');
    } else if (options.all === true) answer(null, found);
    else answer(null, first.address, first.family);
  });
}

const EMPTY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/** Reads an answer whole. @throws {OutboundError} it is longer than anybody here reads. */
async function readAnswer(incoming: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > OUTBOUND_ANSWER_BYTES_MAX) throw new OutboundError('outbound_too_large');
    chunks.push(chunk);
  }
  const status = incoming.statusCode ?? 500;
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return new Response(EMPTY_STATUSES.has(status) ? null : Buffer.concat(chunks), { status, headers });
}

/** What the guard stands on; a test that looks at the look-up alone lets every name pass. */
export interface OutboundOptions {
  /** What the operator lets this server call in its own network, over http too. */
  readonly innerOrigins?: InnerOrigins | undefined;
  readonly wayOf?: typeof outboundWay;
}

/** Makes the way out. */
export function createFetchOut({ innerOrigins = new Set(), wayOf = outboundWay }: OutboundOptions = {}): FetchOut {
  return async (url, { method, headers, body, msMax = OUTBOUND_MS_MAX }) => {
    const to = new URL(url);
    const way = wayOf(to, innerOrigins);
    if (way === 'refused') throw new OutboundError('outbound_refused');
    const send = to.protocol === 'https:' ? request : requestPlain;
    try {
      const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
        const outgoing = send(
          to,
          {
            method,
            headers,
            // A connection of its own for each: one that is kept was looked up some time ago.
            agent: false,
            lookup: way === 'inner' ? lookup : publicLookup,
            signal: AbortSignal.timeout(msMax),
          },
          resolve,
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      });
      return await readAnswer(incoming);
    } catch (fault) {
      if (fault instanceof OutboundError) throw fault;
      throw new OutboundError('outbound_failed', fault);
    }
  };
}
