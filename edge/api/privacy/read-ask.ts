// edge/api/privacy/read-ask.ts: reads a request about somebody's data at the border.
import * as v from 'valibot';
import type { Result } from '../../../contract/index.ts';
import { err, ok, parseFirstPartyId, parseSiteId } from '../../../contract/index.ts';
import type { AccountKind } from '../../../core/index.ts';
import { parseAccountId } from '../../../core/index.ts';
import { REQUEST_KINDS } from '../../../store/index.ts';
import type { Ask, Subject } from './needs.ts';

/** Bytes of such a request at most. */
export const ASK_BYTES_MAX = 4_096;
const NAME_CHARS_MAX = 320;

const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(NAME_CHARS_MAX));
const firstPartyId = v.pipe(
  v.string(),
  v.check((text) => parseFirstPartyId(text).ok, 'first_party_id'),
);
const account = v.union([
  v.strictObject({ user_id: name }),
  v.strictObject({ email: name }),
  v.strictObject({ phone: name }),
]);
const kind = v.picklist(REQUEST_KINDS);

/** What an officer sends. */
export const officerAskSchema = v.strictObject({
  kind,
  subject: v.union([v.strictObject({ first_party_id: firstPartyId }), v.strictObject({ account })]),
});
/** What a visitor's own browser sends: showing the id is the proof. */
export const visitorAskSchema = v.strictObject({
  site: v.pipe(
    v.string(),
    v.check((text) => parseSiteId(text).ok, 'site'),
  ),
  kind,
  first_party_id: firstPartyId,
});

/** Why a request is refused; nothing of it is repeated. */
export type AskRefusal = 'malformed_json' | 'malformed_request';

function readJson(text: string): Result<unknown, AskRefusal> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return err('malformed_json');
  }
}

function byFirstPartyId(text: string): Subject {
  const id = parseFirstPartyId(text);
  // The schema has asked already.
  if (!id.ok) throw new TypeError('a checked first-party id is one');
  return { kind: 'first_party_id', firstPartyId: id.value };
}

/** Reads what an officer sent. @param callingCode the site's country for phone numbers without one. */
export function readOfficerAsk(text: string, callingCode?: string): Result<Pick<Ask, 'kind' | 'subject'>, AskRefusal> {
  const json = readJson(text);
  if (!json.ok) return json;
  const read = v.safeParse(officerAskSchema, json.value);
  if (!read.success) return err('malformed_request');
  const { kind: asked, subject } = read.output;
  if ('first_party_id' in subject) return ok({ kind: asked, subject: byFirstPartyId(subject.first_party_id) });
  const [named] = Object.entries(subject.account) as [AccountKind, string][];
  const id = named === undefined ? undefined : parseAccountId(...named, callingCode);
  return id?.ok === true
    ? ok({ kind: asked, subject: { kind: 'account', account: id.value } })
    : err('malformed_request');
}

/** Reads what a visitor sent. */
export function readVisitorAsk(
  text: string,
): Result<Pick<Ask, 'kind' | 'subject'> & { readonly site: string }, AskRefusal> {
  const json = readJson(text);
  if (!json.ok) return json;
  const read = v.safeParse(visitorAskSchema, json.value);
  if (!read.success) return err('malformed_request');
  return ok({ site: read.output.site, kind: read.output.kind, subject: byFirstPartyId(read.output.first_party_id) });
}
