// runtime/deliver.node.ts: posts a message to the public internet and nowhere else, by Node's own client.
//
// The address that a name resolves to is looked at in the look-up whose result is connected to: between a look before and
// the connection the name could be given another one (DNS rebinding). Redirects are not followed, they would lead past it.
import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import { request } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { isPublicName } from '../core/index.ts';
import type { Deliver } from '../edge/index.ts';

/** A destination must have answered within. */
const TIMEOUT_MS = 5_000;

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

/** How a message is sent; a test sends it to a server of its own. */
export interface DeliverOptions {
  readonly request: typeof request;
  readonly lookup: typeof publicLookup;
  readonly isAllowed: (host: string) => boolean;
}

/** Makes it. */
export const createDeliver =
  (options: DeliverOptions): Deliver =>
  ({ url, headers, body }) =>
    new Promise((resolve) => {
      const to = new URL(url);
      if (!options.isAllowed(to.hostname)) {
        resolve(false);
        return;
      }
      const outgoing = options.request(
        to,
        { method: 'POST', headers, lookup: options.lookup, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) },
        (incoming) => {
          const { statusCode = 0 } = incoming;
          // What it says beyond that is not read.
          incoming.destroy();
          resolve(statusCode >= 200 && statusCode < 300);
        },
      );
      outgoing.on('error', () => resolve(false));
      outgoing.end(body);
    });

/** Over https, to the public internet. */
export const deliverOverHttps: Deliver = createDeliver({ request, lookup: publicLookup, isAllowed: isPublicName });
