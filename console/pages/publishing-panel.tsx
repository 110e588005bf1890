// console/pages/publishing-panel.tsx: what is held back by P3 now, and what may still be published.
import type { JSX } from 'preact';
import * as v from 'valibot';
import type { Question } from '../api/client.ts';
import { budgetSchema } from '../api/schemas.ts';
import { useFormats, useServerWord, useWords } from '../app/context.ts';
import { BarList } from '../parts/bars.tsx';
import { Budget } from '../parts/budget.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/panel.tsx';

const WORDS = {
  title: ['Publishing', '公布控制'],
  note: [
    'No number about people leaves below the floor, exactly, or more often than the cap allows.',
    '任何关于人群的数字都不会低于下限、以精确值或超出频次公布。',
  ],
  floor: ['Floor', '下限'],
  margin: ['Margin after noise', '噪声余量'],
  withheld: ['Segments withheld', '不予公布的群体'],
  of: ['{n} of {m}', '{n}/{m}'],
  releases: ['Publications of new sets in 28 days', '28 天内新集合的发布'],
  budget: ['New questions left in 28 days', '28 天内剩余的新问题'],
  next: ['The next new sets may be published from {when} on.', '下一批新集合最早可于 {when} 发布。'],
  now: ['New sets may be published now.', '现在可以发布新集合。'],
} as const;

/** The part of the answer that this is about. */
export const publishingSchema = v.object({
  floor: v.number(),
  margin: v.number(),
  releases: v.object({ used: v.number(), of: v.number(), nextAt: v.nullable(v.number()) }),
  budget: budgetSchema,
  segments: v.object({
    of: v.number(),
    withheld: v.array(v.object({ reason: v.string(), segments: v.number() })),
  }),
});

/** The panel. */
export function PublishingPanel({
  publishing: { floor, margin, releases, budget, segments },
  question,
}: {
  readonly publishing: v.InferOutput<typeof publishingSchema>;
  readonly question: Question;
}): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number, instant } = useFormats();
  const withheld = segments.withheld.reduce((sum, one) => sum + one.segments, 0);
  return (
    <Panel title={say('title')} note={say('note')} question={question}>
      <div class="stack">
        <Facts>
          <Fact name={say('floor')}>{number(floor)}</Fact>
          <Fact name={say('margin')}>+{number(margin)}</Fact>
          <Fact name={say('withheld')}>
            {say('of', { n: withheld, m: segments.of })}
            {segments.withheld.map((one) => (
              <p key={one.reason} class="faint">
                {number(one.segments)} × {word(one.reason)}
              </p>
            ))}
          </Fact>
        </Facts>
        <BarList
          max={1}
          bars={[
            {
              key: 'releases',
              name: say('releases'),
              value: releases.used / releases.of,
              shown: say('of', { n: releases.used, m: releases.of }),
            },
            {
              key: 'budget',
              name: say('budget'),
              value: budget.left / budget.of,
              shown: say('of', { n: budget.left, m: budget.of }),
            },
          ]}
        />
        <p class="note">{releases.nextAt === null ? say('now') : say('next', { when: instant(releases.nextAt) })}</p>
        <Budget budget={budget} />
      </div>
    </Panel>
  );
}
