// contract/segment-rule.ts: the language of rule segments, as the API takes it, the store keeps it and the segmenter runs it.
import type { PropertyValue } from './events.ts';
import type { Purpose } from './purposes.ts';

/** The version of the language; a rule of another is refused, never guessed at. */
export const RULE_VERSION = 1;
/** The widest window, days; what a profile holds day by day. */
export const WINDOW_DAYS_MAX = 90;
/** Conditions of one rule, and how deep they may be nested: bounds what one visitor costs. */
export const CONDITIONS_MAX = 50;
/** See {@link CONDITIONS_MAX}. */
export const CONDITION_DEPTH_MAX = 6;

/** How often, at least and at most; at least once where neither is said. */
interface HowOften {
  readonly at_least?: number;
  readonly at_most?: number;
}

/** A trait within limits, or known at all; one that a site defined may be a text. */
export interface TraitCondition {
  readonly trait: string;
  readonly at_least?: number;
  readonly at_most?: number;
  /** Exactly this. */
  readonly is?: PropertyValue;
  /** True: the profile says; false: it does not. Without this and limits: it says. */
  readonly known?: boolean;
}

/** An event so many times, in the last days (UTC days, today included) or ever. */
export interface EventCondition extends HowOften {
  readonly event: string;
  readonly within_days?: number;
}

/** One event and after it another, both in the last days. */
export interface SequenceCondition {
  readonly sequence: readonly [first: string, second: string];
  readonly within_days: number;
}

/**
 * Items of a category looked at, put into the cart or bought, ever. `interest`: points, 1 for one looked at, 3 carted, 5 bought,
 * half after four weeks.
 */
export interface CategoryCondition extends HowOften {
  readonly category: string;
  readonly of: 'viewed' | 'carted' | 'bought' | 'interest';
}

/** Views of pages about something, by a word of their paths and titles; half after four weeks. */
export interface TopicCondition extends HowOften {
  readonly topic: string;
}

/** Membership in another segment. */
export interface SegmentCondition {
  readonly segment: string;
}

/** What the visitor agreed to when last seen. */
export interface ConsentCondition {
  readonly consent: Purpose;
}

/** Shares of those outside a segment that may be asked for as its closest. */
export const CLOSEST = [0.01, 0.02, 0.05, 0.1, 0.2] as const;
/** One of them. */
export type Closest = (typeof CLOSEST)[number];

/** Among those most like the members of another segment, and not in it; nobody until a run has learned what they are like. */
export interface AlikeCondition {
  readonly alike: string;
  readonly closest: Closest;
}

/** One condition. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | TraitCondition
  | EventCondition
  | SequenceCondition
  | CategoryCondition
  | TopicCondition
  | SegmentCondition
  | AlikeCondition
  | ConsentCondition;

/** A rule: who is in the segment. */
export interface SegmentRule {
  readonly version: typeof RULE_VERSION;
  readonly where: Condition;
}
