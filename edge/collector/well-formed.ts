// edge/collector/well-formed.ts: mends half characters, which UTF-8 can't hold and a database should not be made to.

// One escape after the other, so that an escaped backslash before a "u" is not taken for the start of one (RFC 8259 §7).
const ESCAPES = /\\(?:u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|u(d[89a-f][0-9a-f]{2})|[\s\S])/gi;

/** Replaces every escaped lone surrogate of a JSON text by U+FFFD; whole pairs and all else stay. */
export const mendSurrogates = (json: string): string =>
  /\\ud[89a-f]/i.test(json)
    ? json.replaceAll(ESCAPES, (escape: string, _high?: string, _low?: string, lone?: string) =>
        lone === undefined ? escape : '\\ufffd',
      )
    : json;
