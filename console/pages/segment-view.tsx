// console/pages/segment-view.tsx: one segment: its size, what it is in words, and its traits against everyone.
import type { JSX } from 'preact';
import { useRead } from '../api/read.ts';
import type { Segment, Trait } from '../api/schemas.ts';
import { segmentSchema, segmentsSchema } from '../api/schemas.ts';
import { useConsole, useFormats, usePathOf, useSite, useWords } from '../app/context.ts';
import { descriptionOf, labelOf } from '../app/segment-label.ts';
import { traitName, traitValue } from '../app/trait-words.ts';
import { textIn } from '../app/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel } from '../parts/panel.tsx';
import { Withheld } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { SegmentMembers } from './segment-members.tsx';
import { SegmentOutlook } from './segment-outlook.tsx';
import { SegmentProfile } from './segment-profile.tsx';
import { SegmentFavourites, SegmentOverlap } from './segment-relations.tsx';
import { SegmentTrend } from './segment-trend.tsx';
import { useWithheldWords } from './segment-list.tsx';
import { SEGMENT_WORDS } from './segment-words.ts';

/** Two bars, the segment above everyone, on one scale. */
function Against({ trait }: { readonly trait: Trait }): JSX.Element | null {
  const { mean, overall } = trait;
  if (overall === undefined || mean < 0 || overall < 0) return null;
  const longest = Math.max(mean, overall, Number.MIN_VALUE);
  return (
    <span class="against" aria-hidden="true">
      <span class="against-here" style={{ width: `${(100 * mean) / longest}%` }} />
      <span class="against-all" style={{ width: `${(100 * overall) / longest}%` }} />
    </span>
  );
}

function TraitTable({ traits }: { readonly traits: readonly Trait[] }): JSX.Element {
  const say = useWords(SEGMENT_WORDS);
  const { language } = useConsole();
  const formats = useFormats();
  const isCompared = traits.some(({ overall }) => overall !== undefined);
  return (
    <Table
      label={say('traits')}
      rows={traits}
      keyOf={({ id }) => id}
      columns={[
        { head: say('trait'), cell: ({ id }) => textIn(language, traitName(id)), isName: true },
        ...(isCompared ? [{ head: say('picture'), cell: (trait: Trait) => <Against trait={trait} /> }] : []),
        { head: say('here'), cell: (trait) => traitValue(trait, trait.mean, formats), isNumber: true },
        ...(isCompared
          ? [
              {
                head: say('everyone'),
                cell: ({ overall, ...trait }: Trait) =>
                  overall === undefined ? '—' : traitValue(trait, overall, formats),
                isNumber: true,
              },
            ]
          : []),
        {
          head: say('compared'),
          cell: ({ compared }) => <Badge tone={compared === 'similar' ? 'plain' : 'accent'}>{say(compared)}</Badge>,
        },
      ]}
    />
  );
}

function Shown({ segment }: { readonly segment: Segment }): JSX.Element {
  const say = useWords(SEGMENT_WORDS);
  const { language } = useConsole();
  const { number, instant } = useFormats();
  const whyWithheld = useWithheldWords(0);
  if (segment.status === 'withheld') return <Withheld why={whyWithheld(segment.reason)} />;
  return (
    <div class="stack">
      <p class="tile-value">≈ {number(segment.visitors)}</p>
      <p>{descriptionOf(segment, language)}</p>
      <p class="faint">{say('updated', { when: instant(segment.at) })}</p>
    </div>
  );
}

/** What is told of a segment that is large enough. */
function More({ id }: { readonly id: string }): JSX.Element {
  const { language } = useConsole();
  const site = useSite();
  const all = useRead({ path: '/v1/sites/{site}/segments', params: { site } }, segmentsSchema);
  const segments = all.state.status === 'ready' ? all.state.value.segments : [];
  const nameOf = (other: string): string => {
    const found = segments.find((one) => one.id === other);
    return found === undefined ? other : labelOf(found, language);
  };
  return (
    <>
      <div class="columns">
        <SegmentTrend id={id} />
        <SegmentOutlook id={id} />
      </div>
      <SegmentProfile id={id} />
      <SegmentFavourites id={id} />
      <SegmentOverlap id={id} nameOf={nameOf} />
      <SegmentMembers id={id} />
    </>
  );
}

/** The page of one. */
export function SegmentView({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(SEGMENT_WORDS);
  const { language } = useConsole();
  const site = useSite();
  const pathOf = usePathOf();
  const read = useRead({ path: '/v1/sites/{site}/segments/{id}', params: { site, id } }, segmentSchema);
  const segment = read.state.status === 'ready' ? read.state.value : undefined;
  return (
    <Page
      title={segment === undefined ? id : labelOf(segment, language)}
      back={
        <Link to={pathOf('segments')} class="back">
          <Icon name="next" size={14} />
          {say('all')}
        </Link>
      }
    >
      <ReadPanel title={say('members')} read={read} height={120}>
        {(shown) => <Shown segment={shown} />}
      </ReadPanel>
      {segment?.status === 'published' ? (
        <Panel
          question={read.question}
          title={say('traits')}
          note={say(segment.traits.some(({ overall }) => overall !== undefined) ? 'traitsNote' : 'traitsAlone')}
        >
          <TraitTable traits={segment.traits} />
        </Panel>
      ) : null}
      {segment?.status === 'published' ? <More id={id} /> : null}
    </Page>
  );
}
