// bench/segmenter/live.ts: fifty rules over a made-up shop: conditions of every kind, some about others.
import type { Condition } from '../../contract/index.ts';
import { ok } from '../../contract/index.ts';
import type { Db, SiteRow } from '../../store/index.ts';
import { putRuleSegment } from '../../store/index.ts';

const NAMES = ['page_view', 'view_item', 'add_to_cart', 'begin_checkout', 'purchase'];
const WINDOWS = [1, 7, 30, 90];
/** How many rules there are: as many as a site may have. */
export const RULES = 50;

function conditionOf(nth: number): Condition {
  const event = NAMES[nth % NAMES.length] ?? 'page_view';
  const days = WINDOWS[nth % WINDOWS.length] ?? 7;
  const often: Condition = { event, at_least: 1 + (nth % 4), within_days: days };
  switch (nth % 5) {
    case 0:
      return often;
    case 1:
      return { all: [often, { not: { event: 'purchase', within_days: days } }] };
    case 2:
      return { all: [{ trait: 'frequency', at_least: nth % 3 }, often] };
    case 3:
      return { sequence: ['view_item', 'purchase'], within_days: days };
    default:
      return { any: [{ category: `c${nth % 40}`, of: 'viewed', at_least: 2 }, { segment: `rule-${nth - 4}` }] };
  }
}

/** Gives a site its rules. */
export async function setRules(db: Db, site: { readonly row: SiteRow; readonly id: string }): Promise<void> {
  for (let nth = 0; nth < RULES; nth += 1) {
    const segment = { id: `rule-${nth}`, name: `Rule ${nth}`, rule: { version: 1 as const, where: conditionOf(nth) } };
    const kept = await putRuleSegment(db, site, () => ok(segment), nth);
    if (!kept.ok) throw new Error(kept.error.reason);
  }
}
