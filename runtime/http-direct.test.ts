// runtime/http-direct.test.ts: what a client does to its connection costs nobody else anything.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Handler } from '../edge/index.ts';
import { createServeDirect, MESSAGE_MS_MAX } from './http-direct.ts';

const MAX = 10;
const HEAD = 'POST / HTTP/1.1\r\nHost: edge.test\r\n';

describe('a route served directly', () => {
  let server: Server;
  let settled: unknown[];
  let messageMsMax: number;
  const handler: Handler = async (asked) => {
    const read = await asked.body(MAX).catch((fault: unknown) => {
      settled.push((fault as { code?: string }).code);
      throw fault;
    });
    const body = read.ok ? `${asked.header('x-one')}|${asked.address()}|${new TextDecoder().decode(read.value)}` : '';
    return { status: read.ok ? 202 : 413, headers: { 'content-type': 'text/plain' }, body };
  };
  const open = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  /** Everything the server says until the connection ends. */
  const all = async (socket: Socket): Promise<string> => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    await once(socket, 'close');
    return text;
  };

  beforeEach(async () => {
    settled = [];
    messageMsMax = MESSAGE_MS_MAX;
    server = createServer((incoming, outgoing) =>
      createServeDirect({ trustedProxies: 1, placeOf: () => undefined, messageMsMax })(handler, incoming, outgoing),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([
    { why: 'announced at the limit', body: 'Content-Length: 10\r\n\r\n0123456789', status: 202 },
    { why: 'announced above it', body: 'Content-Length: 11\r\n\r\n0123456789a', status: 413 },
    {
      why: 'chunked at the limit',
      body: 'Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n',
      status: 202,
    },
    {
      why: 'chunked above it',
      body: 'Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n56789a\r\n0\r\n\r\n',
      status: 413,
    },
    { why: 'absent', body: '\r\n', status: 202 },
  ])('answers a body $why with $status', async ({ body, status }) => {
    const socket = await open();
    socket.write(`${HEAD}Connection: close\r\n${body}`);
    expect(await all(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('joins a repeated header, and takes the address that the trusted proxy wrote', async () => {
    const socket = await open();
    socket.write(
      `${HEAD}X-One: a\r\nX-One: b\r\nX-Forwarded-For: 192.0.2.1, 198.51.100.2\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi`,
    );
    expect(await all(socket)).toContain('a, b|198.51.100.2|hi');
  });

  it('serves one request after the other on a connection', async () => {
    const socket = await open();
    const said = all(socket);
    socket.write(`${HEAD}Content-Length: 2\r\n\r\nhi${HEAD}Connection: close\r\nContent-Length: 2\r\n\r\nho`);
    expect((await said).match(/HTTP\/1\.1 202/g)).toHaveLength(2);
  });

  it('answers a body that is too large before its end, and ends the connection of one that never ends', async () => {
    const socket = await open();
    const said = all(socket);
    socket.on('error', () => undefined);
    socket.write(`${HEAD}Content-Length: 100000000\r\n\r\n`);
    expect(await said).toMatch(/^HTTP\/1.1 413 /);
  });

  it('tells the handler that the client went away, and serves the next', async () => {
    const socket = await open();
    socket.write(`${HEAD}Content-Length: 5\r\n\r\nhi`);
    await once(server, 'request');
    const closed = once(socket, 'close');
    socket.destroy();
    await closed;
    const next = await open();
    next.write(`${HEAD}Connection: close\r\nContent-Length: 2\r\n\r\nhi`);
    expect(await all(next)).toMatch(/^HTTP\/1.1 202 /);
    expect(settled).toEqual(['client_gone']);
  });

  it('ends a body that takes longer than a message may, and nobody is answered', async () => {
    messageMsMax = 50;
    const socket = await open();
    socket.on('error', () => undefined);
    socket.write(`${HEAD}Content-Length: 9\r\n\r\n0`);
    expect(await all(socket)).toBe('');
    await expect.poll(() => settled).toEqual(['client_gone']);
  });
});
