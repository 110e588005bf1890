// console/pages/privacy.tsx: one screen with what is kept of a site, for how long, under which salts, and who gets it.
import type { JSX } from 'preact';
import * as v from 'valibot';
import type { Question } from '../api/client.ts';
import { useRead } from '../api/read.ts';
import { useFormats, usePathOf, useServerWord, useSite, useWords } from '../app/context.ts';
import { DAY_MS } from '../app/days.ts';
import { policySchema } from '../app/policy-words.ts';
import { pathOf as routeOf } from '../app/route.ts';
import { Badge } from '../parts/badge.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { ConsentPanel } from './consent-panel.tsx';
import { publishingSchema, PublishingPanel } from './publishing-panel.tsx';

const WORDS = {
  title: ['What is kept', '数据留存'],
  lead: [
    'Of whom, for what, for how long, and who gets it. Numbers are rounded.',
    '保留谁的、何目的、多久、提供给谁。数字已取整。',
  ],
  now: ['Collected now', '当前收集'],
  on: ['collecting', '收集中'],
  off: ['paused', '已暂停'],
  policy: ['Policy', '策略'],
  purposes: ['Purposes', '目的'],
  gpc: ['Global Privacy Control', '全局隐私控制'],
  gpcDo: ['honoured: takes {what}', '已遵循:排除 {what}'],
  none: ['none', '无'],
  floor: ['Floor of published numbers', '公布数字下限'],
  requests: ['Open requests', '待处理请求'],
  fields: ['Data, by field', '按字段'],
  field: ['Field', '字段'],
  events: ['Events that have it', '含该字段的事件'],
  events_: ['Events', '事件'],
  linked_visitors: ['Visitors who agreed', '同意的访客'],
  day_visitors: ['Visitors of a day', '当日访客'],
  profiles: ['Profiles', '画像'],
  receipts: ['Receipts of consent', '同意回执'],
  dead_letters: ['Dead letters', '死信'],
  retention: ['Time limits', '留存期限'],
  kind: ['Class', '类别'],
  limit: ['Limit', '期限'],
  about: ['about {n}', '约 {n}'],
  days: ['{n} days', '{n} 天'],
  noLimit: ['no limit set', '未设期限'],
  noLimitDo: [
    'Events are kept without end. Set limits on the server with “hushtag retention set”.',
    '事件将无限期保留。请在服务器用“hushtag retention set”设置期限。',
  ],
  oldest: ['Oldest row', '最早记录'],
  purge: ['Last purge', '上次清除'],
  never: ['none yet', '尚未进行'],
  salts: ['Salt periods', '盐值周期'],
  saltsNote: [
    'A destroyed salt can not be had back: its key went first. The audit log proves when.',
    '盐值销毁后无法恢复:密钥先被销毁。审计日志可证明时间。',
  ],
  derived: [
    'Keys here are derived from one secret: destroying one forgets nothing while that secret lives.',
    '此处密钥由同一主密钥派生:主密钥存在时销毁单个密钥并不能遗忘。',
  ],
  use: ['Use', '用途'],
  opened: ['Since', '开始'],
  state: ['State', '状态'],
  alive: ['alive', '有效'],
  destroyed: ['destroyed {when}', '已于 {when} 销毁'],
  gone: ['key gone', '密钥已失'],
  recipients: ['Recipients', '接收方'],
  nobody: [
    'No destination is registered. Files that were exported are not known here.',
    '未登记任何接收方。此处不掌握已导出的文件。',
  ],
  who: ['Who', '接收方'],
  whatFor: ['What for', '目的'],
  edit: ['Edit policy', '编辑策略'],
  proof: ['Verify the audit log', '验证审计日志'],
  proofHead: ['Proof', '证明'],
  entry: ['audit entry {n}', '审计条目 {n}'],
  version: ['version {n}', '第 {n} 版'],
  left: ['Against the limit', '与期限对比'],
  within: ['{n} days left', '剩余 {n} 天'],
  over: ['{n} days over', '超期 {n} 天'],
  nothing: ['nothing kept', '无数据'],
  pause: ['Pause collection', '暂停收集'],
  resume: ['Resume collection', '恢复收集'],
} as const;

