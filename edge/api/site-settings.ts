// edge/api/site-settings.ts: sites are added by an owner of all, and told where their pages are and which floor they have.
import { Hono } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import type { PolicyPreset } from '../../contract/index.ts';
import { parseSiteId, POLICIES } from '../../contract/index.ts';
import type { SettingsRefusal } from '../../core/index.ts';
import { checkOrigins, checkSiteFloor, FLOOR_MAX, FLOOR_MIN, ORIGINS_MAX } from '../../core/index.ts';
import { addSite, changeSite } from '../../store/index.ts';
import { answer, idempotencyParameter, refusal, siteRefusals } from '../http/describe.ts';
import { problem } from '../http/problem.ts';
import type { TokenKeys } from '../http/tokens.ts';
import type { Port } from '../port.ts';
import { idempotent } from './idempotent.ts';
import { readJson } from './read-json.ts';
import type { ApiEnv } from './require-scope.ts';
import { installationScopesOf, privateJson, scopesOf } from './require-scope.ts';

/** The floor of a site whose owner names none. */
const FLOOR_DEFAULT = 50;
const PRESETS = Object.keys(POLICIES) as readonly PolicyPreset[];

const newSiteSchema = v.strictObject({
  id: v.string(),
  origins: v.array(v.string()),
  policy: v.optional(v.picklist(PRESETS), 'standard'),
  floor: v.optional(v.number(), FLOOR_DEFAULT),
});
const settingsSchema = v.strictObject({ origins: v.optional(v.array(v.string())), floor: v.optional(v.number()) });
const siteSchema = v.object({
  id: v.string(),
  origins: v.array(v.string()),
  preset: v.picklist(PRESETS),
  floor: v.number(),
});

const NEW_HELP = `Send {"id": …, "origins": ["https://…"], "policy": ${PRESETS.map((one) => `"${one}"`).join(' | ')}, "floor": …}.`;
const SETTINGS_HELP = 'Send {"origins": ["https://…"], "floor": …}, or one of them.';
const HELP: { readonly [R in SettingsRefusal]: string } = {
  no_origins: 'Name at least one origin.',
  too_many_origins: `Name at most ${ORIGINS_MAX} origins.`,
  malformed_origin: 'An origin is scheme and host exactly as a browser sends it, such as https://shop.example.',
  floor_out_of_range: `floor is a whole number from ${FLOOR_MIN} to ${FLOOR_MAX}.`,
};

const body = (schema: v.GenericSchema) => ({
  required: true,
  content: { 'application/json': { schema: resolver(schema) as object } },
});
const describeNew = describeRoute({
  summary: 'Adds a site; an exempt one gets the time limits that the exemption asks for',
  security: [{ session: ['sites:manage'] }],
  parameters: [idempotencyParameter],
  requestBody: body(newSiteSchema),
  responses: {
    201: answer(siteSchema, 'The site'),
    409: refusal('There is a site of this id, or the Idempotency-Key was used for another request'),
    413: refusal('Too large'),
    ...siteRefusals('sites:manage'),
  },
});
const describeSettings = describeRoute({
  summary:
    'Changes where a site’s pages are and from which size on its numbers are shown; collectors follow within seconds',
  security: [{ token: ['settings:write'] }, { session: ['settings:write'] }],
  requestBody: body(settingsSchema),
  responses: {
    200: answer(siteSchema, 'The site'),
    413: refusal('Too large'),
    ...siteRefusals('settings:write'),
  },
});

/** Makes the routes. */
export function createSiteSettings(port: Port, tokenKeys: () => Promise<TokenKeys>): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const adding = installationScopesOf(port, tokenKeys)('sites:manage');
  app.post('/v1/sites', describeNew, adding, idempotent(port), async (context) => {
    const asked = await readJson(context, newSiteSchema, NEW_HELP);
    if (!asked.ok) return asked.error;
    const id = parseSiteId(asked.value.id);
    if (!id.ok) return problem('malformed_request', 'id is a lower-case name, such as shop.');
    const [origins, floor] = [checkOrigins(asked.value.origins), checkSiteFloor(asked.value.floor)];
    if (!origins.ok) return problem('malformed_request', HELP[origins.error]);
    if (!floor.ok) return problem('malformed_request', HELP[floor.error]);
    const { policy } = asked.value;
    const site = { id: id.value, origins: origins.value, policy, floor: floor.value, at: port.now() };
    if ((await addSite(port.ground, site)) === 'exists') return problem('site_exists', 'Choose another id.');
    return privateJson(context, { id: site.id, origins: site.origins, preset: policy, floor: site.floor }, 201);
  });
  app.patch('/v1/sites/:site', describeSettings, scopesOf(port, tokenKeys)('settings:write'), async (context) => {
    const asked = await readJson(context, settingsSchema, SETTINGS_HELP);
    if (!asked.ok) return asked.error;
    const site = context.get('site');
    const { origins: asOrigins, floor: asFloor } = asked.value;
    const origins = asOrigins === undefined ? undefined : checkOrigins(asOrigins);
    const floor = asFloor === undefined ? undefined : checkSiteFloor(asFloor);
    if (origins?.ok === false) return problem('malformed_request', HELP[origins.error]);
    if (floor?.ok === false) return problem('malformed_request', HELP[floor.error]);
    // What is not named stays what it is then, which may be what somebody else has just made it.
    const settings = await changeSite(
      port.ground,
      site,
      (now) => ({ origins: origins?.value ?? now.origins, floor: floor?.value ?? now.floor }),
      { at: port.now(), by: context.get('token') },
    );
    return privateJson(context, { id: site.id, ...settings, preset: site.policy.preset });
  });
  return app;
}
