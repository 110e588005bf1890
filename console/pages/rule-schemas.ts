// console/pages/rule-schemas.ts: rule segments as the API answers them.
import * as v from 'valibot';
import type { SegmentRule } from '../../contract/index.ts';
import { budgetSchema } from '../api/schemas.ts';

const people = v.nullable(v.number());
const withheld = v.nullable(v.string());

/** One. The server has checked its rule; what it means is in contract/segment-rule.ts. */
export const ruleSegmentSchema = v.object({
  id: v.string(),
  name: v.string(),
  rule: v.custom<SegmentRule>((value) => typeof value === 'object' && value !== null && 'where' in value),
  version: v.number(),
  updatedAt: v.number(),
  size: people,
  withheld,
});
/** A rule segment. */
export type RuleSegment = v.InferOutput<typeof ruleSegmentSchema>;
/** All of a site. */
export const ruleSegmentsSchema = v.object({ segments: v.array(ruleSegmentSchema) });
/** What a rule would find. */
export const previewSchema = v.object({
  size: people,
  withheld,
  sampledOneIn: v.number(),
  conditions: v.array(v.object({ pointer: v.string(), words: v.string(), size: people, withheld })),
  budget: budgetSchema,
});
/** It. */
export type Preview = v.InferOutput<typeof previewSchema>;
