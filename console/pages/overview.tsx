// console/pages/overview.tsx: how the site did over some days, beside the days before them.
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, usePathOf, useQuery, useSite, useWords } from '../app/context.ts';
import type { Formats } from '../app/formats.ts';
import { BarList } from '../parts/bars.tsx';
import { CopyCurl } from '../parts/copy.tsx';
import { DaysChoice, useDays } from '../parts/days-choice.tsx';
import { CheckField, SelectField } from '../parts/field.tsx';
import { LineChart } from '../parts/line-chart.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadView } from '../parts/panel.tsx';
import { Notice, WithheldMark } from '../parts/states.tsx';

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
  pages: ['Top pages', '热门页面'],
  sources: ['Sources', '来源'],
  devices: ['Devices', '设备'],
  countries: ['Countries', '国家/地区'],
  vitals: ['Web vitals', '网页性能'],
  vitalsNote: ['75th percentile, from pages that load tag.vitals.js.', '第 75 百分位,来自加载 tag.vitals.js 的页面。'],
  none: ['Nothing to show for these days', '该时段没有可显示的数据'],
  noneDo: [
    'No page was viewed, and fewer people than the site’s floor did anything else. Choose other days, or put the tag into your pages.',
    '没有页面浏览,其他行为的人数也低于站点下限。请选择其他日期,或在页面中安装标签。',
  ],
  setup: ['Open setup', '前往接入'],
  noParts: ['Nothing to show for these days.', '该时段无数据。'],
  withheld: [
    '{n} numbers are withheld: fewer people than the site’s floor stand behind each.',
    '有 {n} 个数字不予显示:其背后人数低于站点下限。',
  ],
  previous: ['Before', '之前'],
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
  pages: v.array(v.object({ path: v.string(), views: v.number() })),
  sources: v.array(v.object({ channel: v.string(), views: v.number() })),
  devices: v.array(v.object({ device: v.string(), views: v.number() })),
  countries: v.array(v.object({ country: v.string(), views: v.number() })),
  vitals: v.record(v.string(), v.object({ p75: v.number() })),
  withheld: v.number(),
});
type Overview = v.InferOutput<typeof overviewSchema>;
const MEASURES = ['views', 'visits', 'visitors', 'orders', 'revenue'] as const;
type Measure = (typeof MEASURES)[number];

const shownBy = ({ money, number }: Formats, measure: Measure, currency: string | null): ((value: number) => string) =>
  measure === 'revenue' && currency !== null ? (value) => money(value, currency) : number;

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

const VITAL_UNIT_MS: ReadonlySet<string> = new Set(['lcp', 'inp', 'fcp', 'ttfb']);

function Parts({ overview }: { readonly overview: Overview }): JSX.Element {
  const say = useWords(WORDS);
  const { number } = useFormats();
  const lists = [
    ['pages', overview.pages.map(({ path, views }) => [path, views] as const)],
    ['sources', overview.sources.map(({ channel, views }) => [channel, views] as const)],
    ['devices', overview.devices.map(({ device, views }) => [device, views] as const)],
    ['countries', overview.countries.map(({ country, views }) => [country, views] as const)],
  ] as const;
  return (
    <div class="columns">
      {lists.map(([name, rows]) => (
        <Panel key={name} title={say(name)}>
          {rows.length === 0 ? (
            <p class="note">{say('noParts')}</p>
          ) : (
            <BarList bars={rows.map(([key, views]) => ({ key, name: key, value: views, shown: number(views) }))} />
          )}
        </Panel>
      ))}
      {Object.keys(overview.vitals).length === 0 ? null : (
        <Panel title={say('vitals')} note={say('vitalsNote')}>
          <div class="facts">
            {Object.entries(overview.vitals).map(([name, { p75 }]) => (
              <div key={name} class="fact">
                <p class="faint">{name.toUpperCase()}</p>
                <p class="tile-value">{VITAL_UNIT_MS.has(name) ? `${number(Math.round(p75))} ms` : number(p75)}</p>
              </div>
            ))}
          </div>
        </Panel>
      )}
    </div>
  );
}

function Chart({ overview }: { readonly overview: Overview }): JSX.Element {
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
      <LineChart label={say(measure)} days={days} lines={lines} />
    </Panel>
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
        </>
      }
    >
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
            <div class="page-body">
              <div class="tiles">
                {MEASURES.map((measure) => (
                  <Tile key={measure} measure={measure} now={overview.totals} before={overview.previous?.totals} />
                ))}
              </div>
              {overview.withheld > 0 ? <p class="note">{say('withheld', { n: overview.withheld })}</p> : null}
              <Chart overview={overview} />
              <Parts overview={overview} />
            </div>
          )
        }
      </ReadView>
    </Page>
  );
}
