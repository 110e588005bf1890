// bench/load.ts: a load of page views from distinct visitors over raw sockets, in a process of its own.
// argv: port, seconds, connections, events a request, requests per second (0 as many as go), and seconds of warm-up whose end is told
// (else one second). Says what came of it as its last message.
import { randomFillSync } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect } from 'node:net';

const [port = 0, seconds = 1, connections = 1, events = 1, rate = 0, warmSeconds = 0] = process.argv
  .slice(2)
  .map(Number);
const WARM_MS = (warmSeconds || 1) * 1_000;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36';

let sent = 0;
let measured = 0;
let failed = 0;
const latencies: number[] = [];
const start = performance.now();
const from = start + WARM_MS;
const end = from + seconds * 1_000;
let sentWarm = 0;
if (warmSeconds > 0) {
  setTimeout(() => {
    sentWarm = sent;
    process.send?.({ warm: true });
  }, WARM_MS);
}

const RANDOM_BYTES = 10;
const pool = Buffer.alloc(RANDOM_BYTES * 4_096);
let used = pool.length;

/** A UUIDv7. By hand, like the message: made by JSON.stringify, ten events cost this process more than the empty handler takes for them. */
function freshId(time: string): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

function requestText(): string {
  const now = Date.now();
  sent += 1;
  // Distinct visitors: a /24 each; the address stands in the headers that the servers are set to trust.
  const address = `${10 + ((sent >> 16) & 127)}.${(sent >> 8) & 255}.${sent & 255}.1`;
  const time = now.toString(16).padStart(12, '0');
  const list: string[] = [];
  for (let nth = 0; nth < events; nth += 1) {
    const product = (sent + nth) % 500;
    list.push(
      `{"i":"${freshId(time)}","n":"page_view","t":${now},"u":"https://shop.example/products/${product}?utm_source=news","r":"https://search.example/","h":"Product ${product}"}`,
    );
  }
  const body = `{"v":1,"s":"shop","t":${now},"c":["u",0,0],"e":[${list.join()}]}`;
  return `POST /v1/collect HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://shop.example\r\nUser-Agent: ${AGENT}\r\nX-Forwarded-For: ${address}\r\nCF-Connecting-IP: ${address}\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** One connection: asks, waits for the whole answer, asks again. */
function drive(socket: Socket, pauseMs: number): void {
  let began = 0;
  let head = '';
  const ask = (): void => {
    if (performance.now() >= end) {
      socket.destroy();
      return;
    }
    began = performance.now();
    socket.write(requestText());
  };
  const answered = (text: string): void => {
    const now = performance.now();
    if (!text.startsWith('HTTP/1.1 202')) failed += 1;
    else if (began >= from && now <= end) {
      measured += 1;
      latencies.push(now - began);
    }
    if (pauseMs > 0) setTimeout(ask, Math.max(0, began + pauseMs - now));
    else ask();
  };
  socket.on('data', (chunk) => {
    head += chunk.toString('latin1');
    const headEnd = head.indexOf('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 'NaN');
    const chunked = headEnd !== -1 && Number.isNaN(length) && head.endsWith('\r\n0\r\n\r\n');
    if (chunked || (headEnd !== -1 && head.length >= headEnd + 4 + length)) {
      const text = head;
      head = '';
      answered(text);
    }
  });
  socket.on('error', () => {
    failed += 1;
  });
  ask();
}

const pauseMs = rate > 0 ? (connections / rate) * 1_000 : 0;
let open = connections;
for (let nth = 0; nth < connections; nth += 1) {
  const socket = connect(port, '127.0.0.1', () => drive(socket, pauseMs));
  socket.setNoDelay(true);
  socket.on('close', () => {
    open -= 1;
    if (open > 0) return;
    latencies.sort((a, b) => a - b);
    const at = (share: number): number =>
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
    process.send?.(
      { sent, sentWarm, measured, failed, perSecond: measured / seconds, p50: at(0.5), p99: at(0.99) },
      () => process.exit(0),
    );
  });
}
