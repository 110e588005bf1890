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

/** An answer that is a text of other kinds too, where the caller accepts them. */
export const answerOrText = (schema: StandardSchema, description: string, media: readonly string[]) => ({
  description,
  content: {
    'application/json': { schema: resolver(schema) },
    ...Object.fromEntries(media.map((one) => [one, { schema: { type: 'string' as const } }])),
  },
});

/** The refusals of a route of a site that asks for a scope. */
export const siteRefusals = (scope: string) => ({
  400: refusal('The path, query or body is not what this takes'),
  401: refusal('No token or session, or not a valid one'),
  403: refusal(`The token or role lacks the scope ${scope}`),
  404: refusal('Not a site of this token or session, or nothing there'),
});

/** The header that makes sending a creating request again harmless. */
export const idempotencyParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  description: 'Sending the same request again under it answers the same and does nothing',
} as const;
