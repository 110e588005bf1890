// edge/document.ts: the OpenAPI document of the routes, with what holds for all of them said once.
import type { Env, Hono } from 'hono';
import { generateSpecs } from 'hono-openapi';
import { SESSION_COOKIE } from './http/session-cookie.ts';

const DOCUMENTATION = {
  info: {
    title: 'hushtag edge',
    version: '1',
    description: 'First-party collection and published segments. No raw personal data is stored.',
  },
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
    },
  },
} as const;

/** What an answer promises. */
export interface DescribedAnswer {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}
/** What a route takes beside its body. */
export interface DescribedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: object;
}
/** A route as the document describes it. */
export interface DescribedRoute {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  /** Schemes with the scopes they need; empty where nobody need be known. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly DescribedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> };
  readonly responses: Readonly<Record<string, DescribedAnswer>>;
}
/** The document. Methods are lower-case. */
export interface EdgeDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedRoute>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> };
}

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
  },
};
const refused = (description: string): DescribedAnswer => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

/** What any route may answer, whatever it does. */
const ALWAYS: DescribedRoute['responses'] = {
  500: refused('Something broke on our side; the operator log has the request id'),
  503: refused('The database can not be reached; come again after Retry-After'),
};
/** What a route may answer that asks who is there. */
const KNOWN: DescribedRoute['responses'] = {
  401: refused('No token or session, or not a valid one'),
  403: refused('The scope is missing, or the csrf value of the session'),
  429: refused('Too many requests; come again after Retry-After'),
};
const HELD = { 304: { description: 'The caller has it already: If-None-Match' } };

const idOf = (method: string, path: string): string =>
  [method, ...path.split(/[/{}.-]+/).filter((part) => part !== '' && part !== 'v1')]
    .map((part, nth) => (nth === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join('');

type Raw = Partial<DescribedRoute>;

/** A session opens whatever a token of the site opens; the ways in for programs (no site in the path) are for tokens alone. */
function securityOf(path: string, security: DescribedRoute['security']): DescribedRoute['security'] {
  const token = security.find((one) => 'token' in one)?.['token'];
  const isShared = token !== undefined && path.includes('{site}') && !security.some((one) => 'session' in one);
  return isShared ? [...security, { session: token }] : security;
}

const pathParameters = (path: string): DescribedParameter[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));

function completed(method: string, path: string, raw: Raw): DescribedRoute {
  const { parameters = [], responses = {} } = raw;
  const security = securityOf(path, raw.security ?? []);
  const named = new Set(parameters.map((one) => `${one.in} ${one.name}`));
  const isRead = method === 'get' && security.length > 0;
  return {
    ...raw,
    operationId: idOf(method, path),
    security,
    parameters: [...pathParameters(path).filter((one) => !named.has(`path ${one.name}`)), ...parameters],
    responses: { ...ALWAYS, ...(security.length === 0 ? {} : KNOWN), ...(isRead ? HELD : {}), ...responses },
  };
}

/** Makes the document of an app's routes. */
export async function describeEdge<E extends Env>(app: Hono<E>): Promise<EdgeDocument> {
  const specs = (await generateSpecs(app, {
    documentation: DOCUMENTATION,
    excludeStaticFile: false,
  })) as unknown as EdgeDocument;
  const paths = Object.entries(specs.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, raw]) => [method, completed(method, path, raw)] as const)),
  ]);
  return { ...specs, paths: Object.fromEntries(paths) as EdgeDocument['paths'] };
}
