// segmenter/index.ts: what the runtimes and the command line may use.
export type { ClusterOptions } from './clusters/find.ts';
export type { CleaningReport, FeatureStatus, TraitReport } from './features/clean.ts';
export type { RunRefusal, RunSummary, SegmenterInput, Stage } from './job.ts';
export { DEFAULT_OPTIONS, LEASE_MS, runSegmenter, STAGES } from './job.ts';
export type { LiveBounds, LiveFold, LiveInput, LiveRefusal } from './live.ts';
export { foldLive, LIVE_EVENTS_MAX } from './live.ts';
export type { History } from './history.ts';
export { createVisitorFold } from './history.ts';
export type { ExplainedTrait } from './profiles/explain.ts';
export { explainProfile } from './profiles/explain.ts';
export type { Trait } from './profiles/traits.ts';
export { TRAITS } from './profiles/traits.ts';
export type { PredictedTrait } from './predictions/visitor-models.ts';
export { PREDICTED_TRAITS } from './predictions/visitor-models.ts';
export type { BgNbd, BgNbdRefusal, FittedBgNbd, PurchaseHistories, PurchaseHistory } from './predictions/bg-nbd.ts';
export { expectedPurchases, fitBgNbd, probabilityAlive } from './predictions/bg-nbd.ts';
export type { GammaGamma, GammaGammaRefusal, Spends } from './predictions/gamma-gamma.ts';
export { expectedValue, fitGammaGamma } from './predictions/gamma-gamma.ts';
export type { Baskets } from './patterns/baskets.ts';
export { basketsOf } from './patterns/baskets.ts';
export type { BlurredSet, OrdersBy } from './patterns/blurred-sets.ts';
export { blurredSets, ORDER_NOISE_SCALE, setKey } from './patterns/blurred-sets.ts';
export type { ItemSet, ItemSetOptions } from './patterns/item-sets.ts';
export { frequentItemSets } from './patterns/item-sets.ts';
export type { Rule, RuleOptions } from './patterns/rules.ts';
export { associationRules, countOfSupport } from './patterns/rules.ts';
export type { FeatureEffect } from './predictions/effects.ts';
export { featureEffects } from './predictions/effects.ts';
export type { Column, Examples } from './predictions/examples.ts';
export { examplesAt, stratifiedFolds } from './predictions/examples.ts';
export type { LiftPoint } from './predictions/measures.ts';
export { areaUnderCurve, brierScore, liftCurve } from './predictions/measures.ts';
export type {
  Predictor,
  PredictorMetrics,
  PredictorOptions,
  PredictorRefusal,
} from './predictions/predictor.ts';
export { predictChances, trainPredictor } from './predictions/predictor.ts';
export { examplesOf } from './predictions/outlook.ts';
export type { Settings } from './predictions/tune.ts';
export { tune } from './predictions/tune.ts';
export type { Sha256 } from './publish/member-set.ts';
export { isEnough } from './publish/enough.ts';
export { publishCurve } from './publish/pictures.ts';
export type { ExactCluster, PublishHistory } from './publish/publish.ts';
export { publishUnderCap } from './publish/publish.ts';
export type { Effect, ExperimentRows, Uplift } from './predictions/uplift.ts';
export { differenceInMeans, predictUplift, qiniCoefficient, trainUplift } from './predictions/uplift.ts';
export type { Contingency } from './math/agreement.ts';
export { adjustedRandIndex, contingencyOf } from './math/agreement.ts';
export type { Partition } from './math/kmeans.ts';
export { partition } from './math/kmeans.ts';
export type { Points } from './math/points.ts';
export { seededWords } from './math/random.ts';
export type { Neighbour, Similarities } from './patterns/similar.ts';
export { recommend, similarItems } from './patterns/similar.ts';
export type { ForecastDay } from './trends/forecast.ts';
export type { Trend, TrendDay, TrendOptions, TrendRefusal } from './trends/trend.ts';
export { trendOf } from './trends/trend.ts';
export type { RulePreview } from './rules/preview.ts';
export { previewRule } from './rules/preview.ts';
export { SPREAD_TRAITS, spreadEverybody, spreadSegments } from './rules/spread.ts';
export type { ProfileState } from './profiles/state.ts';
export { decodeState } from './profiles/state.ts';
