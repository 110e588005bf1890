// edge/app.ts: one Hono core of two apps: the public collector and the authenticated API, with health and description.
import { Hono } from 'hono';
import { openAPIRouteHandler } from 'hono-openapi';
import { faultCode, KEY_BYTES, toHex } from '../core/index.ts';
import { pingDatabase } from '../store/index.ts';
import { createApi } from './api/app.ts';
import { createCollector } from './collector/app.ts';
import { problem } from './http/problem.ts';
import { createTagServer } from './http/tag-server.ts';
import type { TokenKeys } from './http/tokens.ts';
import { tokenKeysFrom } from './http/tokens.ts';
import type { Port } from './port.ts';

const REQUEST_ID_BYTES = 8;

interface Env {
  readonly Variables: { readonly requestId: string };
}

/** Faults of the places things are kept in: the client may come again when they are mended. */
const STORAGE_FAULTS: ReadonlySet<string> = new Set([
  'salt_key_missing',
  'key_folder',
  'writer_ended',
  'SQLITE_BUSY',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
]);

const DOCUMENTATION = {
  info: {
    title: 'hushtag edge',
    version: '1',
    description: 'First-party collection and published segments. No raw personal data is stored.',
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
} as const;

/** The signing keys are made once, on first use; a failure is not remembered. */
function lazyTokenKeys(port: Port): () => Promise<TokenKeys> {
  let keys: Promise<TokenKeys> | undefined;
  return () => {
    keys ??= port.keys
      .secret('tokens', port.randomBytes(KEY_BYTES))
      .then(tokenKeysFrom)
      .catch((fault: unknown) => {
        keys = undefined;
        throw fault;
      });
    return keys;
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Methods that a route of its own answers at a path; what every method passes (middleware) does not count. */
function methodsAt(app: Hono<Env>, path: string): readonly string[] {
  const routesFor = (method: string): number => app.router.match(method, path)[0].length;
  const always = routesFor('PROPFIND');
  return METHODS.filter((method) => routesFor(method) > always);
}

/** Makes the edge for a platform. */
export function createEdge(port: Port): Hono<Env> {
  const app = new Hono<Env>();
  const tokenKeys = lazyTokenKeys(port);

  app.use(async (context, next) => {
    const requestId = toHex(port.randomBytes(REQUEST_ID_BYTES));
    context.set('requestId', requestId);
    context.header('x-request-id', requestId);
    context.header('x-content-type-options', 'nosniff');
    await next();
    // Answers made outside the context lack them; those it made are left untouched, which Node can then send as they are.
    if (context.res.status >= 400) {
      context.res.headers.set('x-request-id', requestId);
      context.res.headers.set('x-content-type-options', 'nosniff');
    }
  });
  app.onError((fault, context) => {
    const storage = /^Libsql(?:Batch)?Error$/.test(fault.name) || STORAGE_FAULTS.has(faultCode(fault));
    // The message of a fault may quote what a client sent; the log gets its code and route alone (P1).
    const requestId = context.get('requestId');
    port.log('error', 'request_failed', {
      requestId,
      code: faultCode(fault),
      name: fault.name,
      path: context.req.routePath,
    });
    return storage
      ? problem('storage_unavailable', 'The database can not be reached; the operator log says more.')
      : problem('internal', 'The operator log has the request id of this answer.');
  });
  app.notFound((context) => {
    const allowed = methodsAt(app, context.req.path);
    return allowed.length === 0
      ? problem('not_found', 'See /openapi.json for what there is.')
      : problem('method_not_allowed', `Use ${allowed.join(' or ')}.`, { allow: allowed.join(', ') });
  });

  app.get('/livez', (context) => context.text('ok'));
  app.get('/readyz', async (context) => {
    try {
      await pingDatabase(port.db);
      await tokenKeys();
      const fault = port.writeFault();
      if (fault === undefined) return context.text('ok');
      return problem('storage_unavailable', `The last write failed (${fault}); the operator log says what to do.`);
    } catch (fault) {
      port.log('error', 'not_ready', { code: faultCode(fault) });
      return problem(
        'storage_unavailable',
        'The database or the key provider can not be reached; see the operator log.',
      );
    }
  });
  app.route('/', createTagServer(port.tags));
  app.route('/', createCollector(port, tokenKeys));
  app.route('/', createApi(port, tokenKeys));
  app.get('/openapi.json', openAPIRouteHandler(app, { documentation: DOCUMENTATION }));
  return app;
}
