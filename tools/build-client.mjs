// tools/build-client.mjs: builds dist/client/, the package @hushtag/client: the client and the types of the routes, which the edge itself describes.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'dist/server');
const folder = join(root, 'dist/client');

const imported = (path) => import(pathToFileURL(join(compiled, path)).href);

/** The OpenAPI document and the names of problems, from the edge that was just compiled. */
async function describe() {
  const { createEdge } = await imported('edge/index.js');
  const { PROBLEMS } = await imported('edge/http/problem.js');
  // Describing routes needs nothing of a platform but to be made.
  const parts = {
    now: () => 0,
    randomBytes: (length) => new Uint8Array(length),
    tags: new Map(),
    limits: { siteEventsPerSecond: 1, addressEventsPerSecond: 1 },
  };
  const edge = createEdge(new Proxy(parts, { get: (target, name) => target[name] }));
  const document = await (await edge.fetch(new Request('http://edge.local/openapi.json'))).json();
  return { document, problems: Object.keys(PROBLEMS) };
}

const objectOf = (lines) => (lines.length === 0 ? 'Readonly<Record<never, never>>' : `{\n${lines.join('')}    }`);

/** The type of one route. */
function operationType(schemaType, route) {
  const fields = (place) =>
    objectOf(
      route.parameters
        .filter((one) => one.in === place)
        .map((one) => {
          const type = place === 'path' ? 'string' : schemaType(one.schema ?? {}, '      ');
          const note = one.description === undefined ? '' : `      /** ${one.description.replaceAll('*/', '* /')} */\n`;
          return `${note}      readonly '${one.name}'${one.required ? '' : '?'}: ${type};\n`;
        }),
    );
  const json = route.requestBody?.content['application/json']?.schema;
  const body =
    route.requestBody === undefined ? 'undefined' : json === undefined ? 'unknown' : schemaType(json, '    ');
  const answers = Object.entries(route.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content }]) => {
      const schema = content?.['application/json']?.schema;
      return schema === undefined ? 'undefined' : schemaType(schema, '    ');
    });
  return [
    `    readonly path: ${fields('path')};\n`,
    `    readonly query: ${fields('query')};\n`,
    `    readonly body: ${body};\n`,
    `    readonly answer: ${[...new Set(answers)].join(' | ') || 'undefined'};\n`,
  ].join('');
}

async function writeOperations(document) {
  const { schemaType } = await imported('edge/http/schema-type.js');
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]) => {
      const note = route.summary === undefined ? '' : `  /** ${route.summary.replaceAll('*/', '* /')} */\n`;
      return `${note}  readonly '${method.toUpperCase()} ${path}': {\n${operationType(schemaType, route)}  };\n`;
    }),
  );
  const named = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) => `export type ${name} = ${schemaType(schema)};\n`,
  );
  const text = `// Made of the OpenAPI document by tools/build-client.mjs.\n${named.join('')}\n/** Every route, by method and path. */\nexport interface Operations {\n${routes.join('')}}\n`;
  writeFileSync(join(folder, 'operations.d.ts'), text);
  return routes.length;
}

function writeIndex(problems) {
  const js = [
    "export { createClient } from './client/client.js';",
    "export { HushtagProblem, HushtagUnreachable } from './client/problem.js';",
  ];
  const types = [
    "import type { Client as AnyClient, ClientOptions } from './client/client.js';",
    "import { HushtagProblem as AnyProblem } from './client/problem.js';",
    "import type { Operations } from './operations.js';",
    '',
    "export type { Answer, ClientOptions, PageItem } from './client/client.js';",
    "export type { LiveEvent } from './client/live.js';",
    "export type { RetryOptions } from './client/send.js';",
    "export { HushtagUnreachable } from './client/problem.js';",
    'export type { Operations };',
    '/** The closed list of problems. */',
    `export type ProblemName = ${problems.map((name) => `'${name}'`).join(' | ')};`,
    '/** An answer that is an error. */',
    'export declare class HushtagProblem extends AnyProblem<ProblemName> {}',
    '/** The API, a method each. */',
    'export type Client = AnyClient<Operations>;',
    '/** Makes a client. */',
    'export declare function createClient(options: ClientOptions): Client;',
  ];
  writeFileSync(join(folder, 'index.js'), `${js.join('\n')}\n`);
  writeFileSync(join(folder, 'index.d.ts'), `${types.join('\n')}\n`);
}

const manifestOf = (version) => ({
  name: '@hushtag/client',
  version,
  description: 'The client of hushtag’s API: typed by its OpenAPI document, no dependency.',
  license: 'Apache-2.0',
  type: 'module',
  sideEffects: false,
  exports: { '.': { types: './index.d.ts', default: './index.js' }, './package.json': './package.json' },
  types: './index.d.ts',
  files: ['index.js', 'index.d.ts', 'operations.d.ts', 'client'],
  engines: { node: '>=20' },
});

/** Builds dist/client/. @returns how many routes it has types of. */
export async function buildClient() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'client'), { recursive: true });
  for (const name of readdirSync(join(compiled, 'client'))) {
    if (!/\.(?:d\.ts|js)$/.test(name) || name.startsWith('index.')) continue;
    const text = readFileSync(join(compiled, 'client', name), 'utf8')
      .replace(/\n?\/\/# sourceMappingURL=.*\n?/, '\n')
      .replace(/(from '\.[^']*)\.ts'/g, "$1.js'");
    writeFileSync(join(folder, 'client', name), text);
  }
  const { document, problems } = await describe();
  const routes = await writeOperations(document);
  writeIndex(problems);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(version), null, 2)}\n`);
  copyFileSync(join(root, 'client/README.md'), join(folder, 'README.md'));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  return routes;
}
