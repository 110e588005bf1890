// console/pages/trends.tsx: each day against what was to be expected of it, days that were not as expected, and a forecast.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, useQuery, useSite, useWords } from '../app/context.ts';
import { Badge } from '../parts/badge.tsx';
import { DaysChoice, useDays } from '../parts/days-choice.tsx';
import { SelectField } from '../parts/field.tsx';
import { LineChart } from '../parts/line-chart.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { AlertsPanel } from './alerts-panel.tsx';

const WORDS = {
  title: ['Trends', '趋势'],
  lead: ['Each day against what was to be expected of it.', '每日数值与预期对比。'],
  metric: ['Shown', '指标'],
  views: ['Views', '浏览量'],
  visits: ['Visits', '访问次数'],
  visitors: ['Visitors', '访客'],
  orders: ['Orders', '订单'],
  revenue: ['Revenue', '收入'],
  value: ['Measured', '实际'],
  expected: ['Expected', '预期'],
  low: ['Low', '下限'],
  high: ['High', '上限'],
  anomalies: ['Days that were not as expected', '异常日期'],
  noAnomalies: ['Every day was as expected.', '每天都符合预期。'],
  day: ['Day', '日期'],
  above: ['above', '高于预期'],
  below: ['below', '低于预期'],
  refused: ['No trend can be said of these days', '该时段无法给出趋势'],
  too_few_days: [
    'It needs some weeks of numbers. Choose a longer period, or wait.',
    '需要数周的数据。请选择更长时段,或等待。',
  ],
  days_withheld: ['Too many days are withheld: fewer people than the floor came.', '过多日期不予显示:人数低于下限。'],
  value_out_of_range: ['A day is larger than this can reckon with.', '某日数值超出可计算范围。'],
} as const;
// Of four weeks, which other pages show, no trend can be said.
const DAYS_SHOWN = 90;
const SHOWN_PX = 320;
const METRICS = ['views', 'visits', 'visitors', 'orders', 'revenue'] as const;
const REASONS = ['too_few_days', 'days_withheld', 'value_out_of_range'] as const;

const point = v.object({
  date: v.string(),
  value: v.optional(v.number()),
  expected: v.number(),
  low: v.number(),
  high: v.number(),
  anomaly: v.optional(v.picklist(['above', 'below'])),
});
type Point = v.InferOutput<typeof point>;
const trendSchema = v.variant('status', [
  v.object({
    status: v.literal('ready'),
    // A server of an earlier version does not say it.
    currency: v.optional(v.nullable(v.string()), null),
    days: v.array(point),
    forecast: v.array(point),
  }),
  v.object({ status: v.literal('refused'), reason: v.string() }),
]);
type Ready = Extract<v.InferOutput<typeof trendSchema>, { readonly status: 'ready' }>;

/** How numbers of a trend are written: money as money. */
function useWriting({ currency }: Pick<Ready, 'currency'>): {
  readonly shown: (value: number) => string;
  readonly brief: (value: number) => string;
} {
  const { number, compact, money, moneyCompact } = useFormats();
  return useMemo(
    () =>
      currency === null
        ? { shown: number, brief: compact }
        : { shown: (value) => money(value, currency), brief: (value) => moneyCompact(value, currency) },
    [currency, number, compact, money, moneyCompact],
  );
}

function Chart({ trend }: { readonly trend: Ready }): JSX.Element {
  const say = useWords(WORDS);
  const writing = useWriting(trend);
  const points = useMemo(() => [...trend.days, ...trend.forecast], [trend]);
  const days = useMemo(() => points.map(({ date }) => date), [points]);
  const lines = useMemo(
    () =>
      (['value', 'expected', 'low', 'high'] as const).map((name) => ({
        name: say(name),
        values: points.map((one) => one[name] ?? null),
        ...writing,
      })),
    [points, say, writing],
  );
  const marks = useMemo(
    () => points.filter(({ anomaly }) => anomaly !== undefined).map(({ date }) => ({ day: date, text: date })),
    [points],
  );
  return <LineChart label={say('title')} days={days} lines={lines} marks={marks} />;
}

function Anomalies({ trend }: { readonly trend: Ready }): JSX.Element {
  const say = useWords(WORDS);
  const { day } = useFormats();
  const { shown } = useWriting(trend);
  const points: readonly Point[] = trend.days.filter(({ anomaly }) => anomaly !== undefined);
  if (points.length === 0) return <p class="note">{say('noAnomalies')}</p>;
  return (
    <Table
      label={say('anomalies')}
      rows={[...points].reverse()}
      keyOf={({ date }) => date}
      columns={[
        { head: say('day'), cell: ({ date }) => day(date), isName: true },
        { head: say('value'), cell: ({ value }) => (value === undefined ? '—' : shown(value)), isNumber: true },
        { head: say('expected'), cell: ({ expected }) => shown(Math.round(expected)), isNumber: true },
        { head: '±', cell: ({ anomaly }) => <Badge tone="warn">{say(anomaly ?? 'above')}</Badge> },
      ]}
    />
  );
}

/** The page. */
export function TrendsPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const days = useDays(DAYS_SHOWN);
  const { query, setQuery } = useQuery();
  const metric = METRICS.find((one) => one === query.get('metric')) ?? 'views';
  const read = useRead({ path: '/v1/sites/{site}/trends', params: { site }, query: { ...days, metric } }, trendSchema);
  const trend = read.state.status === 'ready' ? read.state.value : undefined;
  return (
    <Page
      title={say('title')}
      note={say('lead')}
      filters={
        <>
          <DaysChoice last={DAYS_SHOWN} />
          <SelectField
            label={say('metric')}
            value={metric}
            options={METRICS.map((one) => [one, say(one)] as const)}
            onValue={(value) => setQuery({ metric: value })}
          />
        </>
      }
    >
      <ReadPanel title={say(metric)} read={read} height={SHOWN_PX}>
        {(answered) =>
          answered.status === 'refused' ? (
            // As high as what is drawn, so that the part below stays in its place.
            <div style={{ minHeight: `${SHOWN_PX}px` }}>
              <Notice icon="trends" title={say('refused')}>
                <p>{say(REASONS.find((one) => one === answered.reason) ?? 'too_few_days')}</p>
              </Notice>
            </div>
          ) : (
            <Chart trend={answered} />
          )
        }
      </ReadPanel>
      {trend?.status === 'ready' ? (
        <Panel title={say('anomalies')} question={read.question}>
          <Anomalies trend={trend} />
        </Panel>
      ) : null}
      <AlertsPanel />
    </Page>
  );
}
