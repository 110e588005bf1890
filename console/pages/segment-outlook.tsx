// console/pages/segment-outlook.tsx: what a segment's visitors will likely do, as the last run predicted it.
import type { JSX } from 'preact';
import * as v from 'valibot';
import { useRead } from '../api/read.ts';
import { useFormats, useSite, useWords } from '../app/context.ts';
import { BarList } from '../parts/bars.tsx';
import { ReadPanel } from '../parts/panel.tsx';
import { WithheldMark } from '../parts/states.tsx';

const WORDS = {
  title: ['What is likely next', '预测'],
  note: [
    'Mean chance over its visitors, from models that were tested on a later stretch of time than they learned from.',
    '群体成员的平均概率,模型在学习之后的时间段上检验过。',
  ],
  none: ['Nothing is predicted yet: the segmenter does so once a week.', '尚无预测:每周运行一次。'],
  purchase_7: ['Buys within 7 days', '7 天内购买'],
  purchase_30: ['Buys within 30 days', '30 天内购买'],
  churn_30: ['Does not come back within 30 days', '30 天内不再访问'],
  value: ['Predicted value in 90 days', '90 天预测价值'],
  quality: ['tells apart {auc} of pairs', '区分度 {auc}'],
  history_too_short: ['The history is too short to predict this.', '历史数据太短,无法预测。'],
  too_few_examples: ['Too few visitors to learn this from.', '可学习的访客太少。'],
  too_few_of_an_outcome: ['Too few visitors did this, or nearly all did.', '发生或未发生的访客太少。'],
  no_features: ['Nothing differs between visitors that could tell.', '访客之间没有可用的差异。'],
  too_many_features: ['More traits than visitors can teach.', '特征数量超过访客可支持的范围。'],
  small: ['Too few visitors of this segment.', '该群体访客太少。'],
} as const;

const outlookSchema = v.object({
  predictions: v.array(
    v.variant('status', [
      v.object({
        status: v.literal('ready'),
        outcome: v.string(),
        words: v.string(),
        metrics: v.object({ aucLater: v.nullable(v.number()) }),
        segments: v.array(v.object({ id: v.string(), chance: v.number() })),
      }),
      v.object({ status: v.literal('refused'), outcome: v.string(), words: v.string(), reason: v.string() }),
    ]),
  ),
});
type Prediction = v.InferOutput<typeof outlookSchema>['predictions'][number];
const OUTCOMES = ['purchase_7', 'purchase_30', 'churn_30'] as const;
const REASONS = [
  'history_too_short',
  'too_few_examples',
  'too_few_of_an_outcome',
  'no_features',
  'too_many_features',
] as const;

function Chances({
  id,
  predictions,
}: {
  readonly id: string;
  readonly predictions: readonly Prediction[];
}): JSX.Element {
  const say = useWords(WORDS);
  const { percent, number } = useFormats();
  const nameOf = ({ outcome, words }: Prediction): string => {
    const known = OUTCOMES.find((one) => one === outcome);
    return known === undefined ? words : say(known);
  };
  const shownOf = (one: Prediction): JSX.Element | string => {
    if (one.status === 'refused') return say(REASONS.find((reason) => reason === one.reason) ?? 'too_few_examples');
    const chance = one.segments.find((segment) => segment.id === id)?.chance;
    if (chance === undefined) return <WithheldMark why={say('small')} />;
    const { aucLater } = one.metrics;
    return aucLater === null ? percent(chance) : `${percent(chance)} · ${say('quality', { auc: number(aucLater) })}`;
  };
  const valueOf = (one: Prediction): number | null =>
    one.status === 'ready' ? (one.segments.find((segment) => segment.id === id)?.chance ?? null) : null;
  return (
    <BarList
      max={1}
      bars={predictions.map((one) => ({
        key: one.outcome,
        name: nameOf(one),
        value: valueOf(one),
        shown: shownOf(one),
      }))}
    />
  );
}

/** The panel. */
export function SegmentOutlook({ id }: { readonly id: string }): JSX.Element {
  const say = useWords(WORDS);
  const site = useSite();
  const read = useRead({ path: '/v1/sites/{site}/predictions', params: { site } }, outlookSchema);
  return (
    <ReadPanel title={say('title')} note={say('note')} read={read} height={120}>
      {({ predictions }) =>
        predictions.length === 0 ? <p class="note">{say('none')}</p> : <Chances id={id} predictions={predictions} />
      }
    </ReadPanel>
  );
}
