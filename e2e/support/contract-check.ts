// e2e/support/contract-check.ts: holds answers of an edge against its own OpenAPI document, whoever asked for them and why.
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import type { EdgeUnderTest } from './edge-under-test.ts';

interface Promised {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}
interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Promised>> }>>>
  >;
  readonly components?: object;
}
interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly name: string;
  readonly responses: Readonly<Record<string, Promised>>;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);

function routesOf({ paths }: Document): Route[] {
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { responses }]) => ({
      method: method.toUpperCase(),
      pattern: new RegExp(`^${escaped(path).replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      name: `${method.toUpperCase()} ${path}`,
      responses,
    })),
  );
  // A path that is spelled out is asked before one with a parameter.
  return routes.sort((a, b) => a.name.split('{').length - b.name.split('{').length);
}

/** What an answer breaks of the document, or undefined. */
export type ContractCheck = (
  path: string,
  init: RequestInit | undefined,
  response: Response,
) => Promise<string | undefined>;

/** Makes the check of an edge; its document is asked for once. */
export function contractCheck(edge: () => EdgeUnderTest): ContractCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validators = new Map<object, ValidateFunction>();
  let loaded: Promise<{ readonly routes: Route[]; readonly components: object }> | undefined;
  const load = async () => {
    const document = (await (await edge().fetch('/openapi.json')).json()) as Document;
    return { routes: routesOf(document), components: document.components ?? {} };
  };
  const validator = (schema: object, components: object): ValidateFunction => {
    const made = validators.get(schema) ?? ajv.compile({ ...schema, components });
    validators.set(schema, made);
    return made;
  };
  return async (path, init, response) => {
    loaded ??= load();
    const { routes, components } = await loaded;
    const [pathname = ''] = path.split('?');
    const method = init?.method ?? 'GET';
    const route = routes.find((one) => one.method === method && one.pattern.test(pathname));
    if (route === undefined) return undefined;
    const promised = route.responses[String(response.status)];
    if (promised === undefined) return `${route.name} answers ${response.status}, which it does not promise`;
    if (promised.content === undefined) return undefined;
    const media = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const content = promised.content[media];
    if (content === undefined) return `${route.name} answers ${response.status} as ${media}, which it does not promise`;
    if (!/[/+]json$/.test(media) || content.schema === undefined) return undefined;
    const isSound = validator(content.schema, components);
    return isSound(await response.clone().json())
      ? undefined
      : `${route.name} ${response.status}: ${ajv.errorsText(isSound.errors)}`;
  };
}
