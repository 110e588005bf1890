// edge/api/dead-letters-openapi.ts: what the routes of dead letters take and answer.
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { answer, refusal } from '../http/describe.ts';
import { fieldMappingSchema } from '../http/field-mapping.ts';

/** Letters that one order names or looks at; see {@link REPLAY_LETTERS_MAX} of the collector. */
const LETTERS_MAX = 500;
const letterNumber = v.pipe(v.number(), v.integer(), v.minValue(1));

/** An order to replay. */
export const replaySchema = v.strictObject({
  /** Letters by number. Without them all of the site, oldest first, at most 500 a call. */
  letters: v.optional(v.pipe(v.array(letterNumber), v.minLength(1), v.maxLength(LETTERS_MAX))),
  /** Only those of this reason. */
  reason: v.optional(v.pipe(v.string(), v.regex(/^[a-z_]{1,60}$/))),
  /** Go on behind this letter: the `next` of the answer before. */
  after: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  mapping: v.optional(fieldMappingSchema, {}),
  /** Say what would come of it and change nothing. */
  dryRun: v.optional(v.boolean(), false),
});

const letterSchema = v.object({
  letter: v.number(),
  receivedAt: v.number(),
  at: v.number(),
  via: v.picklist(['collect', 'events', 'import']),
  source: v.optional(v.string()),
  line: v.optional(v.number()),
  reason: v.string(),
  pointer: v.string(),
  event: v.nullable(v.record(v.string(), v.unknown())),
});
const lettersSchema = v.object({
  site: v.string(),
  totals: v.object({
    letters: v.number(),
    bytes: v.number(),
    evicted: v.number(),
    expired: v.number(),
    replayed: v.number(),
    dropped: v.number(),
  }),
  letters: v.array(letterSchema),
  next: v.nullable(v.string()),
});
const replayedSchema = v.object({
  replayed: v.number(),
  refused: v.array(v.object({ letter: v.number(), reason: v.string(), pointer: v.string() })),
  next: v.nullable(v.number()),
});

const refusals = (scope: string) => ({
  400: refusal('The query or body is not what this takes'),
  401: refusal('No token, or not a valid one'),
  403: refusal(`The token lacks the scope ${scope}`),
  404: refusal('Not this token’s site'),
});

/** GET /v1/sites/{site}/dead-letters */
export const describeLetters = describeRoute({
  summary: 'Events that were refused by themselves, scrubbed, newest first',
  security: [{ token: ['dead-letters:read'] }],
  parameters: [
    { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
    { name: 'cursor', in: 'query', schema: { type: 'string' }, description: 'The "next" of the page before' },
    { name: 'reason', in: 'query', schema: { type: 'string' } },
  ],
  responses: { 200: answer(lettersSchema, 'A page of letters'), ...refusals('dead-letters:read') },
});

/** POST /v1/sites/{site}/dead-letters/replay */
export const describeReplay = describeRoute({
  summary: 'Tries dead letters again; those that are sound now become events, once',
  security: [{ token: ['dead-letters:replay'] }],
  requestBody: { content: { 'application/json': { schema: resolver(replaySchema) as object } } },
  responses: { 200: answer(replayedSchema, 'What came of them'), ...refusals('dead-letters:replay') },
});
