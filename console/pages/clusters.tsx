// console/pages/clusters.tsx: where the clusters lie to each other, and by what their number was chosen.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { segmentsSchema } from '../api/schemas.ts';
import { useConsole, useFormats, usePathOf, useSite, useWords } from '../app/context.ts';
import { labelOf } from '../app/segment-label.ts';
import { traitName } from '../app/trait-words.ts';
import { textIn } from '../app/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Fact, Facts } from '../parts/facts.tsx';
import { Link } from '../parts/link.tsx';
import { Page } from '../parts/page.tsx';
import { Panel, ReadPanel, ReadView } from '../parts/panel.tsx';
import { Notice, WithheldMark } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import type { MapPoint } from '../parts/scatter.tsx';
import { Scatter } from '../parts/scatter.tsx';
import { Curve } from '../parts/curve.tsx';

const WORDS = {
  title: ['Clusters', '聚类图'],
  lead: ['How alike the found groups are, and why there are as many.', '各群体的相似程度,以及群体数量的选择依据。'],
  map: ['Map', '分布图'],
  mapNote: [
    'Centres along the two directions in which visitors differ most. Near is alike; the area is the published size.',
    '按差异最大的两个方向绘制各群体中心。越近越相似,面积为公布人数。',
  ],
  choice: ['How many clusters', '聚类数量'],
  choiceNote: [
    'Stability first: whether a resample finds the same groups. Then silhouette, then the smallest size.',
    '先看稳定性:重新抽样能否得到相同群体;再看轮廓系数与最小规模。',
  ],
  k: ['Clusters', '数量'],
  stability: ['Stability', '稳定性'],
  silhouette: ['Silhouette', '轮廓系数'],
  smallest: ['Smallest share', '最小占比'],
  chosen: ['chosen', '已选'],
  none: ['There are no clusters yet', '还没有聚类'],
  noneDo: [
    'They come with the first run that finds enough visitors who agreed to profiling.',
    '当同意画像的访客足够多时,首次运行后即可显示。',
  ],
  noMap: [
    'This release was made before maps were drawn; the next run brings one.',
    '本次发布尚无分布图,下次运行后提供。',
  ],
  noChoice: ['The number of clusters was given, not chosen.', '聚类数量为指定值,并非自动选择。'],
  segments: ['Open segments', '查看群体'],
  name: ['Segment', '群体'],
  size: ['Visitors', '访客'],
  explained: ['Variance explained', '解释方差'],
  stable: ['Agreement with the last version', '与上一版一致度'],
  drift: ['Segments may mean something else than before', '群体含义可能已改变'],
  driftDo: [
    '{share} of visitors have another segment than in the last version. What changed most: {trait}.',
    '{share} 的访客与上一版所属群体不同。变化最大的特征:{trait}。',
  ],
  driftShare: [
    '{share} of visitors have another segment than in the last version.',
    '{share} 的访客与上一版所属群体不同。',
  ],
} as const;

const choice = v.object({
  k: v.number(),
  stability: v.number(),
  silhouette: v.number(),
  smallest: v.optional(v.nullable(v.number()), null),
});
type Choice = v.InferOutput<typeof choice>;
const modelSchema = v.looseObject({
  status: v.string(),
  method: v.looseObject({ k: v.optional(v.number()) }),
  metrics: v.optional(
    v.looseObject({
      silhouette: v.optional(v.number()),
      explainedVariance: v.optional(v.number()),
      ariWithLast: v.optional(v.number()),
    }),
  ),
  drift: v.optional(v.object({ labelsChanged: v.number(), trait: v.optional(v.string()), alarm: v.boolean() })),
  kChoice: v.optional(v.array(choice)),
  map: v.optional(v.array(v.object({ segment: v.string(), x: v.number(), y: v.number(), size: v.number() }))),
});
type Model = v.InferOutput<typeof modelSchema>;

const NoClusters = (): JSX.Element => {
  const say = useWords(WORDS);
  const pathOf = usePathOf();
  return (
    <Notice icon="clusters" title={say('none')}>
      <p>{say('noneDo')}</p>
      <Link to={pathOf('segments')} class="button small">
        {say('segments')}
      </Link>
    </Notice>
  );
};

function MapView({ points }: { readonly points: readonly MapPoint[] }): JSX.Element {
  const say = useWords(WORDS);
  const { number } = useFormats();
  const pathOf = usePathOf();
  return (
    <div class="stack">
      <Scatter label={say('map')} points={points} />
      <Table
        label={say('map')}
        rows={points}
        keyOf={({ id }) => id}
        columns={[
          {
            head: say('name'),
            isName: true,
            cell: ({ id, name }) => <Link to={pathOf('segments', id)}>{name}</Link>,
          },
          { head: say('size'), cell: ({ size }) => `≈ ${number(size)}`, isNumber: true },
        ]}
      />
    </div>
  );
}

