// edge/api/segments/site-traits.ts: the traits that rules may speak of, and those a site defines over its own events.
import { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { parseSiteTraits, SITE_TRAITS_VERSION, traitsIn, unitOf } from '../../../core/index.ts';
import type { KeptSiteTraits, Site } from '../../../store/index.ts';
import { putSiteTraits, readRuleSegments, readSiteTraits } from '../../../store/index.ts';
import { answer, refusal, siteRefusals } from '../../http/describe.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { answerJson } from '../answer-json.ts';
import { readJson } from '../read-json.ts';
import { reading } from '../reports/openapi.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';

const definition = v.record(v.string(), v.unknown());
/** A site's traits. */
export const siteTraitsSchema = v.object({
  site: v.string(),
  version: v.number(),
  setAt: v.nullable(v.number()),
  traits: v.array(definition),
  catalogue: v.array(
    v.object({
      id: v.string(),
      unit: v.picklist(['days', 'count', 'share', 'minor_units']),
      description: v.string(),
      isOwn: v.boolean(),
    }),
  ),
});
const bodySchema = v.object({ version: v.number(), traits: v.array(definition) });
const HELP = `Send {"version": ${SITE_TRAITS_VERSION}, "traits": […]}; docs/segments.md says what a trait may hold.`;

const describeGet = reading(
  'segments:read',
  'The traits that rules may speak of, those that the site defined among them',
  siteTraitsSchema,
);
const describePut = describeRoute({
  summary: 'Defines the site’s own traits, over those it had; profiles are folded anew by the next run',
  security: [{ token: ['segments:write'] }, { session: ['segments:write'] }],
  requestBody: { required: true, content: { 'application/json': { schema: resolver(bodySchema) as object } } },
  responses: {
    200: answer(siteTraitsSchema, 'As they are kept'),
    409: refusal('trait_in_use: a rule speaks of a trait that is left out'),
    413: refusal('The body is too large'),
    ...siteRefusals('segments:write'),
  },
});

const shown = (port: Port, site: Site, { version, setAt, traits }: KeptSiteTraits): object => ({
  site: site.id,
  version,
  setAt,
  traits,
  catalogue: [
    ...port.traits.map((trait) => ({ ...trait, isOwn: false })),
    ...traits.map((trait) => ({
      id: trait.id,
      unit: unitOf(trait),
      description: trait.description ?? '',
      isOwn: true,
    })),
  ],
});

/** Ids of everything that a rule of a site may call a trait. */
export async function traitIds(port: Port, site: Site): Promise<ReadonlySet<string>> {
  const { traits } = await readSiteTraits(port.db, site.row);
  return new Set([...port.traits, ...traits].map(({ id }) => id));
}

/** Makes the routes. */
export function createSiteTraits(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const base = '/v1/sites/:site/traits';
  app.get(base, describeGet, requireScope('segments:read'), async (context) => {
    const site = context.get('site');
    return answerJson(context, shown(port, site, await readSiteTraits(port.db, site.row)));
  });
  app.put(base, describePut, requireScope('segments:write'), async (context) => {
    const body = await readJson(context, v.unknown(), HELP);
    if (!body.ok) return body.error;
    const site = context.get('site');
    const parsed = parseSiteTraits(body.value, new Set(port.traits.map(({ id }) => id)));
    if (!parsed.ok) {
      return problem('traits_refused', 'problems says where, and what would be right.', {}, { problems: parsed.error });
    }
    const kept = new Set([...port.traits, ...parsed.value].map(({ id }) => id));
    const { segments } = await readRuleSegments(port.db, site.row);
    const speaking = segments.filter(({ rule }) => traitsIn(rule.where).some((id) => !kept.has(id)));
    if (speaking.length > 0) {
      return problem('trait_in_use', 'Change these segments first.', {}, { ids: speaking.map(({ id }) => id) });
    }
    const by = { at: port.now(), by: context.get('token') };
    return privateJson(context, shown(port, site, await putSiteTraits(port.db, site, parsed.value, by)));
  });
  return app;
}
