// core/rules/check-segment.ts: whether a rule segment may be kept beside those a site has.
import type { Result } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';
import type { RuleSegment } from './order.ts';
import { orderRules, segmentsIn } from './order.ts';
import type { RuleProblem } from './parse.ts';
import { parseRule } from './parse.ts';

/** Rule segments of one site: bounds what one visitor's event costs. */
export const RULE_SEGMENTS_MAX = 50;
/** Characters of a rule segment's name. */
export const SEGMENT_NAME_CHARS_MAX = 100;
/** What ids of clusters begin with; rule segments have none of these. */
export const CLUSTER_PREFIX = 'cluster-';

/** Why a rule segment is not kept. */
export type SegmentRefusal =
  | { readonly reason: 'bad_id' | 'bad_name' | 'too_many_segments' | 'in_use' }
  | { readonly reason: 'bad_rule'; readonly problems: readonly RuleProblem[] }
  /** Each speaks of the next, and the last of the first. */
  | { readonly reason: 'circle'; readonly ids: readonly string[] };

/** What a segment's rule may speak of besides the site's other rule segments. */
export interface SegmentWords {
  readonly traits: ReadonlySet<string>;
  /** Ids of clusters that the site has. */
  readonly clusters: readonly string[];
}

/** Checks a rule segment that is to be kept, new or over the one of its id. `rule` is parsed JSON. */
export function checkRuleSegment(
  { id, name, rule }: { readonly id: string; readonly name: string; readonly rule: unknown },
  held: readonly RuleSegment[],
  words: SegmentWords,
): Result<RuleSegment, SegmentRefusal> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id) || id.startsWith(CLUSTER_PREFIX)) return err({ reason: 'bad_id' });
  const title = name.trim();
  // oxlint-disable-next-line no-control-regex -- a name is shown on terminals.
  if (title === '' || title.length > SEGMENT_NAME_CHARS_MAX || /[\u0000-\u001f\u007f]/.test(title)) {
    return err({ reason: 'bad_name' });
  }
  const others = held.filter((segment) => segment.id !== id);
  if (others.length >= RULE_SEGMENTS_MAX) return err({ reason: 'too_many_segments' });
  const segments = new Set([...others.map((segment) => segment.id), ...words.clusters]);
  const parsed = parseRule(rule, { traits: words.traits, segments, own: id });
  if (!parsed.ok) return err({ reason: 'bad_rule', problems: parsed.error });
  const segment = { id, name: title, rule: parsed.value };
  const ordered = orderRules([...others, segment]);
  return ordered.ok ? ok(segment) : err({ reason: 'circle', ids: ordered.error });
}

/** Whether a rule segment may go: not while another's rule speaks of it. */
export const checkRemoval = (id: string, held: readonly RuleSegment[]): Result<undefined, SegmentRefusal> =>
  held.some((segment) => segmentsIn(segment.rule.where).includes(id)) ? err({ reason: 'in_use' }) : ok(undefined);
