// edge/api/privacy/consent-funnel.ts: how many page views came with which choice: asked, granted, refused, by purpose; and GPC.
import { Hono } from 'hono';
import * as v from 'valibot';
import { DAY_MS, GPC_REMOVES, PURPOSE_BIT, PURPOSES, PURPOSE_BITS_SEPARATE } from '../../../contract/index.ts';
import { COUNT_STEP, roundCount } from '../../../core/index.ts';
import type { ConsentCount, Site } from '../../../store/index.ts';
import { readConsentCounts } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { answerJson } from '../answer-json.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { DAY_PARAMETERS, reading } from '../reports/openapi.ts';
import { RANGE_HELP, readDays } from '../reports/range.ts';

const views = v.nullable(v.number());
/** Page views by choice; null where there are fewer than the floor. */
export const consentFunnelSchema = v.object({
  site: v.string(),
  from: v.string(),
  to: v.string(),
  views,
  unasked: views,
  refused: views,
  granted: views,
  purposes: v.array(v.object({ purpose: v.string(), granted: views, refused: views, isReliedOn: v.boolean() })),
  gpc: v.object({ views, narrowed: views }),
});

const describeFunnel = reading(
  'privacy:read',
  'Page views by what was told of consent with them: asked, granted, refused, by purpose; and with GPC',
  consentFunnelSchema,
  [...DAY_PARAMETERS],
);

const sumOf = (counts: readonly ConsentCount[], is: (count: ConsentCount) => boolean): number =>
  counts.filter(is).reduce((sum, one) => sum + one.views, 0);

/** Makes the published form: counts of page views, from the floor on and in tens, as reports have those of a page (ADR 0029). */
export function consentFunnelOf(
  counts: readonly ConsentCount[],
  { floor, policy }: Pick<Site, 'floor' | 'policy'>,
): Omit<v.InferOutput<typeof consentFunnelSchema>, 'site' | 'from' | 'to'> {
  const shown = (count: number): number | null => (count >= Math.max(floor, COUNT_STEP) ? roundCount(count) : null);
  const of = (is: (count: ConsentCount) => boolean): number | null => shown(sumOf(counts, is));
  const relied = policy.purposes | policy.asks;
  // Of the separate consents those that the site asks for alone: nobody was asked about the others.
  const asked = PURPOSES.filter((name) => (PURPOSE_BITS_SEPARATE & ~policy.asks & PURPOSE_BIT[name]) === 0);
  return {
    views: of(() => true),
    unasked: of(({ state }) => state === 'unasked'),
    refused: of(({ state }) => state === 'refused'),
    granted: of(({ state }) => state === 'granted'),
    purposes: asked.map((purpose) => {
      const bit = PURPOSE_BIT[purpose];
      return {
        purpose,
        granted: of(({ purposes }) => (purposes & bit) !== 0),
        refused: of(({ state, purposes }) => state !== 'unasked' && (purposes & bit) === 0),
        isReliedOn: (relied & bit) !== 0,
      };
    }),
    gpc: {
      views: of(({ gpc }) => gpc),
      narrowed: of(({ gpc, purposes }) => gpc && (purposes & GPC_REMOVES) !== 0),
    },
  };
}

/** Makes the route. */
export function createConsentFunnel(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/v1/sites/:site/privacy/consent', describeFunnel, requireScope('privacy:read'), async (context) => {
    const days = readDays(context, port.now());
    if (!days.ok) return problem(days.error, RANGE_HELP);
    const site = context.get('site');
    const { from, to, range } = days.value;
    const counts = await readConsentCounts(port.db, site.row, range.from / DAY_MS, range.to / DAY_MS - 1);
    return answerJson(context, { site: site.id, from, to, ...consentFunnelOf(counts, site) });
  });
  return app;
}
