// console/pages/segment-profile.tsx: how a segment's visitors are spread over each trait, against everybody; asked for, because it is paid for.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { useAct } from '../api/act.ts';
import type { Question } from '../api/client.ts';
import { budgetSchema } from '../api/schemas.ts';
import { useConsole, useFormats, useSite, useWords } from '../app/context.ts';
import { traitName } from '../app/trait-words.ts';
import { textIn } from '../app/words.ts';
import { Budget } from '../parts/budget.tsx';
import { Panel } from '../parts/panel.tsx';
import { Failed, Withheld } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['How visitors are spread', '访客分布'],
  note: [
    'Shares of this segment’s visitors and of everybody, by trait. A new question is paid for from the budget.',
    '各特征下本群体与全体访客的占比。新问题消耗预算。',
  ],
  show: ['Show distributions', '显示分布'],
  spent: ['The budget of new numbers is spent for this period.', '本期新数字预算已用完。'],
  range: ['Range', '区间'],
  here: ['This segment', '本群体'],
  all: ['Everybody', '全体'],
  picture: ['Here above everybody', '本群体(上)与全体(下)'],
} as const;

const share = v.nullable(v.number());
const bin = v.object({ from: share, to: share, segment: share, everybody: share });
type Bin = v.InferOutput<typeof bin>;
const profileSchema = v.intersect([
  v.object({ budget: budgetSchema }),
  v.variant('status', [
    v.object({
      status: v.literal('ready'),
      traits: v.array(v.object({ id: v.string(), bins: v.array(bin) })),
    }),
    v.object({ status: v.literal('withheld') }),
  ]),
]);
type Profile = v.InferOutput<typeof profileSchema>;

function Bins({ name, bins }: { readonly name: string; readonly bins: readonly Bin[] }): JSX.Element {
  const say = useWords(WORDS);
  const { compact, percent } = useFormats();
  const longest = Math.max(0.01, ...bins.flatMap(({ segment, everybody }) => [segment ?? 0, everybody ?? 0]));
  const range = ({ from, to }: Bin): string =>
    from === null ? `< ${compact(to ?? 0)}` : to === null ? `≥ ${compact(from)}` : `${compact(from)} – ${compact(to)}`;
  const shown = (value: number | null): string => (value === null ? '—' : percent(value));
  return (
    <Table
      label={name}
      rows={bins}
      keyOf={({ from, to }) => `${from}|${to}`}
      columns={[
        { head: say('range'), cell: range, isName: true },
        {
          head: say('picture'),
          cell: ({ segment, everybody }) => (
            <span class="against" aria-hidden="true">
              <span class="against-here" style={{ width: `${(100 * (segment ?? 0)) / longest}%` }} />
              <span class="against-all" style={{ width: `${(100 * (everybody ?? 0)) / longest}%` }} />
            </span>
          ),
        },
        { head: say('here'), cell: ({ segment }) => shown(segment), isNumber: true },
        { head: say('all'), cell: ({ everybody }) => shown(everybody), isNumber: true },
      ]}
    />
  );
}

/** The panel. */
export function SegmentProfile({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { language } = useConsole();
  const { act, isBusy, failure } = useAct();
  const [profile, setProfile] = useState<Profile | undefined>();
  const question: Question = { path: '/v1/sites/{site}/segments/{id}/profile', params: { site, id } };
  return (
    <Panel title={say('title')} note={say('note')} question={question}>
      <div class="stack">
        {failure === undefined ? null : <Failed failure={failure} />}
        {profile === undefined ? (
          <div>
            <button
              type="button"
              class="button"
              disabled={isBusy}
              onClick={() => void act(question, profileSchema).then(setProfile)}
            >
              {say('show')}
            </button>
          </div>
        ) : profile.status === 'withheld' ? (
          <Withheld why={say('spent')} />
        ) : (
          <div class="columns">
            {profile.traits.map(({ id: trait, bins }) => (
              <section key={trait} class="stack">
                <h3>{textIn(language, traitName(trait))}</h3>
                <Bins name={textIn(language, traitName(trait))} bins={bins} />
              </section>
            ))}
          </div>
        )}
        {profile === undefined ? null : <Budget budget={profile.budget} />}
      </div>
    </Panel>
  );
}
