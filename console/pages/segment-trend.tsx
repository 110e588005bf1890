// console/pages/segment-trend.tsx: a segment's published sizes, release by release.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, useSite, useWords } from '../app/context.ts';
import { dayOf } from '../app/days.ts';
import { LineChart } from '../parts/line-chart.tsx';
import { ReadPanel } from '../parts/panel.tsx';

const WORDS = {
  title: ['Size over time', '规模趋势'],
  note: ['Published sizes, release by release. Each carries its noise.', '各次发布的人数,均含噪声。'],
  visitors: ['Visitors', '访客'],
  one: ['A trend shows once the segment was published a second time.', '再次发布后将显示趋势。'],
} as const;

const historySchema = v.object({
  sizes: v.array(v.object({ version: v.number(), at: v.number(), visitors: v.nullable(v.number()) })),
});
type Sizes = v.InferOutput<typeof historySchema>['sizes'];

function Chart({ sizes }: { readonly sizes: Sizes }): JSX.Element {
  const say = useWords(WORDS);
  const { number } = useFormats();
  // Of several releases of a day the last stands for it.
  const byDay = useMemo(() => [...new Map(sizes.map((one) => [dayOf(one.at), one.visitors]))], [sizes]);
  const days = useMemo(() => byDay.map(([date]) => date), [byDay]);
  const lines = useMemo(
    () => [{ name: say('visitors'), values: byDay.map(([, visitors]) => visitors), shown: number }],
    [byDay, say, number],
  );
  if (days.length < 2) return <p class="note">{say('one')}</p>;
  return <LineChart label={say('title')} days={days} lines={lines} />;
}

/** The panel. */
export function SegmentTrend({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const read = useRead({ path: '/v1/sites/{site}/segments/{id}/history', params: { site, id } }, historySchema);
  return (
    <ReadPanel title={say('title')} note={say('note')} read={read} height={60}>
      {({ sizes }) => <Chart sizes={sizes} />}
    </ReadPanel>
  );
}
