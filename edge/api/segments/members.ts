// edge/api/segments/members.ts: who is in a segment, as pseudonyms made for exports alone, of those who agreed to `share`.
import { Hono } from 'hono';
import { describeRoute } from 'hono-openapi';
import * as v from 'valibot';
import { PURPOSE_BIT } from '../../../contract/index.ts';
import { lengthPrefixed, toHex } from '../../../core/index.ts';
import type { Site } from '../../../store/index.ts';
import { appendAudit, currentRelease, readMembers, readRuleSegments, releasedSegment } from '../../../store/index.ts';
import { answer, refusal } from '../../http/describe.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import type { ReportParts } from '../reports/overview.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';
import { readSizes } from './sizes.ts';

/** A segment with fewer members, as published, is not exported. */
export const EXPORT_FLOOR = 100;
/** Members of one page at most. */
const PAGE_MAX = 1_000;
const MEMBER_BYTES = 12;

const querySchema = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.digits(), v.transform(Number), v.minValue(1), v.maxValue(PAGE_MAX)),
    String(PAGE_MAX),
  ),
  cursor: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,14}$/), v.transform(Number))),
});

const describeMembers = describeRoute({
  summary: 'Members of a segment who agreed to share, as pseudonyms made for exports; each page is in the audit log',
  security: [{ token: ['members:export'] }],
  parameters: [
    { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: PAGE_MAX, default: PAGE_MAX } },
    { name: 'cursor', in: 'query', schema: { type: 'string' }, description: 'The "next" of the page before' },
  ],
  responses: {
    200: answer(
      v.object({ segment: v.string(), members: v.array(v.string()), next: v.nullable(v.string()) }),
      'A page',
    ),
    400: refusal('The query is not what this takes'),
    401: refusal('No token, or not a valid one'),
    403: refusal('The token lacks the scope members:export'),
    404: refusal('Not this token’s site, or no such segment'),
    409: refusal('segment_too_small'),
  },
});

/** The published size of a segment; undefined where there is no such segment, null where it has none to show. */
async function publishedSize(port: Port, site: Site, id: string): Promise<number | null | undefined> {
  const rule = (await readRuleSegments(port.db, site.row)).segments.find((segment) => segment.id === id);
  if (rule !== undefined) return (await readSizes(port.db, site.row, [rule]))(rule).size;
  const release = await currentRelease(port.db, site.row);
  const text = release && (await releasedSegment(port.db, site.row, release.version, id));
  return text === undefined ? undefined : ((JSON.parse(text) as { visitors?: number }).visitors ?? null);
}

/** Makes the route. */
export function createMembers({ port, secretOf }: ReportParts, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/v1/sites/:site/segments/:id/members', describeMembers, requireScope('members:export'), async (context) => {
    const query = v.safeParse(querySchema, { limit: context.req.query('limit'), cursor: context.req.query('cursor') });
    if (!query.success)
      return problem('malformed_request', `limit is 1 to ${PAGE_MAX}; cursor is the "next" of the page before.`);
    const site = context.get('site');
    const id = context.req.param('id');
    const size = await publishedSize(port, site, id);
    if (size === undefined) return problem('not_found', 'List the segments to see which there are.');
    if (size === null || size < EXPORT_FLOOR) {
      return problem(
        'segment_too_small',
        `Only a segment whose published size is ${EXPORT_FLOOR} or more is exported.`,
      );
    }
    const { limit, cursor } = query.output;
    // Before anything is read: an export that could not be recorded must not happen.
    await appendAudit(port.db, {
      kind: 'members_exported',
      site: site.id,
      segment: id,
      token: context.get('token'),
      at: port.now(),
    });
    const rows = await readMembers(port.db, site.row, id, cursor ?? 0, limit);
    const secret = await secretOf(site);
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const members: string[] = [];
    for (const row of rows) {
      if ((port.readProfile(row.state).purposes & PURPOSE_BIT.share) === 0) continue;
      // Of another use than the key that is stored: the two can't be compared by anybody without the secret.
      const made = await crypto.subtle.sign('HMAC', key, lengthPrefixed(['hushtag exported member 1', row.key]));
      members.push(toHex(new Uint8Array(made).slice(0, MEMBER_BYTES)));
    }
    const next = rows.length === limit ? String(rows.at(-1)?.visitor) : null;
    return privateJson(context, { segment: id, members, next });
  });
  return app;
}
