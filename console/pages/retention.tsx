// console/pages/retention.tsx: visitors by the week they were first seen in, and the share that came back.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { budgetSchema } from '../api/schemas.ts';
import { useFormats, useSite, useWords } from '../app/context.ts';
import { Budget } from '../parts/budget.tsx';
import { DaysChoice, useDays } from '../parts/days-choice.tsx';
import { Page } from '../parts/page.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Withheld, WithheldMark } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Retention', '留存'],
  lead: [
    'Of the visitors first seen in a week, the share that came back in the weeks after it.',
    '某周首次到访的访客中,之后各周返回的比例。',
  ],
  week: ['First week', '首次到访周'],
  visitors: ['Visitors', '访客'],
  after: ['+{n} w', '第 {n} 周'],
} as const;

const people = v.nullable(v.number());
const retentionSchema = v.object({
  cohorts: v.array(
    v.object({ week: v.string(), visitors: people, returned: v.array(v.object({ visitors: people, share: people })) }),
  ),
  budget: budgetSchema,
});
type Cohort = v.InferOutput<typeof retentionSchema>['cohorts'][number];
/** Depth of the colour, in steps, so that numbers on it stay legible. */
const STEPS = 5;

function CohortTable({ cohorts }: { readonly cohorts: readonly Cohort[] }): JSX.Element {
  const say = useWords(WORDS);
  const { day, number, percent } = useFormats();
  const weeks = Math.max(0, ...cohorts.map(({ returned }) => returned.length));
  return (
    <Table
      label={say('title')}
      rows={cohorts}
      keyOf={({ week }) => week}
      columns={[
        { head: say('week'), cell: ({ week }) => day(week), isName: true },
        {
          head: say('visitors'),
          cell: ({ visitors }) => (visitors === null ? <WithheldMark /> : number(visitors)),
          isNumber: true,
        },
        ...Array.from({ length: weeks }, (_, nth) => ({
          head: say('after', { n: nth + 1 }),
          isNumber: true,
          cell: ({ returned }: Cohort): JSX.Element | string => {
            const share = returned[nth]?.share;
            if (share === undefined || share === null) return returned[nth] === undefined ? '' : '—';
            return <span class={`heat heat-${Math.min(STEPS, Math.ceil(share * 10))}`}>{percent(share)}</span>;
          },
        })),
      ]}
    />
  );
}

/** The page. */
export function RetentionPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const days = useDays();
  const read = useRead({ path: '/v1/sites/{site}/retention', params: { site }, query: { ...days } }, retentionSchema);
  return (
    <Page title={say('title')} note={say('lead')} filters={<DaysChoice />}>
      <ReadPanel title={say('title')} read={read} height={320}>
        {({ cohorts, budget }) => (
          <div class="stack">
            {cohorts.every(({ visitors }) => visitors === null) ? <Withheld /> : <CohortTable cohorts={cohorts} />}
            <Budget budget={budget} />
          </div>
        )}
      </ReadPanel>
    </Page>
  );
}
