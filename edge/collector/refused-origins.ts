// edge/collector/refused-origins.ts: tells the operator's log which origin a site refuses, so that an owner sees why nothing arrives.
import { HOUR_MS } from '../../contract/index.ts';
import type { SiteId } from '../../contract/index.ts';
import { checkOrigins } from '../../core/index.ts';
import type { Port } from '../port.ts';

/** Lines an hour, of all sites together: whoever sends made-up origins must not fill the log. */
export const ORIGIN_LINES_MAX = 20;
/** Characters of an origin that is named; those of real pages are far shorter. */
export const ORIGIN_CHARS_MAX = 100;

/** What is said of an origin: itself where it is one, scheme and host alone; never what only calls itself so (P1). */
function inWords(origin: string | undefined): string {
  if (origin === undefined) return 'none';
  return origin.length <= ORIGIN_CHARS_MAX && checkOrigins([origin]).ok ? origin : 'malformed';
}

/** Notes a refusal: each origin of a site once an hour, and at most {@link ORIGIN_LINES_MAX} of them. */
export type NoteOrigin = (site: SiteId, origin: string | undefined) => void;

/** Makes it. */
export function noteRefusedOrigins({ now, log }: Pick<Port, 'now' | 'log'>): NoteOrigin {
  let hour = -1;
  let said = new Set<string>();
  return (site, refused) => {
    const current = Math.floor(now() / HOUR_MS);
    if (current !== hour) [hour, said] = [current, new Set()];
    const origin = inWords(refused);
    const key = `${site} ${origin}`;
    if (said.size >= ORIGIN_LINES_MAX || said.has(key)) return;
    said.add(key);
    log('warn', 'origin_refused', { site, origin });
  };
}