const keptSchema = v.object({
  policy: policySchema,
  version: v.number(),
  collecting: v.boolean(),
  gpcRemoves: v.array(v.string()),
  held: v.array(v.object({ what: v.string(), about: v.string() })),
  fields: v.array(v.object({ field: v.string(), about: v.string() })),
  retention: v.array(
    v.object({ class: v.string(), limitDays: v.nullable(v.number()), oldestAt: v.nullable(v.number()) }),
  ),
  lastPurgeAt: v.nullable(v.number()),
  salts: v.array(
    v.object({
      use: v.string(),
      opensAt: v.number(),
      alive: v.boolean(),
      destroyedAt: v.nullable(v.number()),
      provenBy: v.nullable(v.number()),
    }),
  ),
  keysForget: v.boolean(),
  recipients: v.array(v.object({ name: v.string(), purpose: v.string() })),
  floor: v.number(),
  publishing: publishingSchema,
  openRequests: v.number(),
});
type Kept = v.InferOutput<typeof keptSchema>;
const HELD = ['linked_visitors', 'day_visitors', 'profiles', 'receipts', 'dead_letters'] as const;

/** A rounded number of the API, written as numbers of the language are. */
function useAbout(): (about: string) => string {
  const say = useWords(WORDS);
  const { number } = useFormats();
  const word = useServerWord();
  return (about) => {
    const [, count] = /^about (\d+)$/.exec(about) ?? [];
    return count === undefined ? word(about) : say('about', { n: number(Number(count)) });
  };
}

function Now({ kept }: { readonly kept: Kept }): JSX.Element {
  const say = useWords(WORDS);
  const { number } = useFormats();
  const pathOf = usePathOf();
  const word = useServerWord();
  const aboutOf = useAbout();
  const list = (words: readonly string[]): string => words.map(word).join(', ') || say('none');
  return (
    <div class="stack">
      <Facts>
        <Fact name={say('now')}>
          <Badge tone={kept.collecting ? 'good' : 'warn'}>{say(kept.collecting ? 'on' : 'off')}</Badge>
        </Fact>
        <Fact name={say('policy')}>
          <Link to={pathOf('policy')}>
            {word(kept.policy.preset)}, {say('version', { n: kept.version })}
          </Link>
        </Fact>
        <Fact name={say('purposes')}>{list(kept.policy.purposes)}</Fact>
        <Fact name={say('gpc')}>{say('gpcDo', { what: list(kept.gpcRemoves) })}</Fact>
        <Fact name={say('floor')}>{number(kept.floor)}</Fact>
        <Fact name={say('requests')}>
          <Link to={pathOf('requests')}>{number(kept.openRequests)}</Link>
        </Fact>
      </Facts>
      <Facts>
        {kept.held.map(({ what, about }) => (
          <Fact key={what} name={say(HELD.find((one) => one === what) ?? 'events_')}>
            {aboutOf(about)}
          </Fact>
        ))}
      </Facts>
    </div>
  );
}

/** How far the oldest row is from its limit. */
function Left({ limitDays, oldestAt }: Kept['retention'][number]): JSX.Element {
  const say = useWords(WORDS);
  if (limitDays === null) return <Badge tone="warn">{say('noLimit')}</Badge>;
  if (oldestAt === null) return <Badge tone="good">{say('nothing')}</Badge>;
  const left = Math.ceil(limitDays - (Date.now() - oldestAt) / DAY_MS);
  return left < 0 ? (
    <Badge tone="bad">{say('over', { n: -left })}</Badge>
  ) : (
    <Badge tone="good">{say('within', { n: left })}</Badge>
  );
}

function Limits({ kept }: { readonly kept: Kept }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { day, instant } = useFormats();
  const hasNone = kept.retention.every(({ limitDays }) => limitDays === null);
  return (
    <div class="stack">
      {hasNone ? (
        <Notice icon="warn" tone="warn" title={say('noLimit')}>
          <p>{say('noLimitDo')}</p>
        </Notice>
      ) : null}
      <Table
        label={say('retention')}
        rows={kept.retention}
        keyOf={(one) => one.class}
        columns={[
          { head: say('kind'), cell: (one) => word(one.class), isName: true },
          {
            head: say('limit'),
            cell: ({ limitDays }) => (limitDays === null ? say('noLimit') : say('days', { n: limitDays })),
          },
          { head: say('oldest'), cell: ({ oldestAt }) => (oldestAt === null ? '—' : day(oldestAt)) },
          { head: say('left'), cell: (one) => <Left {...one} /> },
        ]}
      />
      <p class="faint">
        {say('purge')}: {kept.lastPurgeAt === null ? say('never') : instant(kept.lastPurgeAt)}
      </p>
    </div>
  );
}

