// cli/mcp/document.ts: reads of the server's own description what a tool takes.
import * as v from 'valibot';

const parameterSchema = v.object({
  name: v.string(),
  in: v.string(),
  required: v.optional(v.boolean(), false),
  description: v.optional(v.string()),
  schema: v.optional(v.record(v.string(), v.unknown()), {}),
});
const documentSchema = v.object({
  paths: v.record(v.string(), v.record(v.string(), v.object({ parameters: v.optional(v.array(parameterSchema), []) }))),
});
/** The part of the OpenAPI document that is read here. */
export type Described = v.InferOutput<typeof documentSchema>;

/** JSON Schema of what a tool takes. */
export interface InputSchema {
  readonly [name: string]: unknown;
  readonly type: 'object';
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** Reads the document. @throws {v.ValiError} it is none. */
export const readDocument = (body: unknown): Described => v.parse(documentSchema, body);

/** What a GET takes in path and query, without the site; undefined where this server has no such route. */
export function inputOf(document: Described, path: string): InputSchema | undefined {
  const route = document.paths[path]?.['get'];
  if (route === undefined) return undefined;
  const taken = route.parameters.filter((one) => (one.in === 'path' && one.name !== 'site') || one.in === 'query');
  return {
    type: 'object',
    properties: Object.fromEntries(
      taken.map(({ name, description, schema }) => [
        name,
        description === undefined ? schema : { ...schema, description },
      ]),
    ),
    required: taken.filter((one) => one.required || one.in === 'path').map(({ name }) => name),
    additionalProperties: false,
  };
}

/** Which of what a tool was given belongs into the path. */
export const pathNames = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'site');
