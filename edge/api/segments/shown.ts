// edge/api/segments/shown.ts: rule segments in the form of the list that has clusters, too.
import { wordsOf } from '../../../core/index.ts';
import type { Db, SiteRow } from '../../../store/index.ts';
import { readRuleSegments } from '../../../store/index.ts';
import { readSizes } from './sizes.ts';

/** The site's rule segments as segments: a rule's words are its description, its members have no traits shown. */
export async function shownRuleSegments(
  db: Db,
  site: SiteRow,
): Promise<{ readonly id: string; readonly status: string }[]> {
  const { segments } = await readRuleSegments(db, site);
  const sizes = await readSizes(db, site, segments);
  return segments.map((segment) => {
    const { size, withheld, sizeAt } = sizes(segment);
    const { id, version, name, rule, updatedAt } = segment;
    const head = { id, kind: 'rule', version, at: sizeAt ?? updatedAt, label: name, description: wordsOf(rule.where) };
    return size === null
      ? { status: 'withheld', ...head, reason: withheld }
      : { status: 'published', ...head, visitors: size, traits: [] };
  });
}
