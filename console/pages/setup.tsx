// console/pages/setup.tsx: the snippet for a stack, and whether the first event has arrived.
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useRead } from '../api/read.ts';
import { ledgerSchema } from '../api/schemas.ts';
import { useConsole, useFormats, usePathOf, useQuery, useServerWord, useSite, useWords } from '../app/context.ts';
import { Copy } from '../parts/copy.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Notice } from '../parts/states.tsx';
import { SelectField } from '../parts/field.tsx';
import { snippetOf, STACKS } from './snippets.ts';

const WORDS = {
  title: ['Setup', '接入'],
  lead: [
    'Put the tag into your pages; the first visit shows here within a minute.',
    '将标签放入页面,一分钟内即可在此看到首次访问。',
  ],
  stack: ['Your stack', '技术栈'],
  snippet: ['Put this into your pages', '将以下代码放入页面'],
  copy: ['Copy snippet', '复制代码'],
  check: ['First event', '首个事件'],
  waiting: ['Waiting for the first event', '等待首个事件'],
  waitingDo: [
    'Open a page that has the tag, from one of the origins below. This looks again every 5 seconds.',
    '请从下列来源打开含标签的页面。本页每 5 秒检查一次。',
  ],
  arrived: ['Events arrive', '事件已到达'],
  arrivedDo: ['{n} received in the last 30 days, the last on {day}.', '最近 30 天收到 {n} 个,最近一次在 {day}。'],
  stored: ['None of them was stored: the loss ledger says why.', '但没有一个被存储,原因见损耗账本。'],
  ledger: ['Open the loss ledger', '打开损耗账本'],
  facts: ['This site', '本站点'],
  id: ['Site id', '站点 ID'],
  origins: ['Origins that may send', '允许的来源'],
  preset: ['Policy', '策略'],
  collector: ['Collector', '收集端'],
} as const;
const AGAIN_MS = 5_000;

function FirstEvent(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const { number, day } = useFormats();
  const read = useRead({ path: '/v1/sites/{site}/ledger', params: { site } }, ledgerSchema);
  const { state, reload } = read;
  const hasNone = state.status === 'ready' && state.value.entries.length === 0;
  useEffect(() => {
    if (!hasNone) return undefined;
    const timer = setInterval(reload, AGAIN_MS);
    return () => clearInterval(timer);
  }, [hasNone, reload]);
  return (
    <ReadPanel title={say('check')} read={read} height={110}>
      {({ entries }) => {
        const received = entries.filter(({ outcome }) => outcome === 'received');
        const last = received.at(-1);
        if (last === undefined) {
          return (
            <Notice icon="live" tone="warn" title={say('waiting')}>
              <p>{say('waitingDo')}</p>
            </Notice>
          );
        }
        const isStored = entries.some(({ outcome }) => outcome === 'stored');
        const events = received.reduce((sum, one) => sum + one.events, 0);
        return (
          <Notice icon={isStored ? 'check' : 'warn'} tone={isStored ? 'good' : 'warn'} title={say('arrived')}>
            <p>{say('arrivedDo', { n: number(events), day: day(last.date) })}</p>
            {isStored ? null : <p>{say('stored')}</p>}
            <Link to={pathOf('ledger')}>{say('ledger')}</Link>
          </Notice>
        );
      }}
    </ReadPanel>
  );
}

/** The page. */
export function SetupPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { principal } = useConsole();
  const word = useServerWord();
  const { query, setQuery } = useQuery();
  const stack = STACKS.find(([one]) => one === query.get('stack'))?.[0] ?? 'html';
  const snippet = snippetOf(stack, location.origin, site);
  const known = principal.sites.find(({ id }) => id === site);
  return (
    <Page title={say('title')} note={say('lead')}>
      <Panel title={say('snippet')} actions={<Copy text={snippet} label={say('copy')} />}>
        <div class="stack">
          <div class="form-row">
            <SelectField
              label={say('stack')}
              value={stack}
              options={STACKS}
              onValue={(value) => setQuery({ stack: value })}
            />
          </div>
          <pre class="code" tabIndex={0}>
            {snippet}
          </pre>
        </div>
      </Panel>
      <FirstEvent />
      <Panel title={say('facts')} question={{ path: '/v1/sites' }}>
        <Facts>
          <Fact name={say('id')}>
            <span class="code">{site}</span>
          </Fact>
          <Fact name={say('collector')}>
            <span class="code">{location.origin}</span>
          </Fact>
          <Fact name={say('origins')}>{known?.origins.join(', ') ?? '—'}</Fact>
          <Fact name={say('preset')}>{known === undefined ? '—' : word(known.preset)}</Fact>
        </Facts>
      </Panel>
    </Page>
  );
}
