// edge/http/schema-type.test.ts: schemas read as the types of what fits them.
import { describe, expect, it } from 'vitest';
import type { Schema } from './schema-type.ts';
import { schemaType } from './schema-type.ts';

describe('E1: a schema as a type', () => {
  it.each<{ schema: Schema; type: string }>([
    { schema: { type: 'string' }, type: 'string' },
    { schema: { type: 'integer' }, type: 'number' },
    { schema: { type: ['string', 'null'] }, type: 'string | null' },
    { schema: { const: 'a' }, type: `'a'` },
    { schema: { enum: ['a', 1, null] }, type: `'a' | 1 | null` },
    { schema: { anyOf: [{ type: 'string' }, { type: 'null' }] }, type: 'string | null' },
    { schema: { allOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] }, type: 'A & B' },
    { schema: { type: 'array', items: { type: 'string' } }, type: 'readonly string[]' },
    { schema: { type: 'array', items: { enum: ['a', 'b'] } }, type: `readonly ('a' | 'b')[]` },
    { schema: { type: 'array' }, type: 'readonly unknown[]' },
    { schema: { type: 'object', additionalProperties: { type: 'number' } }, type: 'Readonly<Record<string, number>>' },
    { schema: { type: 'object' }, type: 'Readonly<Record<string, unknown>>' },
    { schema: {}, type: 'unknown' },
    {
      schema: {
        type: 'object',
        required: ['a'],
        properties: {
          a: { type: 'number', description: 'ends */ here' },
          'b-c': { type: 'array', items: { type: 'object', properties: { d: { type: 'null' } } } },
        },
      },
      type: `{\n  /** ends * / here */\n  readonly a: number;\n  readonly 'b-c'?: readonly {\n    readonly d?: null;\n  }[];\n}`,
    },
  ])('$type', ({ schema, type }) => {
    expect(schemaType(schema)).toBe(type);
  });

  it('stops at schemas that are too deep', () => {
    const nested = Array.from({ length: 40 }).reduce<Schema>((items) => ({ type: 'array', items }), { type: 'string' });
    expect(schemaType(nested)).toContain('unknown');
  });
});
