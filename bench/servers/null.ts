// bench/servers/null.ts: the least a Node server can do with the same request: read and parse the body, answer 202.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { reportOnStop } from './report.ts';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { e } = JSON.parse(Buffer.concat(chunks).toString()) as { e: unknown[] };
    response.writeHead(202, { 'content-type': 'application/json' }).end(`{"received":${e.length},"refused":[]}`);
  });
});
server.listen(0, '127.0.0.1', () => reportOnStop((server.address() as AddressInfo).port, async () => undefined));