function Salts({ kept }: { readonly kept: Kept }): JSX.Element {
  const say = useWords(WORDS);
  const { day, instant } = useFormats();
  const word = useServerWord();
  const pathOf = usePathOf();
  const site = useSite();
  return (
    <div class="stack">
      <Table
        label={say('salts')}
        rows={kept.salts}
        keyOf={({ use, opensAt }) => `${use}${opensAt}`}
        columns={[
          { head: say('use'), cell: ({ use }) => word(use), isName: true },
          { head: say('opened'), cell: ({ opensAt }) => day(opensAt) },
          {
            head: say('state'),
            cell: ({ alive, destroyedAt }) =>
              destroyedAt === null ? (
                <Badge tone={alive ? 'good' : 'warn'}>{say(alive ? 'alive' : 'gone')}</Badge>
              ) : (
                <Badge>{say('destroyed', { when: instant(destroyedAt) })}</Badge>
              ),
          },
          {
            head: say('proofHead'),
            cell: ({ provenBy }) =>
              provenBy === null ? (
                ''
              ) : (
                <Link to={routeOf(site, 'audit', undefined, new URLSearchParams({ cursor: String(provenBy + 1) }))}>
                  {say('entry', { n: provenBy })}
                </Link>
              ),
          },
        ]}
      />
      {kept.keysForget ? null : <Notice icon="info" tone="warn" title={say('derived')} />}
      <div>
        <Link to={pathOf('audit')} class="button small">
          {say('proof')}
        </Link>
      </div>
    </div>
  );
}

function Rest({ kept, question }: { readonly kept: Kept; readonly question: Question }): JSX.Element {
  const word = useServerWord();
  const aboutOf = useAbout();
  const say = useWords(WORDS);
  return (
    <div class="columns">
      <Panel title={say('retention')} question={question}>
        <Limits kept={kept} />
      </Panel>
      <Panel title={say('salts')} note={say('saltsNote')} question={question}>
        <Salts kept={kept} />
      </Panel>
      <PublishingPanel publishing={kept.publishing} question={question} />
      <Panel title={say('fields')} question={question}>
        <Table
          label={say('fields')}
          rows={kept.fields}
          keyOf={({ field }) => field}
          columns={[
            { head: say('field'), cell: ({ field }) => word(field), isName: true },
            { head: say('events'), cell: ({ about }) => aboutOf(about), isNumber: true },
          ]}
        />
      </Panel>
      <Panel title={say('recipients')} question={question}>
        {kept.recipients.length === 0 ? (
          <p class="note">{say('nobody')}</p>
        ) : (
          <Table
            label={say('recipients')}
            rows={kept.recipients}
            keyOf={({ name }) => name}
            columns={[
              { head: say('who'), cell: ({ name }) => name, isName: true },
              { head: say('whatFor'), cell: ({ purpose }) => purpose },
            ]}
          />
        )}
      </Panel>
    </div>
  );
}

/** The page. */
export function PrivacyPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const read = useRead({ path: '/v1/sites/{site}/privacy/overview', params: { site } }, keptSchema);
  const collecting = read.state.status === 'ready' ? read.state.value.collecting : undefined;
  return (
    <Page
      title={say('title')}
      note={say('lead')}
      actions={
        <>
          <Link to={pathOf('policy')} class="button">
            {say('edit')}
          </Link>
          {collecting === undefined ? null : (
            <Link to={pathOf('policy')} class={collecting ? 'button danger' : 'button'}>
              {say(collecting ? 'pause' : 'resume')}
            </Link>
          )}
        </>
      }
    >
      <ReadPanel title={say('now')} read={read} height={200}>
        {(kept) => <Now kept={kept} />}
      </ReadPanel>
      <ConsentPanel />
      {read.state.status === 'ready' ? <Rest kept={read.state.value} question={read.question} /> : null}
    </Page>
  );
}
