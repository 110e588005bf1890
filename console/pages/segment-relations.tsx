// console/pages/segment-relations.tsx: what a segment's visitors look at most, and whom it shares with other segments.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { budgetSchema } from '../api/schemas.ts';
import { useFormats, usePathOf, useServerWord, useSite, useWords } from '../app/context.ts';
import type { Bar } from '../parts/bars.tsx';
import { BarList } from '../parts/bars.tsx';
import { Budget } from '../parts/budget.tsx';
import { Link } from '../parts/link.tsx';
import { Withheld, WithheldMark } from '../parts/states.tsx';
import { PaidPanel } from './paid-panel.tsx';

const WORDS = {
  top: ['Top pages and items', '热门页面与商品'],
  topNote: [
    'Each visitor counts once: at the page and the item they looked at most in the last 30 days.',
    '每位访客只计一次:最近 30 天看得最多的页面与商品。',
  ],
  topShow: ['Show top pages and items', '显示热门页面与商品'],
  pages: ['Pages', '页面'],
  items: ['Items', '商品'],
  few: ['None is the favourite of as many visitors as may be shown.', '没有达到可显示人数的项目。'],
  spent: ['The budget of new numbers is spent for this period.', '本期新数字预算已用完。'],
  overlap: ['Overlap with other segments', '与其他群体的重叠'],
  overlapNote: [
    'How many of its visitors are in another segment as well. Clusters share nobody with each other.',
    '同时属于其他群体的访客数。各聚类之间没有重叠。',
  ],
  overlapShow: ['Show overlap', '显示重叠'],
  nothing: [
    'There is no other segment that it could share visitors with: make a rule.',
    '没有可比较的其他群体:请创建规则。',
  ],
  more: ['{n} more rules are not compared: the question would cost too much.', '另有 {n} 条规则未比较:问题开销过大。'],
} as const;

const words = v.array(v.object({ word: v.string(), visitors: v.number() }));
type Favourites = v.InferOutput<typeof words>;
const favouritesSchema = v.intersect([
  v.object({ budget: budgetSchema }),
  v.variant('status', [
    v.object({ status: v.literal('ready'), pages: words, items: words }),
    v.object({ status: v.literal('withheld') }),
  ]),
]);
const overlapSchema = v.object({
  overlaps: v.array(v.object({ id: v.string(), visitors: v.nullable(v.number()), withheld: v.nullable(v.string()) })),
  left: v.number(),
  budget: budgetSchema,
});
type Overlaps = v.InferOutput<typeof overlapSchema>;

function Top({ title, words: list }: { readonly title: string; readonly words: Favourites }): JSX.Element {
  const say = useWords(WORDS);
  const { number } = useFormats();
  return (
    <section class="stack">
      <h3>{title}</h3>
      {list.length === 0 ? (
        <p class="note">{say('few')}</p>
      ) : (
        <BarList
          bars={list.map(({ word, visitors }) => ({
            key: word,
            name: <span translate={false}>{word}</span>,
            value: visitors,
            shown: `≈ ${number(visitors)}`,
          }))}
        />
      )}
    </section>
  );
}

/** What its visitors look at most. */
export function SegmentFavourites({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  return (
    <PaidPanel
      title={say('top')}
      note={say('topNote')}
      show={say('topShow')}
      question={{ path: '/v1/sites/{site}/segments/{id}/favourites', params: { site, id } }}
      schema={favouritesSchema}
    >
      {(told) => (
        <>
          {told.status === 'withheld' ? (
            <Withheld why={say('spent')} />
          ) : (
            <div class="columns">
              <Top title={say('pages')} words={told.pages} />
              <Top title={say('items')} words={told.items} />
            </div>
          )}
          <Budget budget={told.budget} />
        </>
      )}
    </PaidPanel>
  );
}

function OverlapList({
  overlaps,
  nameOf,
}: {
  readonly overlaps: Overlaps['overlaps'];
  readonly nameOf: NameOf;
}): JSX.Element {
  const word = useServerWord();
  const { number } = useFormats();
  const pathOf = usePathOf();
  return (
    <BarList
      bars={overlaps.map(
        ({ id, visitors, withheld }): Bar => ({
          key: id,
          name: <Link to={pathOf('segments', id)}>{nameOf(id)}</Link>,
          value: visitors,
          shown: visitors === null ? <WithheldMark why={word(withheld ?? 'below_floor')} /> : `≈ ${number(visitors)}`,
        }),
      )}
    />
  );
}

/** What a segment is called. */
type NameOf = (id: string) => string;

/** Whom it shares. */
export function SegmentOverlap({ id, nameOf }: { readonly id: string; readonly nameOf: NameOf }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  return (
    <PaidPanel
      title={say('overlap')}
      note={say('overlapNote')}
      show={say('overlapShow')}
      question={{ path: '/v1/sites/{site}/segments/{id}/overlap', params: { site, id } }}
      schema={overlapSchema}
    >
      {({ overlaps, left, budget }) => (
        <>
          {overlaps.length === 0 ? (
            <p class="note">{say('nothing')}</p>
          ) : (
            <OverlapList overlaps={overlaps} nameOf={nameOf} />
          )}
          {left === 0 ? null : <p class="note">{say('more', { n: left })}</p>}
          <Budget budget={budget} />
        </>
      )}
    </PaidPanel>
  );
}
