// console/pages/overview.tsx: how the site did over some days, beside the days before them.
import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, usePathOf, useQuery, useSite, useWords } from '../app/context.ts';
import type { Formats } from '../app/formats.ts';
import { CopyCurl } from '../parts/copy.tsx';
import { DaysChoice, useDays } from '../parts/days-choice.tsx';
import { CheckField, SelectField } from '../parts/field.tsx';
import { FunnelBars } from '../parts/funnel-bars.tsx';
import { LineChart } from '../parts/line-chart.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadView } from '../parts/panel.tsx';
import { Notice, Withheld, WithheldMark } from '../parts/states.tsx';
import { Annotations, useAnnotations } from './annotations.tsx';
import { breakdownFields, OverviewParts } from './overview-parts.tsx';
import { SegmentChoice, SegmentTotals } from './segment-filter.tsx';

const WORDS = {
  title: ['Overview', '概览'],
  compare: ['Compare with the days before', '与前一时段对比'],
  views: ['Views', '浏览量'],
  visits: ['Visits', '访问次数'],
  visitors: ['Visitors', '访客'],
  orders: ['Orders', '订单'],
  revenue: ['Revenue', '收入'],
  before: ['{share} against {n} before', '较之前的 {n} {share}'],
  same: ['as before', '与之前持平'],
  chart: ['Day by day', '逐日'],
  measure: ['Shown', '显示'],
  none: ['Nothing to show for these days', '该时段没有可显示的数据'],
  noneDo: [
    'No page was viewed, and fewer people than the site’s floor did anything else. Choose other days, or put the tag into your pages.',
    '没有页面浏览,其他行为的人数也低于站点下限。请选择其他日期,或在页面中安装标签。',
  ],
  setup: ['Open setup', '前往接入'],
  withheld: [
    '{n} numbers are withheld: fewer people than the site’s floor stand behind each.',
    '有 {n} 个数字不予显示:其背后人数低于站点下限。',
  ],
  funnel: ['From view to purchase', '从浏览到购买'],
  funnelNote: [
    'Visitors who did each step after the one before it, over the days that are over.',
    '在已结束的日期内依次完成各步骤的访客。',
  ],
  openFunnel: ['Open funnel', '打开漏斗'],
} as const;

const people = v.nullable(v.number());
const totals = v.object({
  views: v.number(),
  visits: people,
  visitors: people,
  orders: people,
  revenue: people,
  currency: v.nullable(v.string()),
});
type Totals = v.InferOutput<typeof totals>;
const overviewSchema = v.object({
  totals,
  previous: v.nullable(v.object({ totals })),
  series: v.array(
    v.object({
      date: v.string(),
      views: v.number(),
      visits: people,
      visitors: people,
      orders: people,
      revenue: people,
    }),
  ),
  ...breakdownFields,
  funnel: v.array(v.object({ step: v.string(), visitors: people, share: people })),
  withheld: v.number(),
});
type Overview = v.InferOutput<typeof overviewSchema>;
const MEASURES = ['views', 'visits', 'visitors', 'orders', 'revenue'] as const;
type Measure = (typeof MEASURES)[number];

type Write = (value: number) => string;
const shownBy = ({ money, number }: Formats, measure: Measure, currency: string | null): Write =>
  measure === 'revenue' && currency !== null ? (value) => money(value, currency) : number;
const briefBy = ({ moneyCompact, compact }: Formats, measure: Measure, currency: string | null): Write =>
  measure === 'revenue' && currency !== null ? (value) => moneyCompact(value, currency) : compact;

const NO_NOTES: readonly { readonly date: string; readonly text: string }[] = [];

const isEmpty = (now: Totals): boolean => MEASURES.every((measure) => now[measure] === null || now[measure] === 0);

