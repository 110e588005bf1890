// contract/index.ts: what every other folder may use. The decoder has its own entry, so that the tag stays free of it.
export type {
  Consent,
  ConsentDecision,
  ConsentPolicy,
  ConsentSource,
  PolicyPreset,
  WithoutConsent,
} from './consent.ts';
export { CONSENT_SOURCES, decideConsent, GPC_REMOVES, POLICIES } from './consent.ts';
export type { ConsentSignals } from './consent-sources.ts';
export {
  GCM_SIGNALS,
  GPP_SIGNALS,
  purposesBy,
  SHOPIFY_SIGNALS,
  TCF_SIGNALS,
  WP_SIGNALS,
} from './consent-sources.ts';
export type { Commerce, CommerceEventName, Item, PropertyValue, TrackEvent } from './events.ts';
export { COMMERCE_EVENTS, isEventName, KNOWN_EVENTS } from './events.ts';
export type { EpochMs, EventId, FirstPartyId, OrderKey, SiteId, VisitorKey } from './ids.ts';
export {
  DAY_MS,
  eventIdFrom,
  HOUR_MS,
  MINUTE_MS,
  parseEpochMs,
  parseEventId,
  parseFirstPartyId,
  parseSiteId,
} from './ids.ts';
export {
  AMOUNT_MAX,
  BATCH_EVENTS_MAX,
  BODY_BYTES_MAX,
  CONSENT_STRING_CHARS_MAX,
  IMPORT_BODY_BYTES_MAX,
  ITEMS_MAX,
  PROPERTIES_CHARS_MAX,
  PROPERTIES_MAX,
  PROPERTY_NAME_CHARS_MAX,
  PROPERTY_VALUE_CHARS_MAX,
  QUANTITY_MAX,
  TEXT_CHARS_MAX,
  URL_CHARS_MAX,
} from './limits.ts';
export { namedParams } from './listed-params.ts';
export type { Purpose, PurposeBits } from './purposes.ts';
export {
  bitsOf,
  bitsOfWords,
  COMMON_PURPOSES,
  PURPOSE_BIT,
  PURPOSE_BITS_ALL,
  PURPOSE_BITS_KNOWN,
  PURPOSE_BITS_SEPARATE,
  PURPOSES,
  purposesOf,
} from './purposes.ts';
export type {
  AlikeCondition,
  CategoryCondition,
  Closest,
  Condition,
  ConsentCondition,
  EventCondition,
  SegmentCondition,
  SegmentRule,
  SequenceCondition,
  TraitCondition,
} from './segment-rule.ts';
export { CLOSEST, CONDITION_DEPTH_MAX, CONDITIONS_MAX, RULE_VERSION, WINDOW_DAYS_MAX } from './segment-rule.ts';
export type { Result } from './result.ts';
export { err, ok } from './result.ts';
export type { Batch, WireBatch, WireCommerce, WireConsent, WireEvent, WireItem } from './wire.ts';
export { encodeBatch, WIRE_VERSION } from './wire.ts';
export { WITHDRAWALS_MAX } from './withdrawal.ts';
export type {
  EmptyModel,
  NoSegmentsReason,
  PublishedMetrics,
  Drift,
  MapPoint,
  NumberOfClusters,
  PublishedModel,
  PublishedSegment,
  PublishedTrait,
  PublishedVersion,
  SegmentedModel,
  SegmentKind,
  TraitUnit,
  VisibleSegment,
  WithheldReason,
  WithheldSegment,
} from './segments.ts';
