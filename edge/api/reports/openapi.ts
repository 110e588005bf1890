// edge/api/reports/openapi.ts: what the routes of reports take and answer.
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import type { StandardSchema } from '../../http/describe.ts';
import type { DescribedParameter } from '../../document.ts';
import { answer, refusal } from '../../http/describe.ts';
import type { Scope } from '../../../core/index.ts';

/** A number about people: null where it may not be seen (P3). */
export const people = v.nullable(v.number());

/** A parameter of a query. */
export const parameter = (name: string, description: string, schema: object = { type: 'string' }) =>
  ({ name, in: 'query', description, schema }) as const;

/** Parameters every report takes. */
export const DAY_PARAMETERS = [
  parameter('from', 'First UTC day; 30 days ago unless given', { type: 'string', format: 'date' }),
  parameter('to', 'Last UTC day, included; today unless given', { type: 'string', format: 'date' }),
] as const;

/** Describes a route that reads. */
export const reading = (
  scope: Scope,
  summary: string,
  schema: StandardSchema,
  parameters: readonly DescribedParameter[] = [],
) =>
  describeRoute({
    summary,
    security: [{ token: [scope] }],
    parameters: [...parameters] as never,
    responses: {
      200: answer(schema, summary),
      400: refusal('The query or body is not what this takes'),
      401: refusal('No token, or not a valid one'),
      403: refusal(`The token lacks the scope ${scope}`),
      404: refusal('Not this token’s site, or nothing there'),
    },
  });

const totalsSchema = v.object({
  views: v.number(),
  visits: people,
  visitors: people,
  orders: people,
  revenue: people,
  currency: v.nullable(v.string()),
});

/** What is left of the site's budget. */
export const budgetSchema = v.object({ left: v.number(), of: v.number(), moreAt: v.nullable(v.number()) });
const share = v.nullable(v.number());
const withheldPeople = v.nullable(v.picklist(['below_floor', 'budget_spent', 'day_open']));
const funnelSteps = v.array(v.object({ step: v.string(), visitors: people, share, withheld: withheldPeople }));
const span = { site: v.string(), from: v.string(), to: v.string() };
const paidSpan = { ...span, at: v.nullable(v.number()), budget: budgetSchema };

/** A funnel. */
export const funnelSchema = v.object({ ...paidSpan, steps: funnelSteps });
/** Cohorts by week. */
export const retentionSchema = v.object({
  ...paidSpan,
  cohorts: v.array(
    v.object({ week: v.string(), visitors: people, returned: v.array(v.object({ visitors: people, share })) }),
  ),
  withheld: withheldPeople,
});
/** Moves between pages. */
export const pathsSchema = v.object({
  ...span,
  moves: v.array(v.object({ from: v.nullable(v.string()), to: v.nullable(v.string()), moves: v.number() })),
});
const trendPoint = v.object({
  date: v.string(),
  value: v.optional(v.number()),
  expected: v.number(),
  low: v.number(),
  high: v.number(),
  anomaly: v.optional(v.picklist(['above', 'below'])),
});
/** A trend. */
export const trendSchema = v.intersect([
  v.object({ ...span, metric: v.string() }),
  v.variant('status', [
    v.object({
      status: v.literal('ready'),
      currency: v.pipe(
        v.nullable(v.string()),
        v.description('Of revenue, whose numbers are its minor units; null of the other metrics'),
      ),
      days: v.array(trendPoint),
      forecast: v.array(trendPoint),
      anomalies: v.array(v.string()),
    }),
    v.object({
      status: v.literal('refused'),
      reason: v.picklist(['too_few_days', 'days_withheld', 'value_out_of_range']),
    }),
  ]),
]);

/** GET /v1/sites/{site}/funnels */
export const describeFunnel = reading(
  'reports:read',
  'How many visitors got to each step, one after the other; paid for from the budget of reports',
  funnelSchema,
  [...DAY_PARAMETERS, parameter('steps', 'Names of events with commas between; that of a shop unless given')],
);
/** GET /v1/sites/{site}/retention */
export const describeRetention = reading(
  'reports:read',
  'Visitors by the week in which they were first seen, and who of them returned; paid for from the budget of reports',
  retentionSchema,
  DAY_PARAMETERS,
);
/** GET /v1/sites/{site}/paths */
export const describePaths = reading(
  'reports:read',
  'From which page to which visitors went',
  pathsSchema,
  DAY_PARAMETERS,
);
/** GET /v1/sites/{site}/trends */
export const describeTrend = reading(
  'reports:read',
  'What was to be expected of each day, days that were not as expected, and a forecast',
  trendSchema,
  [
    ...DAY_PARAMETERS,
    parameter('metric', 'views unless given', {
      type: 'string',
      enum: ['views', 'visits', 'visitors', 'orders', 'revenue'],
    }),
  ],
);

/** The overview. */
export const overviewSchema = v.object({
  site: v.string(),
  from: v.string(),
  to: v.string(),
  totals: totalsSchema,
  previous: v.nullable(v.object({ from: v.string(), to: v.string(), totals: totalsSchema })),
  series: v.array(
    v.object({
      date: v.string(),
      views: v.number(),
      visits: people,
      visitors: people,
      orders: people,
      revenue: people,
      withheld: v.optional(v.picklist(['below_floor', 'day_open'])),
    }),
  ),
  pages: v.array(v.object({ path: v.string(), views: v.number() })),
  sources: v.array(v.object({ channel: v.string(), views: v.number() })),
  devices: v.array(v.object({ device: v.string(), views: v.number() })),
  countries: v.array(v.object({ country: v.string(), views: v.number() })),
  vitals: v.record(v.string(), v.object({ p75: v.number() })),
  funnel: funnelSteps,
  withheld: v.number(),
});

/** GET /v1/sites/{site}/overview */
export const describeOverview = reading(
  'reports:read',
  'How the site did over some days: views, visitors, orders, pages, sources',
  overviewSchema,
  [
    ...DAY_PARAMETERS,
    parameter('compare', 'previous: the totals of as many days before, too', {
      type: 'string',
      enum: ['previous', 'none'],
    }),
  ],
);
