// edge/api/segments/models.ts: the released model and, of one segment, how its visitors differ from everybody.
import { Hono } from 'hono';
import * as v from 'valibot';
import { currentRelease, releasedModel } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import { answerJson } from '../answer-json.ts';
import { modelSchema } from '../openapi.ts';
import { budgetSchema, reading } from '../reports/openapi.ts';
import type { ReportParts } from '../reports/overview.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { makeProfile } from './profile.ts';

const share = v.nullable(v.number());
/** A segment's traits against everybody's. */
export const profileSchema = v.intersect([
  v.object({ id: v.string(), budget: budgetSchema }),
  v.variant('status', [
    v.object({
      status: v.literal('ready'),
      at: v.number(),
      currency: v.nullable(v.string()),
      traits: v.array(
        v.object({
          id: v.string(),
          unit: v.string(),
          description: v.string(),
          bins: v.array(
            v.object({ from: v.nullable(v.number()), to: v.nullable(v.number()), segment: share, everybody: share }),
          ),
        }),
      ),
    }),
    v.object({ status: v.literal('withheld'), reason: v.literal('budget_spent') }),
  ]),
]);

const describeModel = reading('segments:read', 'The released model: window, method, traits, metrics', modelSchema);
const describeProfile = reading(
  'segments:read',
  'How a segment’s visitors spread over each trait, against everybody',
  profileSchema,
);

/** Makes the routes. */
export function createModels(parts: ReportParts, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const { port } = parts;
  const scope = requireScope('segments:read');
  app.get('/v1/sites/:site/models/current', describeModel, scope, async (context) => {
    const site = context.get('site');
    const release = await currentRelease(port.db, site.row);
    const model = release && (await releasedModel(port.db, site.row, release.version));
    if (model === undefined) return problem('not_found', 'There is none before the first run of the segmenter.');
    return answerJson(context, JSON.parse(model) as object);
  });
  app.get('/v1/sites/:site/segments/:id/profile', describeProfile, scope, async (context) => {
    const id = context.req.param('id');
    const profile = await makeProfile(parts, context.get('site'), id);
    if (profile.status === 'unknown') return problem('not_found', 'List the segments to see which there are.');
    return answerJson(context, { id, ...profile });
  });
  return app;
}
