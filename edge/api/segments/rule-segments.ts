// edge/api/segments/rule-segments.ts: rule segments by the API: list, make, change, delete, and what a rule would find.
import { toJsonSchema } from '@valibot/to-json-schema';
import type { Context } from 'hono';
import { Hono } from 'hono';
import * as v from 'valibot';
import type { Condition, Result } from '../../../contract/index.ts';
import { DAY_MS, err, ok } from '../../../contract/index.ts';
import type { ReportCount, RuleSegment, SegmentRefusal } from '../../../core/index.ts';
import {
  checkRuleSegment,
  conditionsOf,
  parseRule,
  publishReportCount,
  RULE_SEGMENTS_MAX,
  ruleSchema,
  SEGMENT_NAME_CHARS_MAX,
} from '../../../core/index.ts';
import type { KeptSegment, Site } from '../../../store/index.ts';
import { putRuleSegment, readClusterIds, readRuleSegments, removeRuleSegment } from '../../../store/index.ts';
import type { ProblemName } from '../../http/problem.ts';
import { problem } from '../../http/problem.ts';
import { receiveBytes } from '../../http/receive.ts';
import { answerJson } from '../answer-json.ts';
import { idempotent } from '../idempotent.ts';
import { pageOf, readPage } from '../read-json.ts';
import { answerPaid, keyOf } from '../reports/paid.ts';
import type { ReportParts } from '../reports/overview.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';
import {
  describeCreate,
  describeDelete,
  describeList,
  describeOne,
  describePreview,
  describePut,
  describeSchema,
} from './openapi.ts';
import { traitIds } from './site-traits.ts';
import { readSizes } from './sizes.ts';

/** A rule of 50 conditions is far below. */
const BODY_BYTES_MAX = 100_000;
/** Conditions explained one at a time; each costs as much as the rule itself. */
export const EXPLAINED_MAX = 8;

const bodySchema = v.strictObject({ id: v.optional(v.string()), name: v.string(), rule: v.unknown() });
const previewSchema = v.strictObject({ rule: v.unknown(), explain: v.optional(v.boolean(), true) });

/** Says why a segment is not kept, and what would be right. */
export function refusalOf(refusal: SegmentRefusal | { readonly reason: 'busy' }): Response {
  const refused = (detail: string, members: Readonly<Record<string, unknown>> = {}): Response =>
    problem('segment_refused', detail, {}, { reason: refusal.reason, ...members });
  switch (refusal.reason) {
    case 'bad_id':
      return refused('The id is 1 to 63 lower-case letters, digits and hyphens, and does not begin with "cluster-".');
    case 'bad_name':
      return refused(`The name is 1 to ${SEGMENT_NAME_CHARS_MAX} characters on one line.`);
    case 'too_many_segments':
      return refused(`A site has at most ${RULE_SEGMENTS_MAX} rule segments: delete one first.`);
    case 'circle':
      return refused('The rules would speak of each other in a circle.', { ids: refusal.ids });
    case 'bad_rule':
      return refused('The rule has faults: problems says where, and what would be right.', {
        problems: refusal.problems.map(({ reason, pointer, detail }) => ({
          reason,
          pointer: `/rule${pointer}`,
          detail,
        })),
      });
    case 'in_use':
      return problem('segment_in_use', 'Change the segment that speaks of it first.');
    case 'busy':
      return problem('storage_unavailable', 'The segments are being changed by others: try again.');
  }
}

async function bodyOf<T>(context: Context, schema: v.GenericSchema<unknown, T>): Promise<Result<T, ProblemName>> {
  const bytes = await receiveBytes(context.req.raw, BODY_BYTES_MAX);
  if (!bytes.ok) return bytes;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes.value));
  } catch {
    return err('malformed_json');
  }
  const parsed = v.safeParse(schema, value);
  return parsed.success ? ok(parsed.output) : err('malformed_request');
}

const BODY_HELP =
  'Send {"id": …, "name": …, "rule": {"version": 1, "where": …}}; docs/segments.md says what a rule may hold.';
