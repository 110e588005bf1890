// edge/api/reports/openapi.ts: what the routes of reports take and answer.
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import type { StandardSchema } from '../../http/describe.ts';
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
  parameters: readonly ReturnType<typeof parameter>[] = [],
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
