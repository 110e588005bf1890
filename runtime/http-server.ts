// runtime/http-server.ts: the socket side of the edge on Node: listening, and stopping without losing what was begun.
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Edge } from '../edge/index.ts';
import type { Config } from './config.ts';
import type { Around } from './http-direct.ts';
import { createServeDirect } from './http-direct.ts';
import { StartError } from './start-error.ts';

/** How long requests under way may take to finish when the server stops. */
const FINISH_MS = 3_000;

/**
 * How long a client may take to send its headers. Without a time of Node's own for connections between requests: that is two timers
 * made and thrown away a request, and {@link SILENT_MS_MAX} ends those connections as well.
 */
const PATIENCE = { headersTimeout: 15_000, keepAliveTimeout: 0, connectionsCheckingInterval: 5_000 } as const;
/**
 * How long a connection may be silent, in the middle of a request or between two: longer than proxies keep theirs (60 s is
 * usual), or one would be closed under a request that is just being sent.
 */
const SILENT_MS_MAX = 65_000;
/** Connections at once; more are closed as they come. */
const CONNECTIONS_MAX = 20_000;

/** A path without its query. */
const pathOf = (url: string): string => {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
};

/** Makes the server: the busiest routes directly, everything else through the web's classes. */
function serverOf(edge: Edge, around: Around): Server {
  const listener = getRequestListener(edge.fetch);
  const serveDirect = createServeDirect(around);
  const server = createServer(PATIENCE, (incoming, outgoing) => {
    const handler = edge.direct.get(`${incoming.method} ${pathOf(incoming.url ?? '')}`);
    if (handler === undefined) void listener(incoming, outgoing);
    else serveDirect(handler, incoming, outgoing);
  });
  // A body that has stopped coming. What keeps dripping: MESSAGE_MS_MAX in http-direct.ts, and Node's 5 minutes for the rest.
  server.timeout = SILENT_MS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

/** Listens. @throws {StartError} the port is taken or forbidden. */
export const listen = (
  edge: Edge,
  config: Config,
  placeOf: Around['placeOf'],
): Promise<{ server: Server; port: number }> =>
  new Promise((resolve, reject) => {
    const server = serverOf(edge, { trustedProxies: config.trustedProxies, placeOf });
    server.listen(config.port, config.host, () => resolve({ server, port: (server.address() as AddressInfo).port }));
    server.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'EADDRINUSE') {
        reject(
          new StartError(
            'port_taken',
            `Port ${config.port} is taken: stop the other program or set PORT to a free one.`,
          ),
        );
      } else if (fault.code === 'EACCES') {
        reject(
          new StartError(
            'port_forbidden',
            `Port ${config.port} may not be opened by this user: set PORT to 1024 or higher.`,
          ),
        );
      } else reject(fault);
    });
  });

/** Stops taking requests and lets those under way finish; a body that never ends is not waited for. */
export async function stopListening(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const patience = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  await closed;
  clearTimeout(patience);
}