const PREVIEW_HELP =
  'Send {"rule": {"version": 1, "where": …}} and, to be told of the rule as a whole alone, "explain": false.';

interface Routes extends ReportParts {
  readonly checkOf: (
    site: Site,
    given: { readonly id: string; readonly name: string; readonly rule: unknown },
  ) => Promise<(held: readonly RuleSegment[]) => Result<RuleSegment, SegmentRefusal>>;
}

const shown = (segment: KeptSegment, size: object): object => ({
  id: segment.id,
  name: segment.name,
  rule: segment.rule,
  version: segment.version,
  createdAt: segment.createdAt,
  updatedAt: segment.updatedAt,
  ...size,
});

async function create(context: Context<ApiEnv>, { port, checkOf }: Routes): Promise<Response> {
  const body = await bodyOf(context, bodySchema);
  if (!body.ok) return problem(body.error, BODY_HELP);
  const { id, name, rule } = body.value;
  if (id === undefined) return problem('malformed_request', BODY_HELP);
  const site = context.get('site');
  const check = await checkOf(site, { id, name, rule });
  const { segments } = await readRuleSegments(port.db, site.row);
  const held = segments.find((segment) => segment.id === id);
  if (held !== undefined) {
    // The same again changes nothing: whoever got no answer may simply repeat.
    const isSame = held.name === name.trim() && JSON.stringify(held.rule) === JSON.stringify(rule);
    if (!isSame) return problem('segment_exists', 'Change it with PUT, or choose another id.');
    return privateJson(context, shown(held, (await readSizes(port.db, site.row, [held]))(held)));
  }
  const kept = await putRuleSegment(port.db, site, check, port.now());
  if (!kept.ok) return refusalOf(kept.error);
  context.header('location', `/v1/sites/${site.id}/rule-segments/${id}`);
  return privateJson(context, shown(kept.value, (await readSizes(port.db, site.row, []))(kept.value)), 201);
}

async function put(context: Context<ApiEnv>, { port, checkOf }: Routes): Promise<Response> {
  const body = await bodyOf(context, bodySchema);
  if (!body.ok) return problem(body.error, BODY_HELP);
  const site = context.get('site');
  const id = context.req.param('id') ?? '';
  if (body.value.id !== undefined && body.value.id !== id) {
    return problem('malformed_request', 'The id in the body is the one in the path, or left out.');
  }
  const check = await checkOf(site, { id, name: body.value.name, rule: body.value.rule });
  const kept = await putRuleSegment(port.db, site, check, port.now());
  if (!kept.ok) return refusalOf(kept.error);
  const sizes = await readSizes(port.db, site.row, [kept.value]);
  return privateJson(
    context,
    shown(kept.value, sizes(kept.value)),
    kept.value.createdAt === kept.value.updatedAt ? 201 : 200,
  );
}

