// runtime/metrics-token.ts: what may be the token of `GET /metrics`, the same on every platform.

/** Whether a token is long enough not to be guessed and has nothing in it that a header would change. */
export const isMetricsToken = (text: string): boolean => /^[A-Za-z0-9._~+/=-]{20,256}$/.test(text);
/** What to say of one that is not. */
export const METRICS_TOKEN_PROBLEM =
  'HUSHTAG_METRICS_TOKEN must be 20 to 256 letters, digits and . _ ~ + / = -: make one with `openssl rand -base64 32`';
