// console/pages/items.tsx: what is bought together: rules over the orders of the last months.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, useSite, useWords } from '../app/context.ts';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Notice } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Next items', '关联商品'],
  lead: ['What is bought together, by orders of 90 days.', '根据 90 天订单得出的一起购买的商品。'],
  notRun: [
    'The segmenter has not run for this site yet. It does so every hour once orders have come.',
    '该站点尚未运行分群任务。有订单后每小时运行一次。',
  ],
  refused: ['No rules can be said yet', '尚无法得出规则'],
  too_few_orders: [
    'Too few orders so far. Rules come with the next run once there are enough.',
    '订单太少。数量足够后,下次运行会得出规则。',
  ],
  from: ['From about {n} orders up to {day}.', '约 {n} 个订单,截至 {day}。'],
  none: ['Nothing is bought together often enough to be told.', '没有足够频繁的共同购买。'],
  items: ['Who buys', '购买'],
  also: ['also buys', '同时购买'],
  confidence: ['How often', '比例'],
  lift: ['Against chance', '相对随机'],
} as const;

const itemsSchema = v.variant('status', [
  v.object({
    status: v.literal('ready'),
    orders: v.number(),
    asOf: v.string(),
    rules: v.array(
      v.object({ items: v.array(v.string()), also: v.string(), confidence: v.number(), lift: v.number() }),
    ),
  }),
  v.object({ status: v.literal('refused'), reason: v.string() }),
]);

/** The page. */
export function ItemsPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { number, percent, day } = useFormats();
  const read = useRead({ path: '/v1/sites/{site}/item-rules', params: { site } }, itemsSchema);
  const { state } = read;
  // Before the first run there is nothing to read: that is no failure.
  const isNotRun = state.status === 'failed' && state.failure.kind === 'problem' && state.failure.name === 'not_found';
  return (
    <Page title={say('title')} note={say('lead')}>
      {isNotRun ? (
        <Panel title={say('title')} question={read.question}>
          <Notice icon="items" title={say('refused')}>
            <p>{say('notRun')}</p>
          </Notice>
        </Panel>
      ) : (
        <ReadPanel title={say('title')} read={read} height={320}>
          {(found) =>
            found.status === 'refused' ? (
              <Notice icon="items" title={say('refused')}>
                <p>{say('too_few_orders')}</p>
              </Notice>
            ) : (
              <div class="stack">
                <p class="faint">{say('from', { n: number(found.orders), day: day(found.asOf) })}</p>
                {found.rules.length === 0 ? (
                  <p>{say('none')}</p>
                ) : (
                  <Table
                    label={say('title')}
                    rows={found.rules}
                    keyOf={({ items, also }) => `${items.join('|')}>${also}`}
                    columns={[
                      { head: say('items'), cell: ({ items }) => items.join(', '), isName: true },
                      { head: say('also'), cell: ({ also }) => also },
                      { head: say('confidence'), cell: ({ confidence }) => percent(confidence), isNumber: true },
                      { head: say('lift'), cell: ({ lift }) => `× ${number(lift)}`, isNumber: true },
                    ]}
                  />
                )}
              </div>
            )
          }
        </ReadPanel>
      )}
    </Page>
  );
}
