// edge/api/reports/annotations.ts: notes about single days, for whoever reads a chart later.
import { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { addAnnotation, ANNOTATIONS_MAX, readAnnotations, removeAnnotation } from '../../../store/index.ts';
import { answer, idempotencyParameter, refusal, siteRefusals } from '../../http/describe.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { answerJson } from '../answer-json.ts';
import { idempotent } from '../idempotent.ts';
import { readJson } from '../read-json.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';
import { DAY_PARAMETERS, reading } from './openapi.ts';
import { RANGE_HELP, readDays } from './range.ts';

/** Characters of a note at most. */
const TEXT_CHARS_MAX = 200;

const newSchema = v.strictObject({
  date: v.pipe(v.string(), v.isoDate()),
  text: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(TEXT_CHARS_MAX)),
});
const noteSchema = v.object({ id: v.number(), date: v.string(), text: v.string(), createdAt: v.number() });
/** The notes of some days. */
export const annotationsSchema = v.object({
  site: v.string(),
  from: v.string(),
  to: v.string(),
  annotations: v.array(noteSchema),
});
const NEW_HELP = `Send {"date": "YYYY-MM-DD", "text": …} with 1 to ${TEXT_CHARS_MAX} characters.`;

const describeList = reading('reports:read', 'Notes about days, oldest day first', annotationsSchema, [
  ...DAY_PARAMETERS,
]);
const describeNew = describeRoute({
  summary: 'Notes something about a day',
  security: [{ token: ['reports:write'] }],
  parameters: [idempotencyParameter],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: resolver(v.object({ date: v.string(), text: v.string() })) as object } },
  },
  responses: {
    201: answer(noteSchema, 'The note'),
    409: refusal('The Idempotency-Key was used for another request'),
    413: refusal('Too large'),
    ...siteRefusals('reports:write'),
  },
});
const describeRemoval = describeRoute({
  summary: 'Takes a note away',
  security: [{ token: ['reports:write'] }],
  responses: { 204: { description: 'It is gone' }, ...siteRefusals('reports:write') },
});

/** Makes the routes. */
export function createAnnotations(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const [reads, writes] = [requireScope('reports:read'), requireScope('reports:write')];
  const base = '/v1/sites/:site/annotations';
  app.get(base, describeList, reads, async (context) => {
    const days = readDays(context, port.now());
    if (!days.ok) return problem(days.error, RANGE_HELP);
    const { from, to } = days.value;
    const site = context.get('site');
    const annotations = await readAnnotations(port.db, site.row, from, to);
    return answerJson(context, { site: site.id, from, to, annotations });
  });
  app.post(base, describeNew, writes, idempotent(port), async (context) => {
    const asked = await readJson(context, newSchema, NEW_HELP);
    if (!asked.ok) return asked.error;
    // 31 February passes as a day's form; it is no day.
    const at = new Date(`${asked.value.date}T00:00:00Z`);
    if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== asked.value.date) {
      return problem('malformed_request', NEW_HELP);
    }
    const note = { ...asked.value, createdAt: port.now() };
    const id = await addAnnotation(port.ground, context.get('site').row, note);
    if (id === undefined) {
      return problem('malformed_request', `A site has at most ${ANNOTATIONS_MAX} notes: take some away first.`);
    }
    return privateJson(context, { id, ...note }, 201);
  });
  app.delete(`${base}/:id`, describeRemoval, writes, async (context) => {
    const id = Number(context.req.param('id'));
    const isGone = Number.isSafeInteger(id) && (await removeAnnotation(port.ground, context.get('site').row, id));
    return isGone ? context.body(null, 204) : problem('not_found', 'List the notes to see which there are.');
  });
  return app;
}
