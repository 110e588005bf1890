// edge/http/describe.ts: pieces every route description shares.
import { resolver } from 'hono-openapi';
import * as v from 'valibot';

const problemSchema = v.object({ type: v.string(), title: v.string(), status: v.number(), detail: v.string() });

/** A refusal of a route: problem+json. */
export const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: resolver(problemSchema) } },
});

/** A schema that a description can be made of. */
export type StandardSchema = Parameters<typeof resolver>[0];

/** A JSON answer of a route. */
export const answer = (schema: StandardSchema, description: string) => ({
  description,
  content: { 'application/json': { schema: resolver(schema) } },
});
