// edge/api/access/people-openapi.ts: what the routes of people take and answer.
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';
import { parseSiteId } from '../../../contract/index.ts';
import type { SiteId } from '../../../contract/index.ts';
import { ROLES } from '../../../core/index.ts';
import { answer, idempotencyParameter, refusal, siteRefusals } from '../../http/describe.ts';
import { pageParameters, WHOLE } from '../read-json.ts';

const LABEL_CHARS_MAX = 80;
const EMAIL_CHARS_MAX = 320;
/** Roles of one person. */
const ROLES_MAX = 200;

const site = v.pipe(
  v.string(),
  v.check((text) => parseSiteId(text).ok, 'site'),
  v.transform((text) => text as SiteId),
);
const roles = v.pipe(
  v.array(v.strictObject({ site: v.nullable(site), role: v.picklist(ROLES) })),
  v.minLength(1),
  v.maxLength(ROLES_MAX),
  v.check((held) => new Set(held.map((one) => one.site)).size === held.length, 'one role a site'),
);
const label = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(LABEL_CHARS_MAX));
/** An address that somebody logs in with, as a provider tells it: the same text whoever writes it. */
export const emailSchema = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(EMAIL_CHARS_MAX),
  v.regex(/^[^\s@]+@[^\s@]+$/),
  v.toLowerCase(),
);

/** Somebody to add. */
export const newPersonSchema = v.strictObject({ label, roles, email: v.optional(emailSchema) });
/** What may change of somebody. */
export const personChangeSchema = v.strictObject({
  label: v.optional(label),
  roles: v.optional(roles),
  email: v.optional(emailSchema),
});
/** What to send. */
export const PERSON_HELP = `Send {"label": …, "roles": [{"site": null or a site, "role": ${ROLES.join(' | ')}}]}, with "email" where they log in by a provider.`;

const personSchema = v.object({
  id: v.string(),
  label: v.string(),
  createdAt: v.number(),
  hasLoggedIn: v.boolean(),
  roles: v.array(v.object({ site: v.nullable(v.string()), role: v.picklist(ROLES) })),
});
// The rules above with what JSON Schema can say of them.
const bodySchema = v.object({
  label: v.optional(v.string()),
  roles: v.optional(v.array(v.object({ site: v.nullable(v.string()), role: v.picklist(ROLES) }))),
  email: v.optional(v.pipe(v.string(), v.description('Kept as a keyed hash alone'))),
});
const body = { content: { 'application/json': { schema: resolver(bodySchema) as object } } };
const security = [{ session: ['people:manage'] }];
const refusals = siteRefusals('people:manage');

/** GET /v1/people */
export const describePeople = describeRoute({
  summary: 'Those who may log in, with their roles',
  security,
  parameters: [...pageParameters(WHOLE)],
  responses: {
    200: answer(v.object({ people: v.array(personSchema), next: v.nullable(v.string()) }), 'Oldest first'),
    ...refusals,
  },
});
/** POST /v1/people */
export const describeNewPerson = describeRoute({
  summary: 'Adds somebody',
  security,
  parameters: [idempotencyParameter],
  requestBody: body,
  responses: {
    201: answer(personSchema, 'Who was added'),
    409: refusal('The address is somebody’s, or the Idempotency-Key was used for another request'),
    413: refusal('Too large'),
    ...refusals,
  },
});
/** GET /v1/people/{id} */
export const describePerson = describeRoute({
  summary: 'One of those who may log in',
  security,
  responses: { 200: answer(personSchema, 'The person'), ...refusals },
});
/** PATCH /v1/people/{id} */
export const describeChange = describeRoute({
  summary: 'Changes what somebody is called, may do, or logs in with; it holds at once',
  security,
  requestBody: body,
  responses: {
    200: answer(personSchema, 'The person'),
    409: refusal('Nobody would own all sites any more, or the address is somebody else’s'),
    413: refusal('Too large'),
    ...refusals,
  },
});
/** DELETE /v1/people/{id} */
export const describeRemoval = describeRoute({
  summary: 'Removes somebody with all that is kept of them; their sessions end at once',
  security,
  responses: {
    204: { description: 'They are removed' },
    409: refusal('Nobody would own all sites any more'),
    ...refusals,
  },
});
/** POST /v1/people/{id}/login-code */
export const describeCode = describeRoute({
  summary: 'Makes a code that logs them in once, in place of the one they had',
  description: 'The code is in this answer alone; sending it again makes another, and the one before it works no more.',
  security,
  responses: { 201: answer(v.object({ code: v.string(), minutes: v.number() }), 'The code'), ...refusals },
});
