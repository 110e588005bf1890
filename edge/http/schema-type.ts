// edge/http/schema-type.ts: a JSON Schema as the TypeScript type of what fits it: for the page of the API and for its client.

/** The part of JSON Schema that our own schemas use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly description?: string;
}

/** Schemas inside each other, at most; deeper ones are `unknown`. */
const DEPTH_MAX = 12;
const NAME = /^[a-z_$][\w$]*$/i;
const PLAIN: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

const literal = (value: unknown): string => JSON.stringify(value).replaceAll('"', "'");
const united = (types: readonly string[]): string => [...new Set(types)].join(' | ') || 'unknown';

function objectType(
  { properties = {}, required = [], additionalProperties }: Schema,
  indent: string,
  depth: number,
): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const note =
      schema.description === undefined ? '' : `${inner}/** ${schema.description.replaceAll('*/', '* /')} */\n`;
    const key = NAME.test(name) ? name : `'${name}'`;
    return `${note}${inner}readonly ${key}${required.includes(name) ? '' : '?'}: ${schemaType(schema, inner, depth + 1)};\n`;
  });
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  if (lines.length === 0)
    return `Readonly<Record<string, ${rest === undefined ? 'unknown' : schemaType(rest, indent, depth + 1)}>>`;
  return `{\n${lines.join('')}${indent}}`;
}

function typeOf(type: string, schema: Schema, indent: string, depth: number): string {
  if (type === 'object') return objectType(schema, indent, depth);
  if (type !== 'array') return PLAIN[type] ?? 'unknown';
  const item = schema.items === undefined ? 'unknown' : schemaType(schema.items, indent, depth + 1);
  // What is inside of braces is closed by itself; a choice outside of them needs parentheses.
  let outside = item;
  for (let nth = 0; nth <= DEPTH_MAX; nth += 1) outside = outside.replaceAll(/\{[^{}]*\}/g, '');
  return `readonly ${/[|&]/.test(outside) ? `(${item})` : item}[]`;
}

/** The type, over several lines where it has fields; `indent` is what its own line begins with. */
export function schemaType(schema: Schema, indent = '', depth = 0): string {
  if (depth > DEPTH_MAX) return 'unknown';
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? 'unknown';
  if ('const' in schema) return literal(schema.const);
  if (schema.enum !== undefined) return united(schema.enum.map(literal));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return united(choices.map((one) => schemaType(one, indent, depth + 1)));
  if (schema.allOf !== undefined) return schema.allOf.map((one) => schemaType(one, indent, depth + 1)).join(' & ');
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.length === 0) return schema.properties === undefined ? 'unknown' : objectType(schema, indent, depth);
  return united(types.map((type) => typeOf(type, schema, indent, depth)));
}
