// core/rules/order.ts: rules that speak of segments come after those.
import type { Condition, Result, SegmentRule } from '../../contract/index.ts';
import { err, ok } from '../../contract/index.ts';

/** A rule segment as it is kept. */
export interface RuleSegment {
  readonly id: string;
  readonly name: string;
  readonly rule: SegmentRule;
}

/**
 * Puts rules in an order in which each comes after those it speaks of.
 * @returns the ids of a circle where there is one: each speaks of the next, and none could be computed first.
 */
export function orderRules(segments: readonly RuleSegment[]): Result<readonly RuleSegment[], readonly string[]> {
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const ordered: RuleSegment[] = [];
  const done = new Set<string>();
  const visit = (segment: RuleSegment, path: readonly string[]): readonly string[] | undefined => {
    if (done.has(segment.id)) return undefined;
    const from = path.indexOf(segment.id);
    if (from !== -1) return path.slice(from);
    for (const id of segmentsIn(segment.rule.where)) {
      const before = byId.get(id);
      const circle = before === undefined ? undefined : visit(before, [...path, segment.id]);
      if (circle !== undefined) return circle;
    }
    done.add(segment.id);
    ordered.push(segment);
    return undefined;
  };
  for (const segment of segments) {
    const circle = visit(segment, []);
    if (circle !== undefined) return err(circle);
  }
  return ok(ordered);
}

/** The conditions that a condition is made of, down to those that are made of no others. */
function leavesOf(condition: Condition): readonly Condition[] {
  if ('all' in condition) return condition.all.flatMap(leavesOf);
  if ('any' in condition) return condition.any.flatMap(leavesOf);
  return 'not' in condition ? leavesOf(condition.not) : [condition];
}

/** The traits a condition speaks of. */
export const traitsIn = (condition: Condition): readonly string[] =>
  leavesOf(condition).flatMap((leaf) => ('trait' in leaf ? [leaf.trait] : []));

/** The segments whose closest others a condition asks for. */
export const alikeIn = (condition: Condition): readonly string[] =>
  leavesOf(condition).flatMap((leaf) => ('alike' in leaf ? [leaf.alike] : []));

/** The segments a condition speaks of. */
export const segmentsIn = (condition: Condition): readonly string[] =>
  leavesOf(condition).flatMap((leaf) => ('segment' in leaf ? [leaf.segment] : 'alike' in leaf ? [leaf.alike] : []));
