// edge/api/privacy/openapi-policy.ts: what the routes of policy, audit log and what is kept promise, for /openapi.json.
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { answer, refusal, siteRefusals } from '../../http/describe.ts';
import { PAGE_PARAMETERS } from '../read-json.ts';
import { budgetSchema } from '../reports/openapi.ts';

const words = v.array(v.string());
const policy = v.object({
  preset: v.string(),
  unknown: v.picklist(['day', 'count', 'drop']),
  refused: v.picklist(['day', 'count', 'drop']),
  purposes: words,
  asks: words,
  channelData: v.boolean(),
  callingCode: v.string(),
  query: words,
  properties: v.string(),
  allowedProperties: words,
  titles: v.string(),
  allowedTitles: words,
});
const publishing = v.object({
  floor: v.number(),
  margin: v.number(),
  releases: v.object({ used: v.number(), of: v.number(), nextAt: v.nullable(v.number()) }),
  budget: budgetSchema,
  segments: v.object({
    of: v.number(),
    withheld: v.array(v.object({ reason: v.string(), segments: v.number() })),
  }),
});
const security = (scope: string) => [{ token: [scope] }, { session: [scope] }];
const body = (schema: v.GenericSchema) => ({
  required: true,
  content: { 'application/json': { schema: resolver(schema) as object } },
});

const versions = v.array(v.object({ version: v.number(), setAt: v.number(), policy }));

/** GET /v1/sites/{site}/policy */
export const describePolicy = describeRoute({
  summary: 'The policy in force with the 200 newest of its versions, and what each preset says',
  security: security('policy:read'),
  responses: {
    200: answer(
      v.object({
        site: v.string(),
        version: v.number(),
        policy,
        presets: v.record(v.string(), v.looseObject({})),
        versions,
      }),
      'The policy',
    ),
    ...siteRefusals('policy:read'),
  },
});
/** GET /v1/sites/{site}/policy/versions */
export const describePolicyVersions = describeRoute({
  summary: 'Every version of the policy, newest first',
  security: security('policy:read'),
  parameters: [...PAGE_PARAMETERS],
  responses: {
    200: answer(v.object({ site: v.string(), versions, next: v.nullable(v.string()) }), 'Newest first'),
    ...siteRefusals('policy:read'),
  },
});
/** PUT /v1/sites/{site}/policy */
export const describeSetPolicy = describeRoute({
  summary: 'Puts a policy in force as the next version; what collects takes it over within seconds',
  security: security('policy:write'),
  requestBody: body(v.object({ policy, version: v.number() })),
  responses: {
    200: answer(v.object({ site: v.string(), version: v.number(), policy }), 'It is in force'),
    409: refusal('The policy is not at the version that was edited any more'),
    413: refusal('Too large'),
    ...siteRefusals('policy:write'),
  },
});
/** POST /v1/sites/{site}/policy/preview */
export const describePolicyPreview = describeRoute({
  summary: 'What would have become of yesterday’s events under another policy, in words',
  security: security('policy:read'),
  requestBody: body(v.object({ policy })),
  responses: {
    200: answer(v.object({ lines: words }), 'A sentence, and one for events that were treated alike'),
    413: refusal('Too large'),
    ...siteRefusals('policy:read'),
  },
});

/** GET /v1/sites/{site}/audit */
export const describeAudit = describeRoute({
  summary:
    'The audit log from its first entry on, or from its newest back; entries of other sites are there as their commitments alone',
  security: security('audit:read'),
  parameters: [
    ...PAGE_PARAMETERS,
    { name: 'order', in: 'query', schema: { type: 'string', enum: ['oldest', 'newest'], default: 'oldest' } },
  ],
  responses: {
    200: answer(
      v.object({
        size: v.number(),
        entries: v.array(
          v.object({
            index: v.number(),
            commitment: v.string(),
            nonce: v.optional(v.string()),
            entry: v.optional(v.string()),
          }),
        ),
        next: v.nullable(v.string()),
      }),
      'A page of entries',
    ),
    ...siteRefusals('audit:read'),
  },
});
/** POST /v1/sites/{site}/audit/checkpoint */
export const describeCheckpoint = describeRoute({
  summary: 'Signs the audit log as it is: a note to keep elsewhere, with the public key that checks it',
  security: security('audit:read'),
  responses: {
    200: answer(v.object({ size: v.number(), note: v.string(), publicKey: v.string() }), 'The signed note'),
    409: refusal('The log no longer continues what was signed before: somebody edited it'),
    ...siteRefusals('audit:read'),
  },
});

/** GET /v1/sites/{site}/privacy/overview */
export const describeKept = describeRoute({
  summary: 'What is kept of a site, for how long, under which salts, and what may still be published',
  security: security('privacy:read'),
  responses: {
    200: answer(
      v.object({
        site: v.string(),
        policy,
        version: v.number(),
        collecting: v.boolean(),
        gpcRemoves: words,
        held: v.array(v.object({ what: v.string(), about: v.string() })),
        fields: v.array(v.object({ field: v.string(), about: v.string() })),
        retention: v.array(
          v.object({ class: v.string(), limitDays: v.nullable(v.number()), oldestAt: v.nullable(v.number()) }),
        ),
        lastPurgeAt: v.nullable(v.number()),
        salts: v.array(
          v.object({
            use: v.string(),
            opensAt: v.number(),
            alive: v.boolean(),
            destroyedAt: v.nullable(v.number()),
            provenBy: v.nullable(v.number()),
          }),
        ),
        keysForget: v.boolean(),
        recipients: v.array(v.object({ name: v.string(), purpose: v.string() })),
        floor: v.number(),
        publishing,
        openRequests: v.number(),
      }),
      'What is kept',
    ),
    ...siteRefusals('privacy:read'),
  },
});
