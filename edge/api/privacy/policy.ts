// edge/api/privacy/policy.ts: a site's policy over the API: read with its versions, previewed, put in force.
import type { Context } from 'hono';
import { Hono } from 'hono';
import * as v from 'valibot';
import type { PolicyPreset, PurposeBits } from '../../../contract/index.ts';
import { bitsOf, DAY_MS, POLICIES, PURPOSES, purposesOf } from '../../../contract/index.ts';
import type { PolicyRefusal, SitePolicy } from '../../../core/index.ts';
import { checkSitePolicy, SCRUB_RULES } from '../../../core/index.ts';
import type { PolicyVersion } from '../../../store/index.ts';
import { readPolicyHistory, readTreated, setPolicy } from '../../../store/index.ts';
import { problem } from '../../http/problem.ts';
import type { Port } from '../../port.ts';
import { readJson, readPage } from '../read-json.ts';
import type { ApiEnv, RequireScope } from '../require-scope.ts';
import { privateJson } from '../require-scope.ts';
import { describePolicy, describePolicyPreview, describePolicyVersions, describeSetPolicy } from './openapi-policy.ts';
import { previewLines } from './policy-preview.ts';

const WITHOUT_CONSENT = ['day', 'count', 'drop'] as const;
const LIST_MAX = 50;
const ENTRY_CHARS_MAX = 100;
const list = v.pipe(v.array(v.pipe(v.string(), v.maxLength(ENTRY_CHARS_MAX))), v.maxLength(LIST_MAX));
const purposes = v.pipe(
  v.array(v.picklist(PURPOSES)),
  v.maxLength(PURPOSES.length),
  v.transform((said): PurposeBits => bitsOf(said)),
);
const presets = Object.keys(POLICIES) as [PolicyPreset, ...PolicyPreset[]];

/** A policy as it is sent: every field, purposes as words. */
export const policySchema = v.strictObject({
  preset: v.picklist(presets),
  unknown: v.picklist(WITHOUT_CONSENT),
  refused: v.picklist(WITHOUT_CONSENT),
  purposes,
  asks: purposes,
  channelData: v.boolean(),
  callingCode: v.pipe(v.string(), v.maxLength(3)),
  query: list,
  properties: v.picklist(SCRUB_RULES),
  allowedProperties: list,
  titles: v.picklist(SCRUB_RULES),
  allowedTitles: list,
});
const setSchema = v.strictObject({ policy: policySchema, version: v.pipe(v.number(), v.integer(), v.minValue(1)) });
const previewSchema = v.strictObject({ policy: policySchema });
const HELP =
  'Send {"policy": …} with every field that GET …/policy answers, and "version", the one you edited, to PUT.';

const REFUSALS: Readonly<Record<PolicyRefusal, string>> = {
  looser_than_preset: 'A site may make its preset stricter, never looser: choose another preset.',
  unknown_value: 'A field has a value that it does not take.',
  malformed_calling_code: 'callingCode is 1 to 3 digits, such as 44, or empty.',
  too_many_entries: 'A list has at most 50 entries.',
  malformed_entry: 'An entry has 1 to 100 characters; a query parameter letters, digits, "_", "-" and "." alone.',
  personal_query: 'Click ids and parameters that name a person are kept under no policy.',
};

const shown = (policy: SitePolicy): object => ({
  ...policy,
  purposes: purposesOf(policy.purposes),
  asks: purposesOf(policy.asks),
});

/** Versions told beside the policy in force; all of them have a route of their own. */
const VERSIONS_BESIDE = 200;
const shownVersion = ({ version, setAt, policy }: PolicyVersion): object => ({ version, setAt, policy: shown(policy) });

async function listVersions(context: Context<ApiEnv>, { db }: Port): Promise<Response> {
  const asked = readPage(context);
  if (!asked.ok) return asked.error;
  const { limit, cursor } = asked.value;
  if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) {
    return problem('malformed_request', 'cursor is the "next" of the page before.');
  }
  const site = context.get('site');
  const before = cursor === undefined ? {} : { before: Number(cursor) };
  const versions = (await readPolicyHistory(db, site.row, { ...before, limit })).reverse();
  const last = versions.at(-1)?.version ?? 1;
  return privateJson(context, {
    site: site.id,
    versions: versions.map(shownVersion),
    next: versions.length === limit && last > 1 ? String(last) : null,
  });
}

/** Makes the routes. */
export function createPolicyRoutes(port: Port, requireScope: RequireScope): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const [reading, writing] = [requireScope('policy:read'), requireScope('policy:write')];
  const base = '/v1/sites/:site/policy';

  app.get(base, describePolicy, reading, async (context) => {
    const site = context.get('site');
    const versions = await readPolicyHistory(port.db, site.row, { limit: VERSIONS_BESIDE });
    return privateJson(context, {
      site: site.id,
      version: site.policyVersion,
      policy: shown(site.policy),
      presets: Object.fromEntries(
        presets.map((preset) => [
          preset,
          { ...POLICIES[preset], purposes: purposesOf(POLICIES[preset].purposes), asks: [] },
        ]),
      ),
      versions: versions.map(shownVersion),
    });
  });

  app.get(`${base}/versions`, describePolicyVersions, reading, (context) => listVersions(context, port));

  app.put(base, describeSetPolicy, writing, async (context) => {
    const asked = await readJson(context, setSchema, HELP);
    if (!asked.ok) return asked.error;
    const checked = checkSitePolicy(asked.value.policy);
    if (!checked.ok) return problem('policy_refused', REFUSALS[checked.error]);
    const site = context.get('site');
    const again = 'Read the policy again and make your change on top of it.';
    if (asked.value.version !== site.policyVersion) return problem('policy_changed', again);
    const version = await setPolicy(port.db, site, checked.value, port.now());
    if (version === 'changed_meanwhile') return problem('policy_changed', again);
    return privateJson(context, { site: site.id, version, policy: shown(checked.value) });
  });

  app.post(`${base}/preview`, describePolicyPreview, reading, async (context) => {
    const asked = await readJson(context, previewSchema, HELP);
    if (!asked.ok) return asked.error;
    const checked = checkSitePolicy(asked.value.policy);
    if (!checked.ok) return problem('policy_refused', REFUSALS[checked.error]);
    const site = context.get('site');
    const yesterday = Math.floor(port.now() / DAY_MS) - 1;
    const treated = await readTreated(port.db, site.row, yesterday);
    return privateJson(context, { lines: previewLines(site.policy, checked.value, treated) });
  });
  return app;
}
