// console/pages/health.tsx: what an operator should know, each with what to do.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useWords } from '../app/context.ts';
import { Badge } from '../parts/badge.tsx';
import { Page } from '../parts/page.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Health', '健康'],
  lead: ['What “hushtag doctor” finds, and what to do about it.', '“hushtag doctor”的检查结果与建议。'],
  checks: ['Checks', '检查项'],
  ok: ['Everything is well', '一切正常'],
  bad: ['Something needs you', '有项目需要处理'],
  name: ['Check', '检查项'],
  found: ['Found', '结果'],
  todo: ['What to do', '如何处理'],
  good: ['well', '正常'],
  wrong: ['wrong', '异常'],
  state: ['State', '状态'],
} as const;

const healthSchema = v.object({
  ok: v.boolean(),
  checks: v.array(
    v.object({ name: v.string(), ok: v.boolean(), words: v.string(), todo: v.optional(v.nullable(v.string())) }),
  ),
});

/** The page. */
export function HealthPage(): JSX.Element {
  const say = useWords(WORDS);
  const read = useRead({ path: '/v1/health' }, healthSchema);
  return (
    <Page title={say('title')} note={say('lead')}>
      <ReadPanel title={say('checks')} read={read} height={320}>
        {({ ok, checks }) => (
          <div class="stack">
            <Notice icon={ok ? 'check' : 'warn'} tone={ok ? 'good' : 'bad'} title={say(ok ? 'ok' : 'bad')} />
            <Table
              label={say('checks')}
              rows={[...checks].sort((a, b) => Number(a.ok) - Number(b.ok))}
              keyOf={({ name }) => name}
              columns={[
                {
                  head: say('name'),
                  cell: ({ name }) => <span lang="en">{name.replaceAll('_', ' ')}</span>,
                  isName: true,
                },
                {
                  head: say('state'),
                  cell: (one) => <Badge tone={one.ok ? 'good' : 'bad'}>{say(one.ok ? 'good' : 'wrong')}</Badge>,
                },
                { head: say('found'), cell: ({ words }) => <span lang="en">{words}</span> },
                { head: say('todo'), cell: ({ todo }) => <span lang="en">{todo ?? ''}</span> },
              ]}
            />
          </div>
        )}
      </ReadPanel>
    </Page>
  );
}
