// console/pages/segments.tsx: the released segments, and one of them.
import type { JSX } from 'preact';
import { useConsole } from '../app/context.ts';
import { SegmentList } from './segment-list.tsx';
import { SegmentView } from './segment-view.tsx';

/** The list, or the segment the address names. */
export function SegmentsPage(): JSX.Element {
  const { item } = useConsole().route;
  return item === undefined ? <SegmentList /> : <SegmentView id={item} />;
}
