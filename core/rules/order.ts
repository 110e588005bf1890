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

/** The traits a condition speaks of. */
export function traitsIn(condition: Condition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(traitsIn);
  if ('any' in condition) return condition.any.flatMap(traitsIn);
  if ('not' in condition) return traitsIn(condition.not);
  return 'trait' in condition ? [condition.trait] : [];
}

/** The segments a condition speaks of. */
export function segmentsIn(condition: Condition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(segmentsIn);
  if ('any' in condition) return condition.any.flatMap(segmentsIn);
  if ('not' in condition) return segmentsIn(condition.not);
  if ('alike' in condition) return [condition.alike];
  return 'segment' in condition ? [condition.segment] : [];
}

/** The segments whose closest others a condition asks for. */
export function alikeIn(condition: Condition): readonly string[] {
  if ('all' in condition) return condition.all.flatMap(alikeIn);
  if ('any' in condition) return condition.any.flatMap(alikeIn);
  if ('not' in condition) return alikeIn(condition.not);
  return 'alike' in condition ? [condition.alike] : [];
}
