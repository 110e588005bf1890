// console/pages/jobs.tsx: runs of the segmenter: when, what came of each, and how long its stages took.
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useConsole, useFormats, usePathOf, useQuery, useServerWord, useSite, useWords } from '../app/context.ts';
import { pathOf as routeOf, withQuery } from '../app/route.ts';
import type { Tone } from '../parts/badge.tsx';
import { Badge } from '../parts/badge.tsx';
import { StackBar } from '../parts/bars.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Pager } from '../parts/pager.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Notice, Skeleton } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Jobs', '任务'],
  lead: [
    'Runs of the segmenter, each with its log. It begins every hour; what else the schedule does is in Health.',
    '分群任务的运行记录及日志。每小时启动一次;其他计划任务见“健康”。',
  ],
  last: ['Last run', '最近一次运行'],
  one: ['Run {n}', '运行 {n}'],
  backToLast: ['Back to the last run', '返回最近一次'],
  log: ['Log', '日志'],
  began: ['run began', '运行开始'],
  ended: ['run ended: {outcome}', '运行结束:{outcome}'],
  done: ['{stage} done in {n} s', '{stage} 完成,用时 {n} 秒'],
  doneRows: ['{stage} done in {n} s, {rows} rows', '{stage} 完成,用时 {n} 秒,{rows} 行'],
  runs: ['All runs', '全部运行'],
  none: ['No run was made yet', '尚未运行'],
  noneDo: [
    'The schedule begins one every hour; “hushtag segment” on the server does at once.',
    '计划任务每小时启动一次;也可在服务器运行“hushtag segment”。',
  ],
  health: ['Open health', '查看健康'],
  run: ['Run', '运行'],
  started: ['Began', '开始'],
  outcome: ['Outcome', '结果'],
  version: ['Version', '版本'],
  took: ['Took', '用时'],
  seconds: ['{n} s', '{n} 秒'],
  stages: ['Where the time went', '各阶段用时'],
  stage: ['{name}: {n} s', '{name}:{n} 秒'],
  rows: ['{n} rows', '{n} 行'],
  more: ['Older', '更早'],
  newest: ['Newest', '最新'],
} as const;

const runSchema = v.object({
  run: v.number(),
  startedAt: v.number(),
  endedAt: v.nullable(v.number()),
  outcome: v.string(),
  version: v.nullable(v.number()),
  seconds: v.nullable(v.number()),
  stages: v.array(v.object({ stage: v.string(), seconds: v.number(), rows: v.nullable(v.number()) })),
});
type Run = v.InferOutput<typeof runSchema>;
const runsSchema = v.object({ runs: v.array(runSchema), next: v.nullable(v.string()) });
const TONES: Readonly<Record<string, Tone>> = {
  running: 'accent',
  released: 'good',
  unchanged: 'plain',
  failed: 'bad',
  interrupted: 'warn',
  lease_lost: 'warn',
};
const AGAIN_MS = 5_000;
const SECOND_MS = 1_000;

function Stages({ run: { stages } }: { readonly run: Run }): JSX.Element | null {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number, seconds: inSeconds } = useFormats();
  if (stages.length === 0) return null;
  return (
    <StackBar
      label={say('stages')}
      parts={stages.map(({ stage, seconds, rows }) => ({
        name: word(stage),
        value: seconds,
        shown: `${say('seconds', { n: inSeconds(seconds) })}${rows === null ? '' : ` · ${say('rows', { n: number(rows) })}`}`,
      }))}
    />
  );
}

/** What a run did, line by line: each stage at the time it was done. */
function Log({ run }: { readonly run: Run }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { clock, number, seconds: inSeconds } = useFormats();
  let at = run.startedAt;
  const stages = run.stages.map(({ stage, seconds, rows }) => {
    at += seconds * SECOND_MS;
    const told = { stage: word(stage), n: inSeconds(seconds) };
    return { at, text: rows === null ? say('done', told) : say('doneRows', { ...told, rows: number(rows) }) };
  });
  const lines = [
    { at: run.startedAt, text: say('began') },
    ...stages,
    ...(run.endedAt === null ? [] : [{ at: run.endedAt, text: say('ended', { outcome: word(run.outcome) }) }]),
  ];
  return (
    <div>
      <h3>{say('log')}</h3>
      <ol class="log" aria-label={say('log')}>
        {lines.map((line, nth) => (
          <li key={nth}>
            <time class="faint">{clock(line.at)}</time> {line.text}
          </li>
        ))}
      </ol>
    </div>
  );
}