async function preview(context: Context<ApiEnv>, { port, secretOf }: Routes): Promise<Response> {
  const body = await bodyOf(context, previewSchema);
  if (!body.ok) return problem(body.error, PREVIEW_HELP);
  const site = context.get('site');
  const { segments } = await readRuleSegments(port.db, site.row);
  const known = new Set([...segments.map(({ id }) => id), ...(await readClusterIds(port.db, site.row))]);
  const rule = parseRule(body.value.rule, { traits: await traitIds(port, site), segments: known });
  if (!rule.ok) return refusalOf({ reason: 'bad_rule', problems: rule.error });
  const explained = body.value.explain ? conditionsOf(rule.value.where, EXPLAINED_MAX) : [];
  const conditions: readonly Condition[] = [rule.value.where, ...explained.map(({ condition }) => condition)];
  const day = Math.floor(port.now() / DAY_MS);
  // Versions of the segments it speaks of are in it: a changed one is another question.
  const of = segments.map(({ id, version }) => `${id} ${version}`);
  const key = await keyOf([day, body.value.explain, rule.value.where, of]);
  const paid = await answerPaid(port, site, { kind: 'preview', key, units: conditions.length }, async (at) => {
    const secret = await secretOf(site);
    const found = await port.previewRule(port.db, site.row, conditions, port.now());
    const sizes: ReportCount[] = [];
    for (const [nth, condition] of conditions.entries()) {
      const what = `preview ${at} ${JSON.stringify(condition)}`;
      sizes.push(await publishReportCount(found.counts[nth] ?? 0, site.floor, secret, what));
    }
    return { sizes, sampledOneIn: found.sampledOneIn };
  });
  const sizes = paid.isPaid ? paid.answer.sizes : conditions.map(() => null);
  const why = (size: ReportCount | undefined): 'below_floor' | 'budget_spent' | null =>
    paid.isPaid ? (size == null ? 'below_floor' : null) : 'budget_spent';
  return privateJson(context, {
    size: sizes[0] ?? null,
    withheld: why(sizes[0]),
    sampledOneIn: paid.isPaid ? paid.answer.sampledOneIn : 1,
    conditions: explained.map(({ pointer, words }, nth) => ({
      pointer,
      words,
      size: sizes[nth + 1] ?? null,
      withheld: why(sizes[nth + 1]),
    })),
    budget: paid.budget,
  });
}

let jsonSchema: string | undefined;
/** The JSON Schema of a rule. That numbers are finite is left out: JSON has no others. */
function ruleJsonSchema(): string {
  jsonSchema ??= JSON.stringify({
    ...toJsonSchema(ruleSchema, { errorMode: 'ignore' }),
    title: 'A rule of a hushtag segment, version 1',
  });
  return jsonSchema;
}

/** Makes the routes. */
export function createRuleSegments(parts: ReportParts, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const { port } = parts;
  const [reading, writing] = [requireScope('segments:read'), requireScope('segments:write')];
  const base = '/v1/sites/:site/rule-segments';
  const checkOf: Routes['checkOf'] = async (site, given) => {
    const words = {
      traits: await traitIds(port, site),
      clusters: await readClusterIds(port.db, site.row),
    };
    return (held) => checkRuleSegment(given, held, words);
  };
  const routes: Routes = { ...parts, checkOf };

  app.get(base, describeList, reading, async (context) => {
    const asked = readPage(context);
    if (!asked.ok) return asked.error;
    const site = context.get('site');
    const { segments } = await readRuleSegments(port.db, site.row);
    const { page, next } = pageOf(segments, asked.value, ({ id }) => id);
    const sizes = await readSizes(port.db, site.row, page);
    return answerJson(context, { site: site.id, segments: page.map((one) => shown(one, sizes(one))), next });
  });
  app.post(base, describeCreate, writing, idempotent(port, BODY_BYTES_MAX), (context) => create(context, routes));
  app.post(`${base}/preview`, describePreview, reading, (context) => preview(context, routes));
  app.get(`${base}/:id`, describeOne, reading, async (context) => {
    const site = context.get('site');
    const { segments } = await readRuleSegments(port.db, site.row);
    const found = segments.find(({ id }) => id === context.req.param('id'));
    if (found === undefined) return problem('not_found', 'List the rule segments to see which there are.');
    return answerJson(context, shown(found, (await readSizes(port.db, site.row, [found]))(found)));
  });
  app.put(`${base}/:id`, describePut, writing, (context) => put(context, routes));
  app.delete(`${base}/:id`, describeDelete, writing, async (context) => {
    const removed = await removeRuleSegment(port.db, context.get('site'), context.req.param('id'), port.now());
    if (!removed.ok) return refusalOf(removed.error);
    if (!removed.value) return problem('not_found', 'List the rule segments to see which there are.');
    return context.body(null, 204);
  });

  app.get('/v1/schema/segment-rule.json', describeSchema, (context) =>
    context.body(ruleJsonSchema(), 200, {
      'content-type': 'application/schema+json',
      'cache-control': 'public, max-age=3600',
    }),
  );
  return app;
}
