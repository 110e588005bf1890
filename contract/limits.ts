// contract/limits.ts: every maximum of the wire. The tag stays below them, the edge enforces them.

/** Body of one request from a browser, bytes. `sendBeacon` and keepalive share 64 KiB (Fetch standard §4.6). */
export const BODY_BYTES_MAX = 65_536;
/** Body of one request with an import token, bytes. */
export const IMPORT_BODY_BYTES_MAX = 1_048_576;
/** Events in one batch; those past it are refused one by one as `over_limit`. */
export const BATCH_EVENTS_MAX = 100;
/** Characters of a consent platform's string; a TC string with every vendor has some 1,500. */
export const CONSENT_STRING_CHARS_MAX = 8_192;
/** Items in one event. GA4 stops at 200; a wholesale invoice has more. */
export const ITEMS_MAX = 1_000;
/** Properties of one event. */
export const PROPERTIES_MAX = 25;
/** Characters of a property's name. */
export const PROPERTY_NAME_CHARS_MAX = 40;
/** Characters of a property's value. */
export const PROPERTY_VALUE_CHARS_MAX = 500;
/** All of one event's properties as JSON, characters. */
export const PROPERTIES_CHARS_MAX = 4_096;
/** Characters of a URL or referrer. */
export const URL_CHARS_MAX = 2_048;
/** Characters of a title, item name, category, coupon or other short text. */
export const TEXT_CHARS_MAX = 300;
/** The largest amount, minor units: keeps sums of 9 million such amounts exact in a double. */
export const AMOUNT_MAX = 1_000_000_000;
/** The largest quantity of one item. */
export const QUANTITY_MAX = 10_000_000;
