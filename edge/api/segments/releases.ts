// edge/api/segments/releases.ts: the versions of a site's segments: which are kept, going back to one, and going on.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import { toHex } from '../../../core/index.ts';
import type { LeaseNeeds, ReleaseRefusal } from '../../../store/index.ts';
import { readHold, readVersions, resumeReleases, rollBack } from '../../../store/index.ts';
import { answer, refusal } from '../../http/describe.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { reading } from '../reports/openapi.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';

const HOLDER_BYTES = 8;
const VERSION_DIGITS_MAX = 9;

const releasesSchema = v.object({
  site: v.string(),
  held: v.pipe(v.boolean(), v.description('Whether the released version stays until somebody lets runs go on')),
  releases: v.array(v.object({ version: v.number(), at: v.number(), released: v.boolean() })),
});

const writing = (summary: string, absent: string) =>
  describeRoute({
    summary,
    security: [{ token: ['segments:write'] }],
    responses: {
      200: answer(releasesSchema, 'The versions as they are now'),
      401: refusal('No token, or not a valid one'),
      403: refusal('The token lacks the scope segments:write'),
      404: refusal(absent),
      409: refusal('still_running: a run of the segmenter goes on'),
    },
  });
const describeReleases = reading('segments:read', 'The versions of the segments that are kept', releasesSchema);
const describeRollback = writing(
  'Goes back to a version and holds it: numbers at once, members with the next run',
  'Not this token’s site, or the version is not kept',
);
const describeResume = writing('Lets runs release new versions again', 'Not this token’s site, or no version is held');

const needsOf = ({ db, randomBytes, now }: Port): LeaseNeeds => ({
  db,
  holder: toHex(randomBytes(HOLDER_BYTES)),
  clock: now,
});

async function shown(context: Context<ApiEnv>, { db }: Port): Promise<Response> {
  const site = context.get('site');
  const versions = await readVersions(db, site.row);
  return privateJson(context, {
    site: site.id,
    held: (await readHold(db, site.row)) !== undefined,
    releases: versions.map(({ version, at, isReleased }) => ({ version, at, released: isReleased })),
  });
}

function refused(reason: ReleaseRefusal): Response {
  switch (reason) {
    case 'busy':
      return problem('still_running', 'A run of the segmenter goes on: wait for it to end.', { 'retry-after': '30' });
    case 'unknown_version':
      return problem('not_found', 'List the releases to see which versions are kept.');
    case 'not_held':
      return problem('not_found', 'No version is held: runs release new ones already.');
  }
}

/** Makes the routes. */
export function createReleases(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const base = '/v1/sites/:site/releases';
  app.get(base, describeReleases, requireScope('segments:read'), (context) => shown(context, port));
  app.post(`${base}/:release/rollback`, describeRollback, requireScope('segments:write'), async (context) => {
    const text = context.req.param('release');
    if (!/^[1-9]\d*$/.test(text) || text.length > VERSION_DIGITS_MAX) return refused('unknown_version');
    const done = await rollBack(needsOf(port), context.get('site'), Number(text), context.get('token'));
    return done.ok ? shown(context, port) : refused(done.error);
  });
  app.post(`${base}/resume`, describeResume, requireScope('segments:write'), async (context) => {
    const done = await resumeReleases(needsOf(port), context.get('site'), context.get('token'));
    return done.ok ? shown(context, port) : refused(done.error);
  });
  return app;
}
