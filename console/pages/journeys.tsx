// console/pages/journeys.tsx: from which page to which visitors went, as bands and as a table.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, useSite, useWords } from '../app/context.ts';
import type { Move } from '../app/sankey.ts';
import { layMoves, SANKEY } from '../app/sankey.ts';
import { DaysChoice, useDays } from '../parts/days-choice.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel, ReadView } from '../parts/panel.tsx';
import { Withheld } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Journeys', '路径'],
  lead: [
    'From which page to which visits went. Moves made by too few are left out.',
    '访问在页面之间的流向。人数过少的流向不显示。',
  ],
  table: ['Moves', '流向'],
  from: ['From', '从'],
  to: ['To', '到'],
  moves: ['Moves', '次数'],
  enter: ['(arrived)', '(进入)'],
  leave: ['(left)', '(离开)'],
  none: ['No move was made by enough visitors in these days.', '该时段内没有人数足够的流向。'],
} as const;

const pathsSchema = v.object({
  moves: v.array(v.object({ from: v.nullable(v.string()), to: v.nullable(v.string()), moves: v.number() })),
});

function Sankey({ moves }: { readonly moves: readonly Move[] }): JSX.Element {
  const say = useWords(WORDS);
  const { nodes, bands } = layMoves(moves);
  const nameOf = (page: string | null, side: 'from' | 'to'): string => page ?? say(side === 'from' ? 'enter' : 'leave');
  return (
    <div class="sankey" aria-hidden="true">
      <svg viewBox={`0 0 ${SANKEY.width} ${SANKEY.height}`} preserveAspectRatio="none">
        {bands.map(({ key, path, nth }) => (
          <path key={key} d={path} class={`band band-${(nth % 6) + 1}`} />
        ))}
      </svg>
      {nodes.map(({ page, side, top, height }) => (
        <span
          key={`${side}${page ?? ''}`}
          class={`sankey-node ${side}`}
          style={{ top: `${(100 * (top + height / 2)) / SANKEY.height}%` }}
        >
          {nameOf(page, side)}
        </span>
      ))}
    </div>
  );
}

// Kept for what is drawn, and where nothing is, so that the table below stays in its place.
const SHOWN_PX = 320;

/** The page. */
export function JourneysPage(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const days = useDays();
  const { number } = useFormats();
  const read = useRead({ path: '/v1/sites/{site}/paths', params: { site }, query: { ...days } }, pathsSchema);
  return (
    <Page title={say('title')} note={say('lead')} filters={<DaysChoice />}>
      <ReadPanel title={say('title')} read={read} height={SHOWN_PX}>
        {({ moves }) =>
          moves.length === 0 ? (
            <div style={{ minHeight: `${SHOWN_PX}px` }}>
              <Withheld why={say('none')} />
            </div>
          ) : (
            <Sankey moves={moves} />
          )
        }
      </ReadPanel>
      <Panel title={say('table')} question={read.question}>
        <ReadView read={read} height={240}>
          {({ moves }) => (
            <Table
              label={say('table')}
              rows={moves}
              keyOf={({ from, to }) => `${from ?? ''}|${to ?? ''}`}
              columns={[
                { head: say('from'), cell: ({ from }) => from ?? say('enter'), isName: true },
                { head: say('to'), cell: ({ to }) => to ?? say('leave') },
                { head: say('moves'), cell: (one) => number(one.moves), isNumber: true },
              ]}
            />
          )}
        </ReadView>
      </Panel>
    </Page>
  );
}
