// console/pages/segment-filter.tsx: one segment's numbers beside those of everybody, chosen by the address.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { budgetSchema, segmentsSchema } from '../api/schemas.ts';
import { useConsole, useFormats, useQuery, useScopes, useSite, useWords } from '../app/context.ts';
import type { Days } from '../app/days.ts';
import { labelOf } from '../app/segment-label.ts';
import { Budget } from '../parts/budget.tsx';
import { SelectField } from '../parts/field.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Withheld, WithheldMark } from '../parts/states.tsx';

const WORDS = {
  segment: ['Segment', '群体'],
  everybody: ['Everybody', '全体'],
  title: ['This segment in these days', '该群体在此时段'],
  note: [
    'Members as they are now, and what they did in these days. New days cost three numbers of the budget.',
    '以当前成员计算其在该时段的行为。新的时段消耗三个预算数字。',
  ],
  spent: ['The budget of new numbers is spent for this period.', '本期新数字预算已用完。'],
  visitors: ['Visitors', '访客'],
  visits: ['Visits', '访问次数'],
  orders: ['Orders', '订单'],
  revenue: ['Revenue', '收入'],
} as const;

const people = v.nullable(v.number());
const totalsSchema = v.intersect([
  v.object({ budget: budgetSchema }),
  v.variant('status', [
    v.object({
      status: v.literal('ready'),
      totals: v.object({
        visitors: people,
        visits: people,
        orders: people,
        revenue: people,
        currency: v.nullable(v.string()),
      }),
    }),
    v.object({ status: v.literal('withheld') }),
  ]),
]);
const MEASURES = ['visitors', 'visits', 'orders', 'revenue'] as const;

function Choice(): JSX.Element | null {
  const say = useWords(WORDS);
  const site = useSite();
  const { language } = useConsole();
  const { query, setQuery } = useQuery();
  const { state } = useRead({ path: '/v1/sites/{site}/segments', params: { site } }, segmentsSchema);
  const segments = state.status === 'ready' ? state.value.segments : [];
  const shown = segments.filter((one) => one.status === 'published');
  return (
    <SelectField
      label={say('segment')}
      value={query.get('segment') ?? ''}
      options={[['', say('everybody')], ...shown.map((one) => [one.id, labelOf(one, language)] as const)]}
      onValue={(value) => setQuery({ segment: value })}
    />
  );
}

/** Chooses a segment, where whoever looks may see segments. */
export function SegmentChoice(): JSX.Element | null {
  return useScopes().has('segments:read') ? <Choice /> : null;
}

function Totals({ id, days: { from, to } }: { readonly id: string; readonly days: Days }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { number, money } = useFormats();
  const read = useRead(
    { path: '/v1/sites/{site}/segments/{id}/totals', params: { site, id }, query: { from, to } },
    totalsSchema,
  );
  return (
    <ReadPanel title={say('title')} note={say('note')} read={read} height={130}>
      {(told) => (
        <div class="stack">
          {told.status === 'withheld' ? (
            <Withheld why={say('spent')} />
          ) : (
            <div class="tiles">
              {MEASURES.map((measure) => {
                const value = told.totals[measure];
                const { currency } = told.totals;
                const shown =
                  measure === 'revenue' && currency !== null ? (one: number) => money(one, currency) : number;
                return (
                  <div key={measure} class="tile">
                    <span class="tile-name">{say(measure)}</span>
                    <span class="tile-value">{value === null ? <WithheldMark /> : shown(value)}</span>
                  </div>
                );
              })}
            </div>
          )}
          <Budget budget={told.budget} />
        </div>
      )}
    </ReadPanel>
  );
}

/** The chosen segment's numbers; nothing where none is chosen. */
export function SegmentTotals({ days }: { readonly days: Days }): JSX.Element | null {
  const id = useQuery().query.get('segment');
  return id === null || id === '' ? null : <Totals id={id} days={days} />;
}
