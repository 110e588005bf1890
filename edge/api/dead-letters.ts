// edge/api/dead-letters.ts: what an operator sees of a site's dead letters, and the order to replay them.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import type { KeptLetter, LetterChoice, Site } from '../../store/index.ts';
import { readLetters, readLetterTotals } from '../../store/index.ts';
import { problem } from '../http/problem.ts';
import type { Port } from '../port.ts';
import type { ApiEnv, RequireScope } from './require-scope.ts';
import { privateJson } from './require-scope.ts';
import { describeLetters, describeReplay, replaySchema } from './dead-letters-openapi.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 200;
const BODY_BYTES_MAX = 65_536;

/** What a replay is asked for: the body of the request, checked. */
export type ReplayOrder = v.InferOutput<typeof replaySchema>;
/** Replays letters of a site; edge/app.ts brings the collector's. @returns the answer as it is sent. */
export type ReplayLetters = (site: Site, order: ReplayOrder) => Promise<object>;

const querySchema = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(PAGE_MAX)),
    String(PAGE_DEFAULT),
  ),
  // Opaque to clients; in truth the number of the last letter of the page before.
  cursor: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/), v.transform(Number))),
  reason: v.optional(v.pipe(v.string(), v.regex(/^[a-z_]{1,60}$/))),
});

const shown = (letter: KeptLetter): object => ({
  letter: letter.letter,
  receivedAt: letter.receivedAt,
  at: letter.at,
  via: letter.via,
  ...(letter.source === undefined ? {} : { source: letter.source }),
  ...(letter.line === undefined ? {} : { line: letter.line }),
  reason: letter.reason,
  pointer: letter.pointer,
  // Which visitor it was is not told: this shows what is wrong with events, not what somebody did.
  event: letter.body === undefined ? null : (JSON.parse(letter.body) as unknown),
});

async function list(context: Context<ApiEnv>, port: Port): Promise<Response> {
  const query = v.safeParse(querySchema, context.req.query());
  if (!query.success)
    return problem('malformed_request', `limit is 1 to ${PAGE_MAX}; cursor is the "next" of the page before.`);
  const { limit, cursor, reason } = query.output;
  const site = context.get('site');
  const choice: LetterChoice = {
    after: cursor ?? Number.MAX_SAFE_INTEGER,
    limit,
    newestFirst: true,
    ...(reason === undefined ? {} : { reason }),
  };
  const letters = await readLetters(port.db, site.row, choice);
  return privateJson(context, {
    site: site.id,
    totals: await readLetterTotals(port.db, site.row),
    letters: letters.map(shown),
    next: letters.length === limit ? String(letters.at(-1)?.letter) : null,
  });
}

async function replay(context: Context<ApiEnv>, replayLetters: ReplayLetters): Promise<Response> {
  const body: unknown = await context.req.json().catch(() => undefined);
  const order = v.safeParse(replaySchema, body);
  if (!order.success) {
    return problem('malformed_request', 'Send {"letters":[…]} or {"reason":"…"}, and a mapping of pointers if needed.');
  }
  return privateJson(context, await replayLetters(context.get('site'), order.output));
}

/** Makes the routes. */
export function createDeadLetters(port: Port, requireScope: RequireScope, replayLetters: ReplayLetters): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/v1/sites/:site/dead-letters', describeLetters, requireScope('dead-letters:read'), (context) =>
    list(context, port),
  );
  app.post(
    '/v1/sites/:site/dead-letters/replay',
    describeReplay,
    requireScope('dead-letters:replay'),
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: () => problem('body_too_large', `Send at most ${BODY_BYTES_MAX} bytes.`),
    }),
    (context) => replay(context, replayLetters),
  );
  return app;
}
