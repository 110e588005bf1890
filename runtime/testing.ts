// runtime/testing.ts: for tests alone: a configuration, a platform in memory, and a small MMDB file (MaxMind DB File Format Specification 2.0).
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import type { EpochMs } from '../contract/index.ts';
import type { Port } from '../edge/index.ts';
import type { Db } from '../store/index.ts';
import { insertSaltStatement } from '../store/index.ts';
import type { Config } from './config.ts';
import { DEFAULT_LIMITS } from './default-limits.ts';
import { nodeHmac } from './hmac.node.ts';
import { memoryKeys } from './key-provider.memory.ts';
import { PRIVACY_PARTS, SEGMENTER_PARTS } from './privacy-parts.ts';

/** One for all, so that ports of one database agree. */
const TEST_KEYS = memoryKeys();

/** A server on a free port that keeps everything below a folder and runs nothing by itself. */
export const configIn = (folder: string): Config => ({
  port: 0,
  host: '127.0.0.1',
  dataDir: join(folder, 'data'),
  keyDir: join(folder, 'keys'),
  trustedProxies: 0,
  segmentMinutes: 0,
  limits: DEFAULT_LIMITS,
});

type Value = string | number | readonly Value[] | { readonly [name: string]: Value };

const POINTER_BITS = 24;
const METADATA_START = Buffer.concat([Buffer.from([0xab, 0xcd, 0xef]), Buffer.from('MaxMind.com')]);

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** One control byte, or two for the types past 7; sizes below 29 alone are needed here, longer texts take one byte more. */
function control(type: number, size: number): Buffer {
  const short = size < 29 ? size : 29;
  const more = size < 29 ? [] : [size - 29];
  return Buffer.from(type <= 7 ? [(type << 5) | short, ...more] : [short, type - 7, ...more]);
}

function encoded(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (isList(value)) return Buffer.concat([control(11, value.length), ...value.map(encoded)]);
  const entries = Object.entries(value);
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([name, inner]) => [encoded(name), encoded(inner)]),
  ]);
}

type Node = [left: Node | number | undefined, right: Node | number | undefined];

function bitsOf(network: string): number[] {
  const [host = '', length = '0'] = network.split('/');
  const bytes = host.includes(':')
    ? (host.split('::')[0] ?? '').split(':').flatMap((group) => {
        const value = Number.parseInt(group, 16);
        return [value >> 8, value & 255];
      })
    : [...new Array<number>(12).fill(0), ...host.split('.').map(Number)];
  const prefix = Number(length) + (host.includes(':') ? 0 : 96);
  return Array.from({ length: prefix }, (_, bit) => ((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
}

/** The bytes of a file that answers each network (`192.0.2.0/24`, `2001:db8::/32`) with its record; they may not overlap. */
export function mmdbOf(records: readonly (readonly [network: string, record: Value])[]): Buffer {
  const root: Node = [undefined, undefined];
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [network, record] of records) {
    const bytes = encoded(record);
    const bits = bitsOf(network);
    let node = root;
    for (const bit of bits.slice(0, -1)) {
      const next = node[bit];
      const child: Node = typeof next === 'object' ? next : [undefined, undefined];
      node[bit] = child;
      node = child;
    }
    node[bits.at(-1) ?? 0] = dataBytes;
    data.push(bytes);
    dataBytes += bytes.length;
  }
  const nodes: Node[] = [root];
  for (const node of nodes) for (const child of node) if (typeof child === 'object') nodes.push(child);
  const tree = Buffer.alloc(nodes.length * 6);
  nodes.forEach((node, index) =>
    node.forEach((child, side) => {
      const value =
        typeof child === 'object'
          ? nodes.indexOf(child)
          : child === undefined
            ? nodes.length
            : nodes.length + 16 + child;
      tree.writeUIntBE(value, index * 6 + side * 3, 3);
    }),
  );
  const metadata = encoded({
    node_count: nodes.length,
    record_size: POINTER_BITS,
    ip_version: 6,
    database_type: 'Test',
    languages: [],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 0,
    description: {},
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, METADATA_START, metadata]);
}

/** A platform in memory around a database, without a network; an address is what the header `x-test-address` says. */
export function testPort(db: Db, over: Partial<Port> = {}): Port {
  return {
    now: () => Date.now() as EpochMs,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    hmacOf: nodeHmac,
    limits: DEFAULT_LIMITS,
    metricsToken: undefined,
    metrics: () => Promise.resolve([]),
    dataCentres: undefined,
    placeOf: () => undefined,
    clientAddress: (request) => request.headers.get('x-test-address') ?? undefined,
    db,
    ground: db,
    keys: TEST_KEYS,
    deliver: () => Promise.resolve(false),
    keepApart: undefined,
    fetchOut: () => Promise.reject(new Error('a test calls nobody')),
    oidc: undefined,
    ...PRIVACY_PARTS,
    ...SEGMENTER_PARTS,
    write: () => Promise.resolve(undefined),
    writeFault: () => undefined,
    health: () => Promise.resolve([]),
    hasRoom: () => Promise.resolve(true),
    consoleFile: () => Promise.resolve(undefined),
    keepSalt: async (salt) => {
      await db.client.execute(insertSaltStatement(salt));
    },
    transact: async (statements) => {
      await db.client.batch([...statements], 'write');
    },
    log: () => undefined,
    tags: new Map(),
    ...over,
  };
}
