// edge/http/field-mapping.test.ts: fields move as they are told, and nothing else does.
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { fieldMappingSchema, mapFields } from './field-mapping.ts';

describe('mapping fields', () => {
  it.each([
    { why: 'moves a field', mapping: { '/p/a': '/p/b' }, to: { p: { b: 1, c: 2 } } },
    { why: 'swaps two', mapping: { '/p/a': '/p/c', '/p/c': '/p/a' }, to: { p: { c: 1, a: 2 } } },
    { why: 'leaves a field out', mapping: { '/p/a': null }, to: { p: { c: 2 } } },
    { why: 'makes the object it needs', mapping: { '/p/a': '/m/v' }, to: { p: { c: 2 }, m: { v: 1 } } },
    { why: 'leaves out a whole object', mapping: { '/p': null }, to: {} },
    { why: 'does nothing for a field that is not there', mapping: { '/p/z': '/p/b' }, to: { p: { a: 1, c: 2 } } },
    { why: 'never makes a prototype', mapping: { '/p/a': '/__proto__/x' }, to: { p: { c: 2 } } },
  ])('$why', ({ mapping, to }) => {
    expect(mapFields({ p: { a: 1, c: 2 } }, mapping)).toEqual(to);
  });

  it.each([
    { why: 'one step', mapping: { '/a': '/b' }, ok: true },
    { why: 'two steps', mapping: { '/a/b': null }, ok: true },
    { why: 'three steps', mapping: { '/a/b/c': null }, ok: false },
    { why: 'no pointer', mapping: { a: null }, ok: false },
    {
      why: 'fifty fields',
      mapping: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`/p/${n}`, null])),
      ok: true,
    },
    {
      why: 'fifty-one',
      mapping: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`/p/${n}`, null])),
      ok: false,
    },
  ])('takes $why: $ok', ({ mapping, ok }) => {
    expect(v.safeParse(fieldMappingSchema, mapping).success).toBe(ok);
  });
});