function ChoiceView({
  choices,
  k,
}: {
  readonly choices: readonly Choice[];
  readonly k: number | undefined;
}): JSX.Element {
  const say = useWords(WORDS);
  const { number, percent } = useFormats();
  return (
    <div class="stack">
      <Curve
        label={say('choice')}
        at={choices.map((one) => one.k)}
        marked={k}
        lines={[
          { name: say('stability'), values: choices.map((one) => one.stability) },
          { name: say('silhouette'), values: choices.map((one) => one.silhouette) },
        ]}
      />
      <Table
        label={say('choice')}
        rows={choices}
        keyOf={(one) => String(one.k)}
        columns={[
          {
            head: say('k'),
            isName: true,
            cell: (one) => (
              <>
                {number(one.k)} {one.k === k ? <Badge tone="accent">{say('chosen')}</Badge> : null}
              </>
            ),
          },
          { head: say('stability'), cell: (one) => number(one.stability), isNumber: true },
          { head: say('silhouette'), cell: (one) => number(one.silhouette), isNumber: true },
          {
            head: say('smallest'),
            cell: ({ smallest }) => (smallest === null ? <WithheldMark /> : percent(smallest)),
            isNumber: true,
          },
        ]}
      />
    </div>
  );
}

/** Rings where visitors or traits moved more than they should between two versions. */
function DriftAlarm({ model: { drift } }: { readonly model: Model }): JSX.Element | null {
  const say = useWords(WORDS);
  const { language } = useConsole();
  const { percent } = useFormats();
  if (drift?.alarm !== true) return null;
  const share = percent(drift.labelsChanged);
  const text =
    drift.trait === undefined
      ? say('driftShare', { share })
      : say('driftDo', { share, trait: textIn(language, traitName(drift.trait)) });
  return (
    <Notice icon="warn" tone="warn" title={say('drift')}>
      <p>{text}</p>
    </Notice>
  );
}

function Metrics({ model: { metrics } }: { readonly model: Model }): JSX.Element {
  const say = useWords(WORDS);
  const { number, percent } = useFormats();
  return (
    <Facts>
      {metrics?.silhouette === undefined ? null : <Fact name={say('silhouette')}>{number(metrics.silhouette)}</Fact>}
      {metrics?.explainedVariance === undefined ? null : (
        <Fact name={say('explained')}>{percent(metrics.explainedVariance)}</Fact>
      )}
      {metrics?.ariWithLast === undefined ? null : <Fact name={say('stable')}>{number(metrics.ariWithLast)}</Fact>}
    </Facts>
  );
}

/** The page. */
export function ClustersPage(): JSX.Element {
  const say = useWords(WORDS);
  const { language } = useConsole();
  const site = useSite();
  const segments = useRead({ path: '/v1/sites/{site}/segments', params: { site } }, segmentsSchema);
  const listed = segments.state.status === 'ready' ? segments.state.value : undefined;
  const nameOf = (id: string): string => {
    const found = listed?.segments.find((one) => one.id === id);
    return found === undefined ? id : labelOf(found, language);
  };
  return (
    <Page title={say('title')} note={say('lead')}>
      {listed !== undefined && listed.model === null ? (
        <Panel title={say('map')} question={segments.question}>
          <NoClusters />
        </Panel>
      ) : listed === undefined ? (
        <Panel title={say('map')} question={segments.question}>
          <ReadView read={segments} height={380}>
            {() => null}
          </ReadView>
        </Panel>
      ) : (
        <Model nameOf={nameOf} />
      )}
    </Page>
  );
}

function Model({ nameOf }: { readonly nameOf: (id: string) => string }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const read = useRead({ path: '/v1/sites/{site}/models/current', params: { site } }, modelSchema);
  const model = read.state.status === 'ready' ? read.state.value : undefined;
  const points = (model?.map ?? []).map(({ segment, ...place }) => ({ id: segment, name: nameOf(segment), ...place }));
  return (
    <>
      <ReadPanel title={say('map')} note={say('mapNote')} read={read} height={380}>
        {(shown) => (
          <div class="stack">
            <DriftAlarm model={shown} />
            {points.length === 0 ? <p class="note">{say('noMap')}</p> : <MapView points={points} />}
            <Metrics model={shown} />
          </div>
        )}
      </ReadPanel>
      {model === undefined ? null : (
        <Panel title={say('choice')} note={say('choiceNote')} question={read.question}>
          {model.kChoice === undefined || model.kChoice.length === 0 ? (
            <p class="note">{say('noChoice')}</p>
          ) : (
            <ChoiceView choices={model.kChoice} k={model.method.k} />
          )}
        </Panel>
      )}
    </>
  );
}
