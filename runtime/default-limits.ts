// runtime/default-limits.ts: rates for sites whose operator said nothing.
import type { Limits } from '../edge/index.ts';

/** A page sends a few events a second at most; behind one address may sit an office. */
export const DEFAULT_LIMITS: Limits = { siteEventsPerSecond: 2_000, addressEventsPerSecond: 100 };
