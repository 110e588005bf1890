// console/pages/ledger.tsx: what became of every event that arrived: a bar that sums, its reasons, and day by day.
import type { JSX } from 'preact';
import { useRead } from '../api/read.ts';
import type { LedgerEntry } from '../api/schemas.ts';
import { ledgerSchema } from '../api/schemas.ts';
import { useFormats, usePathOf, useQuery, useServerWord, useSite, useWords } from '../app/context.ts';
import { DAY_MS, dayOf, lastDays, listDays } from '../app/days.ts';
import type { Days } from '../app/days.ts';
import type { LedgerSums } from '../app/ledger-sums.ts';
import { sumLedger } from '../app/ledger-sums.ts';
import { Badge } from '../parts/badge.tsx';
import { StackBar } from '../parts/bars.tsx';
import { SelectField } from '../parts/field.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel, ReadView } from '../parts/panel.tsx';
import { Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Loss ledger', '损耗账本'],
  lead: ['What became of every event this site sent.', '本站发送的每个事件的去向。'],
  period: ['Period', '时间段'],
  last: ['Last {n} days', '最近 {n} 天'],
  sum: ['Where events went', '事件去向'],
  balanced: ['Every event is accounted for', '每个事件都有去向'],
  unbalanced: ['The ledger does not balance', '账目不平'],
  unbalancedDo: [
    'Some events are counted as received and nowhere else. Write to support with the line of curl above.',
    '部分事件只计入“收到”。请附上上方的 curl 命令联系支持。',
  ],
  received: ['{n} received', '收到 {n} 个'],
  reasons: ['Reasons', '原因'],
  days: ['Day by day', '逐日'],
  outcome: ['Outcome', '结果'],
  reason: ['Reason', '原因'],
  events: ['Events', '事件'],
  day: ['Day', '日期'],
  none: ['No event has arrived in these days', '该时段内没有事件到达'],
  noneDo: ['Put the tag into a page, then look here again.', '请先在页面中安装标签,然后再来查看。'],
  setup: ['Open setup', '前往接入'],
  letters: ['See what was refused', '查看被拒事件'],
  noReasons: ['Nothing was refused or left out.', '没有被拒绝或遗漏的事件。'],
  receivedOne: ['received', '收到'],
} as const;
const CHOICES = [7, 14, 30] as const;
const OUTCOMES = ['stored', 'duplicate', 'bot', 'no_consent', 'invalid', 'late', 'over_limit'] as const;

function SumBar({ sums }: { readonly sums: LedgerSums }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number, percent } = useFormats();
  const pathOf = usePathOf();
  if (sums.received === 0) {
    return (
      <Notice icon="ledger" title={say('none')}>
        <p>{say('noneDo')}</p>
        <Link to={pathOf('setup')} class="button small">
          {say('setup')}
        </Link>
      </Notice>
    );
  }
  return (
    <div class="stack">
      <div class="row">
        <span class="tile-value">{say('received', { n: number(sums.received) })}</span>
        <Badge tone={sums.isBalanced ? 'good' : 'bad'}>{say(sums.isBalanced ? 'balanced' : 'unbalanced')}</Badge>
      </div>
      {sums.isBalanced ? null : (
        <Notice icon="warn" tone="bad" title={say('unbalanced')}>
          <p>{say('unbalancedDo')}</p>
        </Notice>
      )}
      <StackBar
        label={say('sum')}
        parts={sums.outcomes.map(({ outcome, events }) => ({
          name: word(outcome),
          value: events,
          shown: `${number(events)} (${percent(events / sums.received)})`,
        }))}
      />
    </div>
  );
}

function Reasons({ sums }: { readonly sums: LedgerSums }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number } = useFormats();
  if (sums.reasons.length === 0) return <p class="note">{say('noReasons')}</p>;
  return (
    <Table
      label={say('reasons')}
      rows={sums.reasons}
      keyOf={({ outcome, reason }) => `${outcome}|${reason}`}
      columns={[
        { head: say('outcome'), cell: ({ outcome }) => word(outcome) },
        { head: say('reason'), cell: ({ reason }) => word(reason), isName: true },
        { head: say('events'), cell: ({ events }) => number(events), isNumber: true },
      ]}
    />
  );
}

function DayByDay({ entries, days }: { readonly entries: readonly LedgerEntry[]; readonly days: Days }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number, day } = useFormats();
  const seen = OUTCOMES.filter((outcome) => entries.some((one) => one.outcome === outcome));
  const rows = listDays(days)
    .map((date) => ({ date, sums: sumLedger(entries, { from: date, to: date }) }))
    .filter(({ sums }) => sums.received > 0)
    .reverse();
  const of = (sums: LedgerSums, outcome: string): string =>
    number(sums.outcomes.find((one) => one.outcome === outcome)?.events ?? 0);
  return (
    <Table
      label={say('days')}
      rows={rows}
      keyOf={({ date }) => date}
      columns={[
        { head: say('day'), cell: ({ date }) => day(date), isName: true },
        { head: say('receivedOne'), cell: ({ sums }) => number(sums.received), isNumber: true },
        ...seen.map((outcome) => ({
          head: word(outcome),
          cell: ({ sums }: { readonly sums: LedgerSums }) => of(sums, outcome),
          isNumber: true,
        })),
      ]}
    />
  );
}

/** The page. The API answers the last 30 days. */
export function LedgerPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const pathOf = usePathOf();
  const { query, setQuery } = useQuery();
  const read = useRead({ path: '/v1/sites/{site}/ledger', params: { site } }, ledgerSchema);
  const count = CHOICES.find((one) => String(one) === query.get('days')) ?? 30;
  const now = Date.now();
  // Events are counted on the day they arrive, so the range may end a day ahead of nothing.
  const days = { ...lastDays(count, now), to: dayOf(now + DAY_MS / 24) };
  return (
    <Page
      title={say('title')}
      note={say('lead')}
      actions={
        <SelectField
          label={say('period')}
          value={String(count)}
          options={CHOICES.map((one) => [String(one), say('last', { n: one })] as const)}
          onValue={(value) => setQuery({ days: value })}
        />
      }
    >
      <ReadPanel title={say('sum')} read={read} height={150}>
        {({ entries }) => <SumBar sums={sumLedger(entries, days)} />}
      </ReadPanel>
      <Panel
        title={say('reasons')}
        question={read.question}
        actions={
          <Link to={pathOf('letters')} class="button quiet small">
            {say('letters')}
          </Link>
        }
      >
        <ReadView read={read}>{({ entries }) => <Reasons sums={sumLedger(entries, days)} />}</ReadView>
      </Panel>
      <Panel title={say('days')} question={read.question}>
        <ReadView read={read} height={240}>
          {({ entries }) => <DayByDay entries={entries} days={days} />}
        </ReadView>
      </Panel>
    </Page>
  );
}
