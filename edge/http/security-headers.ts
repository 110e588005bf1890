// edge/http/security-headers.ts: what every answer tells a browser not to do with it.

/** For the busiest routes, which answer fetches and no page: each byte of theirs is sent with every page view. */
export const BRIEF_HEADERS: Readonly<Record<string, string>> = { 'x-content-type-options': 'nosniff' };

/**
 * For everything else. A route that answers a page states a policy of its own; no route may be framed.
 * No Strict-Transport-Security: the edge may share its host with pages of the site, for which it does not speak.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  ...BRIEF_HEADERS,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Paths that pages of sites fetch from. */
const BUSY: ReadonlySet<string> = new Set(['/v1/collect', '/v1/pixel.gif', '/v1/consent/status', '/v1/me/segments']);

/** The headers of an answer at a path. */
export const headersFor = (path: string): Readonly<Record<string, string>> =>
  BUSY.has(path) || path.startsWith('/tag') ? BRIEF_HEADERS : SECURITY_HEADERS;
