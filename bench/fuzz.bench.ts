// bench/fuzz.bench.ts: `npm run bench -- fuzz`: mutated messages and headers: no 5xx, no hang, no crash, ledger balanced, memory bounded.
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { projectFolder } from '../runtime/index.ts';
import { openGround } from '../store/open.node.ts';
import { printFigure, printMachine } from './figures.ts';
import { seeded } from './random.ts';
import { addShop, startServer } from './server-process.ts';

const BENCH = 'fuzz';
const REQUESTS = Number(process.argv[2] ?? '100000');
const SEED = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const LANES = 16;
const HANG_MS = 1_000;
const MUTATIONS_MAX = 4;

// The seed repeats what is drawn, not how the operating system schedules it.
const random = seeded(SEED);
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T;

const NASTY: readonly unknown[] = [
  null,
  true,
  [],
  {},
  '',
  '\u0000',
  '\uD800',
  '\uDFFF\uD800',
  '__proto__',
  -1,
  0.5,
  1e308,
  -0,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  1e21,
  'x'.repeat(5_000),
  [[[[[[[[]]]]]]]],
  { constructor: { prototype: 1 } },
  '٣٣٣٣٣٣٣',
  '\u202Egnp.exe',
  '%00%ff',
  '%',
  'javascript:alert(1)',
  "'; DROP TABLE events; --",
  '\r\nSet-Cookie: a=b',
  'http://[::1',
  `https://shop.example/${'../'.repeat(200)}`,
  Array.from({ length: 300 }, () => ({ i: 'x' })),
];
const RAW_TEXTS: readonly string[] = [
  '',
  ' ',
  'null',
  '[]',
  '{',
  '{"v":1',
  '"\\ud800"',
  '[1e400]',
  '{"v":1e400}',
  '{"v":1,"v":2}',
  '['.repeat(20_000),
  `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  '\uFEFF{}',
  '{"__proto__":{"v":1}}',
  'v=1&s=shop',
  '\u0000\u0000',
  '{"v":1,"s":"shop","t":1,"c":["u",0,0],"e":[]}',
];

type Json = unknown;
const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Replaces, removes, repeats or adds something somewhere in a message. */
function mutate(value: Json, depth = 0): Json {
  if (Array.isArray(value) && value.length > 0 && (depth < 1 || random() < 0.8)) {
    const copy: Json[] = [...(value as Json[])];
    const at = below(copy.length);
    const kind = below(10);
    if (kind === 0) copy.splice(at, 1);
    else if (kind === 1) copy.push(copy[at]);
    else copy[at] = mutate(copy[at], depth + 1);
    return copy;
  }
  if (isObject(value) && Object.keys(value).length > 0 && (depth < 1 || random() < 0.85)) {
    const copy = { ...value };
    const key = pick(Object.keys(copy));
    const kind = below(10);
    if (kind === 0) delete copy[key];
    else if (kind === 1) copy[String(pick(NASTY)).slice(0, 60)] = pick(NASTY);
    else copy[key] = mutate(copy[key], depth + 1);
    return copy;
  }
  return pick(NASTY);
}

/** Cuts, doubles or flips characters of a text. */
function garble(text: string): string {
  const at = below(text.length + 1);
  const kind = below(4);
  if (kind === 0) return text.slice(0, at);
  if (kind === 1) return text.slice(0, at) + text.slice(Math.max(0, at - below(50)));
  if (kind === 2) return `${text.slice(0, at)}${String.fromCharCode(below(0x110))}${text.slice(at + 1)}`;
  return text.slice(0, at) + pick(RAW_TEXTS) + text.slice(at);
}

/** Bytes that unpack to far more than any body may have, or do not unpack. */
const BOMBS: readonly Buffer[] = [
  gzipSync(Buffer.alloc(50_000_000), { level: 9 }),
  deflateSync(Buffer.alloc(50_000_000), { level: 9 }),
  gzipSync(gzipSync(Buffer.alloc(50_000_000), { level: 9 })),
  gzipSync('['.repeat(5_000_000)),
  gzipSync('{"v":1').subarray(0, 15),
  Buffer.from([0x1f, 0x8b]),
];

/** Puts one key twice into an object, which JSON allows and parsers read differently. */
const doubled = (text: string): string => text.replace(/"([a-z])":/, (key, name: string) => `"${name}":null,${key}`);

/** Packs a body as it says, not as it says, or puts a bomb in its place; some without a word. */
function packed(body: string, headers: Record<string, string>): string | Buffer {
  const kind = below(20);
  if (kind > 4) return body;
  headers['content-encoding'] = pick(['gzip', 'deflate', 'GZIP', 'x-gzip', 'gzip, gzip', 'br', '']);
  if (random() < 0.2) delete headers['content-encoding'];
  if (kind === 0) return pick(BOMBS);
  const whole = kind === 1 ? deflateSync(body) : gzipSync(body);
  if (kind > 2) return whole;
  const at = below(whole.length);
  return random() < 0.5
    ? whole.subarray(0, at)
    : Buffer.concat([whole.subarray(0, at), Buffer.from([below(256)]), whole.subarray(at + 1)]);
}

const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ['origin', ['https://shop.example', 'null', '', 'https://shop.example/', 'HTTPS://SHOP.EXAMPLE', 'x'.repeat(4_000)]],
  [
    'user-agent',
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      '',
      'bot',
      'é'.repeat(100),
      '('.repeat(2_000),
    ],
  ],
  ['content-type', ['text/plain', 'application/json', 'multipart/form-data; boundary=', '']],
  [
    'authorization',
    ['', 'Bearer', 'Bearer a.b.c', `Bearer ${'a'.repeat(6_000)}`, 'Basic eDp5', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
  ],
  ['x-forwarded-for', ['::', '999.1.1.1', ', , ,', '2001:db8::%eth0', 'x'.repeat(1_000)]],
  ['sec-gpc', ['1', '0', '1, 1']],
  ['content-encoding', ['gzip', 'br', 'identity']],
  ['content-length', ['0', '5', '-1', '1e9', '99999999999']],
  ['expect', ['100-continue']],
];

const messages: Json[] = [];
const fixtures = join(projectFolder(), 'contract', 'fixtures', 'v1');
for (const name of (await readdir(fixtures)).filter((file) => file.endsWith('.json'))) {
  const { message } = JSON.parse(await readFile(join(fixtures, name), 'utf8')) as { message: Record<string, Json> };
  messages.push({ ...message, s: 'shop' });
}

function nextBody(): string {
  if (random() < 0.05) return pick(RAW_TEXTS);
  let message = pick(messages);
  if (isObject(message) && Array.isArray(message['e']))
    message = {
      ...message,
      t: Date.now(),
      e: message['e'].map((event: Json) => (isObject(event) ? { ...event, t: Date.now() } : event)),
    };
  for (let mutation = below(MUTATIONS_MAX); mutation > 0; mutation -= 1) message = mutate(message);
  const text = JSON.stringify(message) ?? '';
  if (random() < 0.05) return doubled(text);
  return random() < 0.2 ? garble(text) : text;
}

function nextHeaders(): Record<string, string> {
  const headers: Record<string, string> = {
    origin: 'https://shop.example',
    'user-agent': HEADERS[1]?.[1][0] ?? '',
    'x-forwarded-for': `10.${below(256)}.${below(256)}.1`,
  };
  for (let change = below(3); change > 0; change -= 1) {
    const [name, values] = pick(HEADERS);
    headers[name] = pick(values);
  }
  return headers;
}

interface Outcome {
  readonly status: number;
  readonly ms: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: LANES });
const send = (origin: string, headers: Record<string, string>, body: string | Buffer): Promise<Outcome> =>
  new Promise((resolve) => {
    const began = performance.now();
    const done = (status: number): void => resolve({ status, ms: performance.now() - began });
    try {
      const outgoing = request(
        `${origin}/v1/collect`,
        { method: 'POST', agent, headers, timeout: HANG_MS * 5 },
        (incoming) => {
          incoming.resume();
          incoming.on('end', () => done(incoming.statusCode ?? 0));
        },
      );
      outgoing.on('timeout', () => outgoing.destroy());
      // A length that lies about the body ends the connection; that is HTTP's answer to it.
      outgoing.on('error', () => done(0));
      outgoing.end(body);
    } catch {
      done(-1); // Node's client refuses to send such a header at all.
    }
  });

/** Heads that no client library would send: line ends in values, names twice, folded lines, lengths at odds. */
const RAW_HEADS: readonly string[] = [
  'Origin: https://shop.example\r\nX-Injected: a\r\n\tfolded',
  'Origin: https://shop.example\nX-Bare: line feed',
  'Origin: https://shop.example\rX-Bare: return',
  'X-Nul: a\u0000b',
  'Content-Length: 2\r\nContent-Length: 3',
  'Content-Length: 2\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Origin : https://shop.example',
  `X-Long: ${'x'.repeat(20_000)}`,
  'Content-Encoding: gzip\r\nContent-Encoding: gzip',
];
/** Sends one of them over a bare socket. */
const sendRaw = (origin: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const began = performance.now();
    let answer = '';
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    socket.setTimeout(HANG_MS * 5, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (answer.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () =>
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), ms: performance.now() - began }),
    );
    socket.write(`POST /v1/collect HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${pick(RAW_HEADS)}\r\n\r\n{}`);
  });

const folder = await mkdtemp(join(tmpdir(), 'hushtag-fuzz-'));
const folders = { data: join(folder, 'data'), keys: join(folder, 'keys') };
addShop(folders);
const server = await startServer(folders, { HUSHTAG_TRUSTED_PROXIES: '1', HUSHTAG_SITE_EVENTS_PER_SECOND: '1000000' });
const statuses = new Map<number, number>();
let slow = 0;
let sent = 0;
const lane = async (): Promise<void> => {
  while (sent < REQUESTS) {
    sent += 1;
    if (random() < 0.02) {
      const { status } = await sendRaw(server.origin);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      continue;
    }
    const headers = nextHeaders();
    const { status, ms } = await send(server.origin, headers, packed(nextBody(), headers));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    // A promised body that never comes keeps a connection open by the client's own fault.
    if (ms > HANG_MS && headers['content-length'] === undefined && headers['expect'] === undefined) slow += 1;
  }
};
await Promise.all(Array.from({ length: LANES }, lane));
const alive = server.child.exitCode === null;
const rss =
  Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${server.child.pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_024;
server.child.kill('SIGTERM');
await once(server.child, 'exit');
agent.destroy();
const db = await openGround({ ground: join(folders.data, 'ground.db'), derived: '' });
const { rows } = await db.client.execute(
  `SELECT sum(CASE outcome WHEN 'received' THEN events ELSE -events END) AS rest FROM ledger GROUP BY site_id, day`,
);
db.client.close();
await rm(folder, { recursive: true });

const serverFaults = [...statuses].filter(([status]) => status >= 500).reduce((sum, [, count]) => sum + count, 0);
const unbalanced = rows.filter(({ rest }) => rest !== 0).length;
printMachine(BENCH);
printFigure({
  bench: BENCH,
  figure: 'requests',
  value: sent,
  unit: 'requests',
  seed: SEED,
  statuses: Object.fromEntries(statuses),
});
printFigure({ bench: BENCH, figure: 'answers_5xx', value: serverFaults, unit: 'answers', against: '0' });
printFigure({ bench: BENCH, figure: 'slower_than_1_s', value: slow, unit: 'answers', against: '0' });
printFigure({ bench: BENCH, figure: 'crashes', value: alive ? 0 : 1, unit: 'crashes', against: '0' });
printFigure({ bench: BENCH, figure: 'ledger_unbalanced', value: unbalanced, unit: 'site-days', against: '0' });
printFigure({ bench: BENCH, figure: 'peak_rss_mb', value: rss, unit: 'MB' });
process.exitCode = serverFaults === 0 && slow === 0 && alive && unbalanced === 0 ? 0 : 1;