function Tile({
  measure,
  now,
  before,
}: {
  readonly measure: Measure;
  readonly now: Totals;
  readonly before: Totals | undefined;
}): JSX.Element {
  const say = useWords(WORDS);
  const formats = useFormats();
  const shown = shownBy(formats, measure, now.currency);
  const [value, last] = [now[measure], before?.[measure]];
  const change = value === null || last === null || last === undefined || last === 0 ? undefined : value / last - 1;
  return (
    <div class="tile">
      <span class="tile-name">{say(measure)}</span>
      <span class="tile-value">{value === null ? <WithheldMark /> : shown(value)}</span>
      {change === undefined || last === null || last === undefined ? null : (
        <span class="faint">
          {change === 0
            ? say('same')
            : say('before', { share: `${change > 0 ? '+' : ''}${formats.percent(change)}`, n: shown(last) })}
        </span>
      )}
    </div>
  );
}

interface ChartProps {
  readonly overview: Overview;
  readonly marks: readonly { readonly day: string; readonly text: string }[];
}

function Chart({ overview, marks }: ChartProps): JSX.Element {
  const say = useWords(WORDS);
  const formats = useFormats();
  const { query, setQuery } = useQuery();
  const measure = MEASURES.find((one) => one === query.get('show')) ?? 'views';
  const { series, totals: now } = overview;
  const days = useMemo(() => series.map(({ date }) => date), [series]);
  const lines = useMemo(
    () => [
      {
        name: say(measure),
        values: series.map((one) => one[measure]),
        shown: shownBy(formats, measure, now.currency),
        brief: briefBy(formats, measure, now.currency),
      },
    ],
    [series, measure, formats, now.currency, say],
  );
  return (
    <Panel
      title={say('chart')}
      actions={
        <SelectField
          label={say('measure')}
          value={measure}
          options={MEASURES.map((one) => [one, say(one)] as const)}
          onValue={(value) => setQuery({ show: value })}
        />
      }
    >
      <LineChart label={say(measure)} days={days} lines={lines} marks={marks} />
    </Panel>
  );
}

/** What there is to show. */
function Filled({ overview, marks, children }: ChartProps & { readonly children: ComponentChildren }): JSX.Element {
  const say = useWords(WORDS);
  const pathOf = usePathOf();
  return (
    <div class="page-body">
      <div class="tiles">
        {MEASURES.map((measure) => (
          <Tile key={measure} measure={measure} now={overview.totals} before={overview.previous?.totals} />
        ))}
      </div>
      {overview.withheld > 0 ? <p class="note">{say('withheld', { n: overview.withheld })}</p> : null}
      <Chart overview={overview} marks={marks} />
      {children}
      <Panel
        title={say('funnel')}
        note={say('funnelNote')}
        actions={
          <Link to={pathOf('funnel')} class="button quiet small">
            {say('openFunnel')}
          </Link>
        }
      >
        {overview.funnel.every(({ visitors }) => visitors === null) ? (
          <Withheld />
        ) : (
          <FunnelBars label={say('funnel')} steps={overview.funnel} />
        )}
      </Panel>
      <OverviewParts overview={overview} />
    </div>
  );
}

/** The page. */
export function OverviewPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const days = useDays();
  const { query, setQuery } = useQuery();
  const compare = query.get('compare') === 'none' ? 'none' : 'previous';
  const read = useRead(
    { path: '/v1/sites/{site}/overview', params: { site }, query: { ...days, compare } },
    overviewSchema,
  );
  const notes = useAnnotations(days);
  const noted = notes.state.status === 'ready' ? notes.state.value.annotations : NO_NOTES;
  const marks = useMemo(() => noted.map(({ date, text }) => ({ day: date, text })), [noted]);
  return (
    <Page
      title={say('title')}
      actions={<CopyCurl question={read.question} />}
      filters={
        <>
          <DaysChoice />
          <CheckField
            label={say('compare')}
            isOn={compare === 'previous'}
            onToggle={(isOn) => setQuery({ compare: isOn ? undefined : 'none' })}
          />
          <SegmentChoice />
        </>
      }
    >
      <SegmentTotals days={days} />
      <ReadView read={read} height={640}>
        {(overview) =>
          isEmpty(overview.totals) ? (
            <Notice icon="overview" title={say('none')}>
              <p>{say('noneDo')}</p>
              <Link to={pathOf('setup')} class="button small">
                {say('setup')}
              </Link>
            </Notice>
          ) : (
            <Filled overview={overview} marks={marks}>
              <Annotations read={notes} days={days} />
            </Filled>
          )
        }
      </ReadView>
    </Page>
  );
}
