// e2e/support/servers.ts: servers of tests, on loopback alone.
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Starts a server on a free port. @returns its origin. */
export const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Ends a server and every connection to it. */
export const shut = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
};

/** A request's whole body, as text. */
export const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
