// runtime/http-server.ts: the socket side of the edge on Node: listening, and stopping without losing what was begun.
import type { ServerType } from '@hono/node-server';
import { serve } from '@hono/node-server';
import type { Config } from './config.ts';
import { StartError } from './start-error.ts';

/** How long requests under way may take to finish when the server stops. */
const FINISH_MS = 3_000;

/** Listens. @throws {StartError} the port is taken or forbidden. */
export const listen = (
  fetch: (request: Request, env: unknown) => Response | Promise<Response>,
  config: Config,
): Promise<{ server: ServerType; port: number }> =>
  new Promise((resolve, reject) => {
    const server = serve({ fetch, port: config.port, hostname: config.host }, ({ port }) => resolve({ server, port }));
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
export async function stopListening(server: ServerType): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const patience = setTimeout(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
  }, FINISH_MS);
  await closed;
  clearTimeout(patience);
}
