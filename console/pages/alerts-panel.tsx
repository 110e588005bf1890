// console/pages/alerts-panel.tsx: what is not as it was to be expected of late: days, sizes of segments, segments that drift.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, usePathOf, useSite, useWords } from '../app/context.ts';
import { Badge } from '../parts/badge.tsx';
import { Link } from '../parts/link.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Not as expected', '异常提醒'],
  note: [
    'Of the last seven days, of each segment’s last size, and of segments that may mean something else than before.',
    '涵盖最近七天、各群体最近一次人数,以及含义可能已变化的群体。',
  ],
  none: ['Nothing is out of the ordinary.', '一切正常。'],
  what: ['What', '项目'],
  when: ['When', '时间'],
  views: ['Views', '浏览量'],
  visits: ['Visits', '访问次数'],
  visitors: ['Visitors', '访客'],
  orders: ['Orders', '订单'],
  revenue: ['Revenue', '收入'],
  size: ['Size of {segment}', '{segment} 的规模'],
  drift: ['Version {n}: segments drift', '版本 {n}:群体含义漂移'],
  value: ['Was', '实际'],
  expected: ['Expected', '预期'],
  range: ['{n} ({low} to {high})', '{n}({low} 至 {high})'],
  above: ['above', '高于预期'],
  below: ['below', '低于预期'],
} as const;

const range = { expected: v.number(), low: v.number(), high: v.number(), direction: v.picklist(['above', 'below']) };
const METRICS = ['views', 'visits', 'visitors', 'orders', 'revenue'] as const;
const alertsSchema = v.object({
  alerts: v.array(
    v.variant('kind', [
      v.object({
        kind: v.literal('metric'),
        metric: v.picklist(METRICS),
        date: v.string(),
        value: v.number(),
        ...range,
      }),
      v.object({
        kind: v.literal('segment_size'),
        segment: v.string(),
        at: v.number(),
        visitors: v.number(),
        ...range,
      }),
      v.object({ kind: v.literal('drift'), version: v.number(), at: v.number() }),
    ]),
  ),
});
type Alert = v.InferOutput<typeof alertsSchema>['alerts'][number];

const keyOf = (alert: Alert): string =>
  alert.kind === 'metric'
    ? `${alert.metric} ${alert.date}`
    : alert.kind === 'segment_size'
      ? alert.segment
      : `drift ${alert.version}`;

function What({ alert }: { readonly alert: Alert }): JSX.Element {
  const say = useWords(WORDS);
  const pathOf = usePathOf();
  const { number } = useFormats();
  if (alert.kind === 'metric') return <>{say(alert.metric)}</>;
  if (alert.kind === 'drift') return <Link to={pathOf('clusters')}>{say('drift', { n: number(alert.version) })}</Link>;
  const { segment } = alert;
  const page = segment.startsWith('cluster-') ? 'segments' : 'rules';
  return <Link to={pathOf(page, segment)}>{say('size', { segment })}</Link>;
}

/** The panel. Its numbers were published before, so looking costs nothing. */
export function AlertsPanel(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { day, number } = useFormats();
  const read = useRead({ path: '/v1/sites/{site}/alerts', params: { site } }, alertsSchema);
  const valueOf = (alert: Alert): JSX.Element | string => {
    if (alert.kind === 'drift') return '—';
    const value = alert.kind === 'metric' ? alert.value : alert.visitors;
    return (
      <>
        {number(value)} <Badge tone="warn">{say(alert.direction)}</Badge>
      </>
    );
  };
  const expectedOf = (alert: Alert): string =>
    alert.kind === 'drift'
      ? '—'
      : say('range', { n: number(alert.expected), low: number(alert.low), high: number(alert.high) });
  return (
    <ReadPanel title={say('title')} note={say('note')} read={read} height={60}>
      {({ alerts }) =>
        alerts.length === 0 ? (
          <p class="note">{say('none')}</p>
        ) : (
          <Table
            label={say('title')}
            rows={alerts}
            keyOf={keyOf}
            columns={[
              { head: say('what'), cell: (alert) => <What alert={alert} />, isName: true },
              { head: say('when'), cell: (alert) => day(alert.kind === 'metric' ? alert.date : alert.at) },
              { head: say('value'), cell: valueOf },
              { head: say('expected'), cell: expectedOf },
            ]}
          />
        )
      }
    </ReadPanel>
  );
}
