// core/index.ts: pure rules both servers need. No clock, no I/O.
export type { PolicyRefusal, SitePolicy } from './site-policy.ts';
export {
  allowedProperties,
  checkSitePolicy,
  parseSitePolicy,
  personalPart,
  policyChanges,
  presetPolicy,
  SCRUB_RULES,
  sitePolicyText,
} from './site-policy.ts';
export type { Role, Scope } from './access.ts';
export { INSTALLATION_SCOPES, isRole, isScope, ROLES, SCOPES, scopesOfRole } from './access.ts';
export type { AccountId, AccountKind } from './account.ts';
export {
  ACCOUNT_KINDS,
  accountIdsOf,
  CALLING_CODE,
  IDENTIFY_EVENT,
  parseAccountId,
  withoutAccountIds,
} from './account.ts';
export { IPV4_PREFIX_BITS, IPV6_PREFIX_BITS, truncateAddress } from './address.ts';
export type { BotJudge, BotRule, BotRuleRefusal } from './bot-rules.ts';
export { addBotRule, AGENT_CHARS, BOT_RULES_MAX, compileBotRules } from './bot-rules.ts';
export type { Histogram, HistogramState } from './histogram.ts';
export { createHistogram } from './histogram.ts';
export { planTypes } from './plan-types.ts';
export type { ClockRecord, ClockState, ClockVerdict } from './clock-trust.ts';
export { CLOCK_GAP_MS_MAX, CLOCK_STEADY_MS, CLOCK_STEP_MS_MAX, judgeClock } from './clock-trust.ts';
export type { PlanFinding, PlanMode, PlanReason, TrackingPlan } from './tracking-plan.ts';
export { judgeEvent, parsePlan } from './tracking-plan.ts';
export type { NetworkList } from './networks.ts';
export { NETWORKS_MAX, parseNetworks } from './networks.ts';
export type { Checkpoint } from './audit/checkpoint.ts';
export { checkpointText, parseCheckpoint } from './audit/checkpoint.ts';
export type { AuditEntry, AuditEvent } from './audit/entry.ts';
export { AUDIT_NONCE_BYTES, auditLeaf, auditText, commitmentOf } from './audit/entry.ts';
export type { AuditFault, AuditReport } from './audit/export-check.ts';
export { verifyExport, verifyExportFiles } from './audit/export-check.ts';
export type { LoggedEntry } from './audit/export-file.ts';
export { encodeExport, encodeExportFiles, treeOf } from './audit/export-file.ts';
export { growingTree, sameHash } from './audit/merkle.ts';
export type { NoteSigner, NoteVerifier } from './audit/note.ts';
export { noteSignerFrom, noteVerifierFrom } from './audit/note.ts';
export type { Browser, Channel, Device, EventContext, Place, StoredContext, System } from './context.ts';
export {
  BROWSERS,
  CHANNELS,
  contextCode,
  DEFAULT_SOURCE,
  DEVICES,
  parseSource,
  sourceCode,
  SOURCES,
  storedContext,
  SYSTEMS,
} from './context.ts';
export { storedEventId } from './event-id.ts';
export type { CsvMapping } from './event-mapping.ts';
export { mappingSchema, mapRow } from './event-mapping.ts';
export { faultCode } from './fault-code.ts';
export { InvariantError, invariant } from './invariant.ts';
export type { KeyProvider, SecretName } from './key-provider.ts';
export { KEY_BYTES } from './key-provider.ts';
export type { Hmac } from './pseudonym.ts';
export {
  accountKey,
  consentDigest,
  dayVisitorKey,
  lengthPrefixed,
  linkedVisitorKey,
  orderKey,
  PSEUDONYM_BYTES,
  toHex,
} from './pseudonym.ts';
export type { Recent } from './recent.ts';
export { createRecent } from './recent.ts';
export type { DataClass, RecordClass, RetentionDays, RetentionRefusal } from './retention.ts';
export {
  checkRetentionDays,
  DATA_CLASSES,
  EXEMPT_RETENTION,
  RECORD_CLASSES,
  RETENTION_DAYS_MAX,
  RETENTION_PRESETS,
  retentionCutoff,
} from './retention.ts';
export type { SegmentRefusal, SegmentWords } from './rules/check-segment.ts';
export {
  checkRemoval,
  checkRuleSegment,
  CLUSTER_PREFIX,
  RULE_SEGMENTS_MAX,
  SEGMENT_NAME_CHARS_MAX,
} from './rules/check-segment.ts';
export type { RuleSegment } from './rules/order.ts';
export { alikeIn, orderRules, traitsIn } from './rules/order.ts';
export type { RuleProblem } from './rules/parse.ts';
export { parseRule } from './rules/parse.ts';
export { ruleSchema } from './rules/schema.ts';
export type { WordedCondition } from './rules/words.ts';
export { conditionsOf, wordsOf } from './rules/words.ts';
export type { SaltPeriod, SaltUse } from './salt-period.ts';
export type { Salvaged } from './salvage.ts';
export { salvageEvent } from './salvage.ts';
export {
  DAY_SALT_GRACE_MS,
  daySaltLives,
  followingPeriod,
  LONG_SALT_MS,
  ROTATION_LEAD_MS,
  ROTATION_OVERLAP_MS,
  ROTATION_OVERLAP_MS_MAX,
  saltPeriodAt,
} from './salt-period.ts';
export type { ScrubbedUrl } from './scrub.ts';
export {
  CAMPAIGN_PARAMETERS,
  DIGITS_MIN,
  MASKED_EVENT_NAME,
  scrubEventName,
  scrubProductText,
  scrubProperties,
  scrubReferrer,
  scrubText,
  scrubUrl,
  TOKEN_CHARS_MIN,
} from './scrub.ts';
export type {
  SiteTrait,
  TraitCheck,
  TraitEvents,
  TraitField,
  TraitPart,
  TraitProblem,
} from './site-traits.ts';
export {
  isAmountField,
  parseSiteTraits,
  propertyOf,
  readsOf,
  SITE_TRAITS_MAX,
  SITE_TRAITS_VERSION,
  unitOf,
} from './site-traits.ts';
export type { PastSize, SizeTrend } from './size-trend.ts';
export { sizeTrend } from './size-trend.ts';
export { SIPHASH_KEY_BYTES, sipHash } from './siphash.ts';
export { textSum } from './text-sum.ts';
export type { SessionDays } from './sessions.ts';
export { addToSessions, countSessions, mergeSessions, SESSION_DAYS_MAX, SESSION_GAP_MS } from './sessions.ts';
export type { ReportCount } from './report-numbers.ts';
export {
  CELL_SCALES_MIN,
  dayStage,
  DAY_SEALED,
  DAY_STAGE_MS,
  mayRefreshDay,
  publishCells,
  publishDayCount,
  publishKeyOf,
  publishNested,
  publishQuality,
  publishReportCount,
  publishShare,
  QUALITY_SCALE,
  REPORT_MARGIN,
  REPORT_NOISE_SCALE,
  REPORT_PERIOD_MS,
  REPORT_UNITS_MAX,
  roundAmount,
} from './report-numbers.ts';
export {
  chooseBound,
  contribute,
  mayShowMean,
  MEAN_MARGIN,
  MEAN_NOISE,
  MEAN_NORM,
  MEAN_STEPS,
  meanError,
  noisySum,
} from './published-means.ts';
export type { DestinationRefusal, NewDestination } from './destination.ts';
export { parseDestination, PURPOSE_CHARS_MAX } from './destination.ts';
export type { InnerOrigins, OutboundWay } from './outbound.ts';
export { INNER_ORIGINS_MAX, outboundWay, readInnerOrigins } from './outbound.ts';
export type { PublishedCount, WordsSecret, WordSource } from './publishing.ts';
export {
  checkFloor,
  COUNT_STEP,
  discreteLaplace,
  FLOOR_MARGIN,
  mayRelease,
  nextReleaseAt,
  MEAN_DIGITS,
  NOISE_EPSILON,
  NOISE_SCALE,
  publishCount,
  RELEASE_PAUSE_MS,
  RELEASE_PERIOD_MS,
  RELEASES_AT_ONCE,
  RELEASES_MAX,
  roundCount,
  roundMean,
  setWords,
  wordsKey,
} from './publishing.ts';
export type { SettingsRefusal } from './site-settings.ts';
export { checkOrigins, checkSiteFloor, FLOOR_MAX, FLOOR_MIN, ORIGINS_MAX } from './site-settings.ts';
export { csvLine } from './csv-line.ts';
