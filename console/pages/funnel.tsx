// console/pages/funnel.tsx: how many visitors got to each step, one after the other.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { budgetSchema } from '../api/schemas.ts';
import { useQuery, useSite, useWords } from '../app/context.ts';
import { Budget } from '../parts/budget.tsx';
import { DaysChoice, useDays } from '../parts/days-choice.tsx';
import { TextField } from '../parts/field.tsx';
import { FunnelBars } from '../parts/funnel-bars.tsx';
import { Page } from '../parts/page.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Withheld } from '../parts/states.tsx';

const WORDS = {
  title: ['Funnel', '转化漏斗'],
  lead: ['Visitors who did each step after the one before it.', '依次完成各步骤的访客。'],
  steps: ['Steps, with commas between', '步骤(逗号分隔)'],
  ask: ['Show', '显示'],
} as const;
const STEPS = 'page_view,view_item,add_to_cart,begin_checkout,purchase';

const funnelSchema = v.object({
  steps: v.array(v.object({ step: v.string(), visitors: v.nullable(v.number()), share: v.nullable(v.number()) })),
  budget: budgetSchema,
});

/** The page. */
export function FunnelPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const days = useDays();
  const { query, setQuery } = useQuery();
  const steps = query.get('steps') ?? STEPS;
  const [typed, setTyped] = useState(steps);
  const read = useRead({ path: '/v1/sites/{site}/funnels', params: { site }, query: { ...days, steps } }, funnelSchema);
  return (
    <Page title={say('title')} note={say('lead')} filters={<DaysChoice />}>
      <form
        class="form-row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setQuery({ steps: typed === STEPS ? undefined : typed });
        }}
      >
        <TextField label={say('steps')} value={typed} onValue={setTyped} />
        <button type="submit" class="button">
          {say('ask')}
        </button>
      </form>
      <ReadPanel title={say('title')} read={read} height={280}>
        {({ steps: reached, budget }) => (
          <div class="stack">
            {reached.every(({ visitors }) => visitors === null) ? (
              <Withheld />
            ) : (
              <FunnelBars label={say('title')} steps={reached} />
            )}
            <Budget budget={budget} />
          </div>
        )}
      </ReadPanel>
    </Page>
  );
}
