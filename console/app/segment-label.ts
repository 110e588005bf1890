// console/app/segment-label.ts: what a segment is called and said to be, in the language in force.
import type { Segment } from '../api/schemas.ts';
import type { Language } from './words.ts';

/** Its label; its id where nothing of it is shown. Chinese where the release has it. */
export function labelOf(segment: Segment, language: Language): string {
  if (segment.status === 'withheld') return segment.id;
  return language === 'zh' ? (segment.zh?.label ?? segment.label) : segment.label;
}

/** Its description; '' where nothing of it is shown. */
export function descriptionOf(segment: Segment, language: Language): string {
  if (segment.status === 'withheld') return '';
  return language === 'zh' ? (segment.zh?.description ?? segment.description) : segment.description;
}
