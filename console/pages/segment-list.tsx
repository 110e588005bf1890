// console/pages/segment-list.tsx: every segment of the release with its published size.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import type { Segment, SizesOverTime } from '../api/schemas.ts';
import { segmentsSchema, sizesSchema } from '../api/schemas.ts';
import { useConsole, useFormats, usePathOf, useSite, useWords } from '../app/context.ts';
import { descriptionOf, labelOf } from '../app/segment-label.ts';
import { traitName, traitValue } from '../app/trait-words.ts';
import { textIn } from '../app/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel, ReadView } from '../parts/panel.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { Notice, WithheldMark } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { SEGMENT_WORDS } from './segment-words.ts';

type Segments = v.InferOutput<typeof segmentsSchema>;
const allSizesSchema = v.object({ segments: v.array(v.object({ id: v.string(), ...sizesSchema.entries })) });
const TRAITS_SHOWN = 2;

/** Why a segment's numbers are withheld, in words. */
export function useWithheldWords(floor: number): (reason: string) => string {
  const say = useWords(SEGMENT_WORDS);
  return (reason) => {
    if (reason === 'complement_below_floor' || reason === 'release_cap') return say(reason);
    return say('below_floor', { n: floor });
  };
}

function Apart({ segment }: { readonly segment: Segment }): JSX.Element | null {
  const say = useWords(SEGMENT_WORDS);
  const { language } = useConsole();
  const formats = useFormats();
  if (segment.status === 'withheld') return null;
  const shown = segment.traits.filter(({ compared }) => compared !== 'similar').slice(0, TRAITS_SHOWN);
  return (
    <ul class="apart">
      {shown.map((trait) => (
        <li key={trait.id}>
          <span class={`arrow ${trait.compared}`} aria-hidden="true" />
          {textIn(language, traitName(trait.id))} {traitValue(trait, trait.mean, formats)}
          <span class="unseen"> ({say(trait.compared)})</span>
        </li>
      ))}
    </ul>
  );
}

function Trend({ sizes, trend }: SizesOverTime): JSX.Element {
  const say = useWords(SEGMENT_WORDS);
  const { number } = useFormats();
  const known = sizes.flatMap(({ visitors }) => (visitors === null ? [] : [visitors]));
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return <span class="faint">—</span>;
  if (known.length < 2) return <span class="faint">{say('noTrend')}</span>;
  const change = trend?.status === 'ready' ? trend.change28 : undefined;
  const alert = trend?.status === 'ready' ? trend.alert : null;
  return (
    <>
      <Sparkline label={say('sparkline', { n: known.length, from: number(first), to: number(last) })} values={known} />
      {change === undefined ? null : (
        <span class="faint">{say('change28', { n: `${change > 0 ? '+' : ''}${number(change)}` })}</span>
      )}
      {alert === null ? null : <Badge tone="warn">{say(alert === 'above' ? 'aboveExpected' : 'belowExpected')}</Badge>}
    </>
  );
}

function SegmentTable({
  segments,
  floor,
  sizesOf,
}: {
  readonly segments: readonly Segment[];
  readonly floor: number;
  readonly sizesOf: ReadonlyMap<string, SizesOverTime>;
}): JSX.Element {
  const say = useWords(SEGMENT_WORDS);
  const { language } = useConsole();
  const formats = useFormats();
  const pathOf = usePathOf();
  const whyWithheld = useWithheldWords(floor);
  return (
    <Table
      label={say('all')}
      rows={segments}
      keyOf={({ id }) => id}
      columns={[
        {
          head: say('name'),
          isName: true,
          cell: (segment) => (
            <>
              <Link to={pathOf('segments', segment.id)}>{labelOf(segment, language)}</Link>
              <p class="note">
                {segment.status === 'published' ? descriptionOf(segment, language) : whyWithheld(segment.reason)}
              </p>
            </>
          ),
        },
        { head: say('apart'), cell: (segment) => <Apart segment={segment} /> },
        {
          head: say('size'),
          isNumber: true,
          cell: (segment) =>
            segment.status === 'published' ? (
              `≈ ${formats.number(segment.visitors)}`
            ) : (
              <WithheldMark why={whyWithheld(segment.reason)} />
            ),
        },
        {
          head: say('trend'),
          cell: ({ id }) => {
            const sizes = sizesOf.get(id);
            // Its room is kept, so that nothing moves when the sizes come.
            return <div class="trend-cell">{sizes === undefined ? null : <Trend {...sizes} />}</div>;
          },
        },
      ]}
    />
  );
}

function NoSegments({ reason }: { readonly reason: string | undefined }): JSX.Element {
  const say = useWords(SEGMENT_WORDS);
  const [title, todo] =
    reason === 'not_enough_visitors'
      ? ([say('notEnough'), say('notEnoughDo')] as const)
      : reason === 'traits_do_not_vary'
        ? ([say('noVary'), say('noVaryDo')] as const)
        : ([say('none'), say('noneDo')] as const);
  return (
    <Notice icon="segments" title={title}>
      <p>{todo}</p>
    </Notice>
  );
}

function Release({ release }: { readonly release: Segments }): JSX.Element | null {
  const say = useWords(SEGMENT_WORDS);
  const { number, day, instant } = useFormats();
  const { model, version } = release;
  if (model === null || version === null) return null;
  const { window: events, metrics, privacy, visitors } = model;
  return (
    <div class="stack">
      <Facts>
        <Fact name={say('version')}>{number(version)}</Fact>
        <Fact name={say('made')}>{instant(model.at)}</Fact>
        {events === undefined ? null : (
          <Fact name={say('window')}>
            {day(events.from)} – {day(events.to)}
          </Fact>
        )}
        <Fact name={say('people')}>{visitors === undefined ? <WithheldMark /> : `≈ ${number(visitors)}`}</Fact>
        <Fact name={say('floor')}>{number(privacy.floor)}</Fact>
        {metrics?.silhouette === undefined ? null : <Fact name={say('quality')}>{number(metrics.silhouette)}</Fact>}
        {metrics?.ariWithLast === undefined ? null : <Fact name={say('stable')}>{number(metrics.ariWithLast)}</Fact>}
      </Facts>
      <p class="note">{say('sizes', { n: privacy.roundedTo })}</p>
    </div>
  );
}

/** The list. */
export function SegmentList(): JSX.Element {
  const say = useWords(SEGMENT_WORDS);
  const site = useSite();
  const read = useRead({ path: '/v1/sites/{site}/segments', params: { site } }, segmentsSchema);
  const sizes = useRead({ path: '/v1/sites/{site}/segment-sizes', params: { site } }, allSizesSchema);
  // The list does not wait for them.
  const sizesOf = new Map(
    sizes.state.status === 'ready' ? sizes.state.value.segments.map(({ id, ...over }) => [id, over] as const) : [],
  );
  const isEmpty = read.state.status === 'ready' && read.state.value.model === null;
  return (
    <Page title={say('title')} note={say('lead')}>
      <ReadPanel title={say('all')} read={read} height={430}>
        {({ segments, model }) =>
          segments.length === 0 ? (
            <NoSegments reason={model?.reason} />
          ) : (
            <SegmentTable segments={segments} floor={model?.privacy.floor ?? 0} sizesOf={sizesOf} />
          )
        }
      </ReadPanel>
      {isEmpty || read.state.status === 'failed' ? null : (
        <Panel title={say('about')} question={read.question}>
          <ReadView read={read} height={110}>
            {(release) => <Release release={release} />}
          </ReadView>
        </Panel>
      )}
    </Page>
  );
}
