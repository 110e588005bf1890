// console/pages/consent-panel.tsx: the consent funnel: page views asked, granted and refused, by purpose; and GPC.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, useServerWord, useSite, useWords } from '../app/context.ts';
import { Badge } from '../parts/badge.tsx';
import { DaysChoice, useDays } from '../parts/days-choice.tsx';
import { FunnelBars } from '../parts/funnel-bars.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { Notice, WithheldMark } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const WORDS = {
  title: ['Consent', '同意'],
  note: [
    'Page views by what visitors had chosen when they looked, on the day they arrived. Refusals are counted too, of nobody.',
    '按访客浏览时的选择统计的页面浏览,以到达日计。拒绝也计数,但不指向任何人。',
  ],
  none: ['No page view arrived in these days', '该时段没有页面浏览到达'],
  noneDo: ['Choose other days, or look at the loss ledger.', '请选择其他日期,或查看损耗账本。'],
  all: ['Page views', '页面浏览'],
  asked: ['Choice known', '已作选择'],
  agreed: ['Agreed to something', '同意其中之一'],
  unasked: ['Not asked yet', '尚未询问'],
  refused: ['Refused', '拒绝'],
  gpc: ['With Global Privacy Control', '带 GPC 信号'],
  narrowed: ['Consent narrowed by it', '因此收窄的同意'],
  purposes: ['By purpose', '按目的'],
  purpose: ['Purpose', '目的'],
  granted: ['Granted', '同意'],
  share: ['Of those asked', '占已询问'],
  relied: ['Relied on', '是否依据'],
  yes: ['yes', '是'],
  no: ['no', '否'],
} as const;

const views = v.nullable(v.number());
const consentSchema = v.object({
  views,
  unasked: views,
  refused: views,
  granted: views,
  purposes: v.array(v.object({ purpose: v.string(), granted: views, refused: views, isReliedOn: v.boolean() })),
  gpc: v.object({ views, narrowed: views }),
});
type Consent = v.InferOutput<typeof consentSchema>;

function Shown({ consent }: { readonly consent: Consent }): JSX.Element {
  const say = useWords(WORDS);
  const word = useServerWord();
  const { number, percent } = useFormats();
  const shown = (value: number | null): JSX.Element | string => (value === null ? <WithheldMark /> : number(value));
  const { granted, refused } = consent;
  const asked = granted === null && refused === null ? null : (granted ?? 0) + (refused ?? 0);
  const shareOf = (part: number | null): number | null =>
    part === null || consent.views === null || consent.views === 0 ? null : part / consent.views;
  return (
    <div class="stack">
      <FunnelBars
        label={say('title')}
        steps={[
          { step: say('all'), visitors: consent.views, share: null },
          { step: say('asked'), visitors: asked, share: shareOf(asked) },
          { step: say('agreed'), visitors: granted, share: shareOf(granted) },
        ]}
      />
      <Facts>
        <Fact name={say('unasked')}>{shown(consent.unasked)}</Fact>
        <Fact name={say('refused')}>{shown(refused)}</Fact>
        <Fact name={say('gpc')}>{shown(consent.gpc.views)}</Fact>
        <Fact name={say('narrowed')}>{shown(consent.gpc.narrowed)}</Fact>
      </Facts>
      <Table
        label={say('purposes')}
        rows={consent.purposes}
        keyOf={({ purpose }) => purpose}
        columns={[
          { head: say('purpose'), cell: ({ purpose }) => word(purpose), isName: true },
          { head: say('granted'), cell: (one) => shown(one.granted), isNumber: true },
          { head: say('refused'), cell: (one) => shown(one.refused), isNumber: true },
          {
            head: say('share'),
            isNumber: true,
            cell: (one) =>
              one.granted === null || one.refused === null || one.granted + one.refused === 0
                ? '—'
                : percent(one.granted / (one.granted + one.refused)),
          },
          {
            head: say('relied'),
            cell: ({ isReliedOn }) => (
              <Badge tone={isReliedOn ? 'accent' : 'plain'}>{say(isReliedOn ? 'yes' : 'no')}</Badge>
            ),
          },
        ]}
      />
    </div>
  );
}

/** The panel. Its days are in the address. */
export function ConsentPanel(): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const { from, to } = useDays();
  const read = useRead(
    { path: '/v1/sites/{site}/privacy/consent', params: { site }, query: { from, to } },
    consentSchema,
  );
  return (
    <ReadPanel title={say('title')} note={say('note')} read={read} height={420} actions={<DaysChoice />}>
      {(consent) =>
        consent.views === null ? (
          <Notice icon="privacy" title={say('none')}>
            <p>{say('noneDo')}</p>
          </Notice>
        ) : (
          <Shown consent={consent} />
        )
      }
    </ReadPanel>
  );
}
