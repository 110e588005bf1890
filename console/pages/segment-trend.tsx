// console/pages/segment-trend.tsx: a segment's published sizes, release by release.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useRead } from '../api/read.ts';
import type { SizesOverTime } from '../api/schemas.ts';
import { sizesSchema } from '../api/schemas.ts';
import { useFormats, useSite, useWords } from '../app/context.ts';
import { dayOf } from '../app/days.ts';
import { Badge } from '../parts/badge.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { LineChart } from '../parts/line-chart.tsx';
import { ReadPanel } from '../parts/panel.tsx';

const WORDS = {
  title: ['Size over time', '规模趋势'],
  note: ['Published sizes, release by release. Each carries its noise.', '各次发布的人数,均含噪声。'],
  visitors: ['Visitors', '访客'],
  expected: ['To be expected now', '当前预期'],
  range: ['{n} ({low} to {high})', '{n}({low} 至 {high})'],
  change: ['Change in 28 days', '28 天变化'],
  above: ['above', '高于预期'],
  below: ['below', '低于预期'],
  one: ['A trend shows once the segment was published a second time.', '再次发布后将显示趋势。'],
} as const;

const ALERT_TONE = 'warn';

/** What the sizes before lead to expect of the last. */
function Expected({ trend }: Pick<SizesOverTime, 'trend'>): JSX.Element | null {
  const say = useWords(WORDS);
  const { number } = useFormats();
  if (trend?.status !== 'ready') return null;
  const { expected, low, high, change28, alert } = trend;
  return (
    <Facts>
      <Fact name={say('expected')}>
        {say('range', { n: number(expected), low: number(low), high: number(high) })}{' '}
        {alert === null ? null : <Badge tone={ALERT_TONE}>{say(alert)}</Badge>}
      </Fact>
      <Fact name={say('change')}>{`${change28 > 0 ? '+' : ''}${number(change28)}`}</Fact>
    </Facts>
  );
}

function Chart({ sizes }: Pick<SizesOverTime, 'sizes'>): JSX.Element {
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
  const read = useRead({ path: '/v1/sites/{site}/segments/{id}/history', params: { site, id } }, sizesSchema);
  return (
    <ReadPanel title={say('title')} note={say('note')} read={read} height={60}>
      {({ sizes, trend }) => (
        <div class="stack">
          <Expected trend={trend} />
          <Chart sizes={sizes} />
        </div>
      )}
    </ReadPanel>
  );
}
