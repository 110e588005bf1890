// edge/http/field-mapping.ts: moves fields of a kept event before it is tried again.
import * as v from 'valibot';

/** Fields that one mapping names. */
const FIELDS_MAX = 50;
const POINTER = /^(?:\/[^/]{1,60}){1,2}$/;

const pointer = v.pipe(v.string(), v.regex(POINTER, 'a pointer such as /p/price, of one or two steps'));

/** From where to where, by JSON pointers (RFC 6901) of one or two steps; null leaves the field out. */
export const fieldMappingSchema = v.pipe(
  v.record(pointer, v.nullable(pointer)),
  v.check((mapping) => Object.keys(mapping).length <= FIELDS_MAX, `at most ${FIELDS_MAX} fields`),
);
/** A mapping that was checked. */
export type FieldMapping = v.InferOutput<typeof fieldMappingSchema>;

const RESERVED: readonly string[] = ['__proto__', 'constructor', 'prototype'];
const stepsOf = (path: string): string[] =>
  path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function without(event: Fields, [first = '', second]: readonly string[]): readonly [rest: Fields, value: unknown] {
  if (!Object.hasOwn(event, first)) return [event, undefined];
  const { [first]: held, ...rest } = event;
  if (second === undefined) return [rest, held];
  if (!isFields(held) || !Object.hasOwn(held, second)) return [event, undefined];
  const { [second]: value, ...others } = held;
  return [{ ...event, [first]: others }, value];
}

const withValue = (event: Fields, [first = '', second]: readonly string[], value: unknown): Fields => {
  if (second === undefined) return { ...event, [first]: value };
  const held = event[first];
  return { ...event, [first]: { ...(isFields(held) ? held : {}), [second]: value } };
};

/** Applies a mapping: every field is taken out before one is put in, so that two may change places. */
export function mapFields(event: object, mapping: FieldMapping): Fields {
  let mapped = event as Fields;
  const moved: (readonly [to: string[], value: unknown])[] = [];
  for (const [from, to] of Object.entries(mapping)) {
    const [rest, value] = without(mapped, stepsOf(from));
    mapped = rest;
    if (to !== null && value !== undefined) moved.push([stepsOf(to), value]);
  }
  for (const [to, value] of moved) {
    if (!to.some((step) => RESERVED.includes(step))) mapped = withValue(mapped, to, value);
  }
  return mapped;
}