function OneRun({ run }: { readonly run: Run }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { instant, number, seconds: inSeconds } = useFormats();
  return (
    <div class="stack">
      <Facts>
        <Fact name={say('started')}>{instant(run.startedAt)}</Fact>
        <Fact name={say('outcome')}>
          <Badge tone={TONES[run.outcome] ?? 'plain'}>{word(run.outcome)}</Badge>
        </Fact>
        {run.version === null ? null : <Fact name={say('version')}>{number(run.version)}</Fact>}
        {run.seconds === null ? null : <Fact name={say('took')}>{say('seconds', { n: inSeconds(run.seconds) })}</Fact>}
      </Facts>
      <Stages run={run} />
      <Log run={run} />
    </div>
  );
}

function RunTable({ runs }: { readonly runs: readonly Run[] }): JSX.Element {
  const say = useWords(WORDS);
  const { route } = useConsole();
  const site = useSite();
  const addressOf = (run: number): string =>
    routeOf(site, 'jobs', undefined, withQuery(route.query, { run: String(run) }));
  const word = useServerWord();
  const { instant, number, seconds: inSeconds } = useFormats();
  return (
    <Table
      label={say('runs')}
      rows={runs}
      keyOf={({ run }) => String(run)}
      columns={[
        { head: say('run'), cell: ({ run }) => <Link to={addressOf(run)}>{number(run)}</Link>, isName: true },
        { head: say('started'), cell: ({ startedAt }) => instant(startedAt) },
        {
          head: say('outcome'),
          cell: ({ outcome }) => <Badge tone={TONES[outcome] ?? 'plain'}>{word(outcome)}</Badge>,
        },
        { head: say('version'), cell: ({ version }) => (version === null ? '—' : number(version)), isNumber: true },
        {
          head: say('took'),
          cell: ({ seconds }) => (seconds === null ? '—' : say('seconds', { n: inSeconds(seconds) })),
          isNumber: true,
        },
        {
          head: say('stages'),
          cell: ({ stages }) => (
            <span class="note">
              {stages
                .map(({ stage, seconds }) => say('stage', { name: word(stage), n: inSeconds(seconds) }))
                .join(' · ')}
            </span>
          ),
        },
      ]}
    />
  );
}

function NoRuns(): JSX.Element {
  const say = useWords(WORDS);
  const pathOf = usePathOf();
  return (
    <Notice icon="jobs" title={say('none')}>
      <p>{say('noneDo')}</p>
      <Link to={pathOf('health')} class="button small">
        {say('health')}
      </Link>
    </Notice>
  );
}

/** The page. It asks again while a run goes on. */
export function JobsPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { query, setQuery } = useQuery();
  const cursor = query.get('cursor') ?? undefined;
  const read = useRead({ path: '/v1/sites/{site}/runs', params: { site }, query: { cursor } }, runsSchema);
  const { state, reload } = read;
  const [newest] = state.status === 'ready' ? state.value.runs : [];
  const isGoing = newest?.outcome === 'running';
  // The address names a run of the page that is shown; without one the last is.
  const chosen =
    state.status === 'ready' ? state.value.runs.find(({ run }) => String(run) === query.get('run')) : undefined;
  const shown = chosen ?? (cursor === undefined ? newest : undefined);
  useEffect(() => {
    if (!isGoing) return undefined;
    const timer = setInterval(reload, AGAIN_MS);
    return () => clearInterval(timer);
  }, [isGoing, reload]);
  return (
    <Page title={say('title')} note={say('lead')}>
      {shown !== undefined || (cursor === undefined && state.status === 'loading') ? (
        <Panel
          title={chosen === undefined ? say('last') : say('one', { n: chosen.run })}
          question={read.question}
          actions={
            chosen === undefined ? null : (
              <button type="button" class="button quiet small" onClick={() => setQuery({ run: undefined })}>
                {say('backToLast')}
              </button>
            )
          }
        >
          {shown === undefined ? <Skeleton height={320} /> : <OneRun run={shown} />}
        </Panel>
      ) : null}
      <ReadPanel title={say('runs')} read={read} height={280}>
        {({ runs, next }) =>
          runs.length === 0 ? (
            <NoRuns />
          ) : (
            <div class="stack">
              <RunTable runs={runs} />
              <Pager next={next} newest={say('newest')} more={say('more')} />
            </div>
          )
        }
      </ReadPanel>
    </Page>
  );
}
