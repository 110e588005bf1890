// edge/http/problem.ts: every error the edge answers, as problem+json (RFC 9457).
import type { Answer } from './exchange.ts';
import { responseOf } from './exchange.ts';
import { ENCODINGS_TAKEN } from './inflate.ts';

interface Kind {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 501 | 503;
  readonly title: string;
}

/** The closed list of problem types; each is explained in docs/errors.md under its name. */
export const PROBLEMS = {
  body_too_large: { status: 413, title: 'The body is larger than this endpoint takes' },
  unsupported_encoding: { status: 415, title: 'The body is packed in a way this server does not take' },
  malformed_encoding: { status: 400, title: 'The body is not packed as it says' },
  malformed_csv: { status: 400, title: 'The body is not CSV' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  malformed_batch: { status: 400, title: 'The body is not a message of this version' },
  malformed_request: { status: 400, title: 'The query or body is not what this address takes' },
  unknown_version: { status: 400, title: 'The message has a version this server does not know' },
  unknown_site: { status: 400, title: 'There is no site of this name here' },
  origin_not_allowed: { status: 403, title: 'This site takes no events from this origin' },
  site_mismatch: { status: 403, title: 'The token belongs to another site' },
  token_missing: { status: 401, title: 'A token is needed' },
  token_invalid: { status: 401, title: 'The token is not valid' },
  token_expired: { status: 401, title: 'The token has expired' },
  token_revoked: { status: 401, title: 'The token was taken back' },
  scope_missing: { status: 403, title: 'The token or role lacks the scope this needs' },
  login_refused: { status: 401, title: 'The code or token does not log anybody in' },
  session_ended: { status: 401, title: 'Nobody is logged in, or the session has ended' },
  csrf_missing: { status: 403, title: 'The request does not show that a page of ours made it' },
  idempotency_reused: { status: 409, title: 'Another request was made under this Idempotency-Key' },
  site_exists: { status: 409, title: 'There is another site of this id' },
  segment_refused: { status: 400, title: 'The segment or its rule is not right' },
  segment_exists: { status: 409, title: 'The site has another segment of this id' },
  segment_too_small: { status: 409, title: 'The segment is too small to be exported' },
  export_too_large: { status: 409, title: 'There are more events than one export may have' },
  segment_in_use: { status: 409, title: 'Another segment speaks of this one' },
  traits_refused: { status: 400, title: 'These can not be the traits of a site' },
  trait_in_use: { status: 409, title: 'A rule speaks of a trait that is left out' },
  still_running: { status: 409, title: 'The same request is still under way' },
  login_taken: { status: 409, title: 'Somebody logs in with this address already' },
  last_owner: { status: 409, title: 'Nobody would own the installation any more' },
  policy_refused: { status: 400, title: 'This can not be the policy of a site' },
  policy_changed: { status: 409, title: 'The policy was changed by somebody else meanwhile' },
  audit_altered: { status: 409, title: 'The audit log no longer continues what was signed' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, title: 'This address takes other methods' },
  rate_limited: { status: 429, title: 'Too many in a short time; send it again later' },
  not_here: { status: 501, title: 'The platform this server runs on can not do this' },
  queue_full: { status: 503, title: 'The collector is busy; send it again later' },
  storage_unavailable: { status: 503, title: 'The collector cannot store now; send it again later' },
  internal: { status: 500, title: 'Something broke on our side' },
} as const satisfies Readonly<Record<string, Kind>>;

/** A problem's stable name. */
export type ProblemName = keyof typeof PROBLEMS;

/** Seconds a client should wait after a 503. */
export const RETRY_AFTER_SECONDS = 2;

/** Makes the answer. `detail` says what to do; it never repeats what the client sent, and neither do `members` beside it. */
export function problemAnswer(
  name: ProblemName,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, unknown>> = {},
): Answer {
  const { status, title } = PROBLEMS[name];
  return {
    status,
    body: JSON.stringify({ type: `urn:hushtag:problem:${name}`, title, status, detail, ...members }),
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {}),
      // RFC 9110 §12.5.3: on a 415 it says how bodies may be packed.
      ...(status === 415 ? { 'accept-encoding': ENCODINGS_TAKEN } : {}),
      ...(status === 401
        ? { 'www-authenticate': `Bearer error="${name === 'token_missing' ? 'invalid_request' : 'invalid_token'}"` }
        : {}),
      ...headers,
    },
  };
}

/** The same as the web's class. */
export const problem = (
  name: ProblemName,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, unknown>> = {},
): Response => responseOf(problemAnswer(name, detail, headers, members));
